import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * The session secret of a development machine: generated once and kept in `file` (0600), so that restarts and parallel
 * processes use the same one. The file is created atomically.
 * @throws Error if the file cannot be read or written, or contains less than 32 bytes
 */
export async function readSessionSecret(file: string): Promise<string> {
  return (await readKept(file)) ?? (await makeSecret(file));
}

async function readKept(file: string): Promise<string | undefined> {
  const kept = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  const secret = kept?.trim();
  if (secret !== undefined && Buffer.byteLength(secret) < 32) {
    throw new Error(`${file} contains less than 32 bytes: delete it to generate a new secret`);
  }
  return secret;
}

async function makeSecret(file: string): Promise<string> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.${randomBytes(6).toString('hex')}`;
  await writeFile(draft, `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  try {
    await link(draft, file);
  } catch (error) {
    // Another process created the file first; its secret is used.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    await rm(draft, { force: true });
  }
  const kept = await readKept(file);
  if (kept === undefined) throw new Error(`${file} was removed while it was created`);
  return kept;
}

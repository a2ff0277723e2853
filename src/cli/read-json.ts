import { readFile } from 'node:fs/promises';
import { toJsonDepth } from '../http/json-text.ts';

/** What a person gave cannot be used. The message says why. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

const MAX_DEPTH = 100;

/** Throws `InputError` where the file cannot be read, is no JSON or nests too deeply. */
export async function readJson(file: string): Promise<unknown> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    throw new InputError(`${file}: cannot be read (${error.code ?? 'for no known reason'})`);
  });
  if (toJsonDepth(bytes) > MAX_DEPTH) throw new InputError(`${file}: nested too deeply`);
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new InputError(`${file}: not JSON`);
  }
}

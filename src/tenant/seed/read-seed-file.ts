import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse as parseYaml } from 'yaml';
import { type SeedInput, seedInput } from './seed-input.ts';

/** A seed file that cannot be used. Its message names every fault, one a line. */
export class SeedError extends Error {
  override readonly name = 'SeedError';
}

export interface SeedFile {
  readonly seed: SeedInput;
  /** SHA-256 of its bytes. */
  readonly digest: string;
}

/** Reads TENANT_SEED: YAML, of which JSON is a part. Throws `SeedError` with all that is wrong. */
export async function readSeedFile(file: string): Promise<SeedFile> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new SeedError(`${file}: cannot be read`, { cause: error });
  });
  return { seed: parseSeed(text, file), digest: createHash('sha256').update(text).digest('hex') };
}

function parseSeed(text: string, file: string): SeedInput {
  let raw: unknown;
  try {
    raw = parseYaml(text) ?? {};
  } catch (error) {
    throw new SeedError(`${file}: not YAML or JSON: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
  const parsed = seedInput.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new SeedError([`${file}:`, ...faults].join('\n'));
}

import { parse as parseYaml } from 'yaml';
import { isTooDeep } from '../lib/nesting.ts';
import { SeedError } from './seed-error.ts';
import { type SeedInput, seedInput } from './seed-input.ts';

/** Parses the text of a seed file, YAML or JSON. Throws `SeedError` with every fault. */
export function parseSeed(text: string, file: string): SeedInput {
  let raw: unknown;
  try {
    raw = parseYaml(text) ?? {};
  } catch (error) {
    throw new SeedError(`${file}: not YAML or JSON: ${error instanceof Error ? error.message : ''}`, {
      cause: error,
    });
  }
  if (isTooDeep(raw)) throw new SeedError(`${file}: nested too deeply`);
  const parsed = seedInput.safeParse(raw);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`);
  throw new SeedError([`${file}:`, ...faults].join('\n'));
}

import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { applySeed, type SeedDeps } from './apply-seed.ts';
import { builtInSeed } from './built-in.ts';
import { mergeSeeds } from './merge-seeds.ts';
import { moveManagementApi } from './move-management-api.ts';
import { SeedError } from './seed-error.ts';
import { seedFaults } from './seed-faults.ts';
import type { SeedInput } from './seed-input.ts';

/**
 * Seeds an empty state with the built-in seed and the file's. A state that is not empty stays as it is, but for
 * the Management API's identifier, which follows the domain. Throws `SeedError` with all that is wrong.
 */
export async function ensureSeeded(
  deps: SeedDeps & { readonly warn: (message: string) => void },
  seedFile: string | undefined,
): Promise<void> {
  const text = seedFile === undefined ? undefined : await readText(seedFile);
  const digest = text === undefined ? '' : hash('sha256', text);
  const mark = deps.state.seedMark.get();
  if (!mark) {
    const seed = seedFile === undefined ? builtInSeed : await readSeed(deps, seedFile, text ?? '');
    await applySeed(deps, seed, digest);
    return;
  }
  if (text !== undefined && digest !== mark.seed_digest) {
    deps.warn(
      'TENANT_SEED has changed, but the tenant is not empty: it is not applied. Reset the tenant to use it.',
    );
  }
  moveManagementApi(deps.state, deps.managementIdentifier);
}

const readText = (file: string): Promise<string> =>
  readFile(file, 'utf8').catch((error: unknown) => {
    throw new SeedError(`${file}: cannot be read`, { cause: error });
  });

/** The file's seed on top of the built-in one. */
async function readSeed(deps: SeedDeps, file: string, text: string): Promise<SeedInput> {
  // Loaded only where there is a seed to read: it takes zod and a YAML parser.
  const { parseSeed } = await import('./parse-seed.ts');
  const seed = mergeSeeds(builtInSeed, parseSeed(text, file));
  const faults = seedFaults(seed, deps.managementIdentifier);
  if (faults.length > 0) throw new SeedError([`${file}:`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  return seed;
}

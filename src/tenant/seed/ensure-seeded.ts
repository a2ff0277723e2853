import { applySeed, type SeedDeps } from './apply-seed.ts';
import { builtInSeed } from './built-in.ts';
import { mergeSeeds } from './merge-seeds.ts';
import { moveManagementApi } from './move-management-api.ts';
import { seedFaults } from './seed-faults.ts';

/**
 * Seeds an empty state with the built-in seed and the file's. A state that is not empty stays as it is, but for
 * the Management API's identifier, which follows the domain. Throws `SeedError` with all that is wrong.
 */
export async function ensureSeeded(
  deps: SeedDeps & { readonly warn: (message: string) => void },
  seedFile: string | undefined,
): Promise<void> {
  const mark = deps.state.seedMark.get();
  // Loaded only where there is a file: reading one takes zod and a YAML parser.
  const reader = seedFile === undefined ? undefined : await import('./read-seed-file.ts');
  const file = seedFile === undefined ? undefined : await reader?.readSeedFile(seedFile);
  if (mark) {
    if (file && file.digest !== mark.seed_digest)
      deps.warn(
        'TENANT_SEED has changed, but the tenant is not empty: it is not applied. Reset the tenant to use it.',
      );
    moveManagementApi(deps.state, deps.managementIdentifier);
    return;
  }
  const seed = file ? mergeSeeds(builtInSeed, file.seed) : builtInSeed;
  const faults = seedFaults(seed, deps.managementIdentifier);
  if (faults.length > 0 && reader)
    throw new reader.SeedError([`${seedFile}:`, ...faults.map((fault) => `  ${fault}`)].join('\n'));
  await applySeed(deps, seed, file?.digest ?? '');
}

import { applySeed, type SeedDeps } from './apply-seed.ts';
import { moveManagementApi } from './move-management-api.ts';
import { digestSeed, readSeedText, toFirstSeed } from './read-seed.ts';

const changed =
  'TENANT_SEED has changed, but the tenant is not empty, so it is not applied: "gatehouse tenant seed" lays it over what is there, "gatehouse tenant reset" begins anew with it.';
const removed =
  'TENANT_SEED is no longer set, but what it brought is still there: "gatehouse tenant reset" begins anew without it, "gatehouse tenant seed" keeps it.';

/**
 * Seeds an empty state with the built-in seed and the file's. A state that is not empty stays as it is, but for
 * the Management API's identifier, which follows the domain. Throws `SeedError` with all that is wrong.
 */
export async function ensureSeeded(
  deps: SeedDeps & { readonly warn: (message: string) => void },
  seedFile: string | undefined,
): Promise<void> {
  const given = await readSeedText(seedFile);
  const mark = deps.state.seedMark.get();
  if (!mark) {
    await applySeed(deps, await toFirstSeed(given, deps.managementIdentifier), digestSeed(given));
    return;
  }
  if (digestSeed(given) !== mark.seed_digest) deps.warn(given ? changed : removed);
  moveManagementApi(deps.state, deps.managementIdentifier);
}

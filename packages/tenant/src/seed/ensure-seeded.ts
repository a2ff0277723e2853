import { applySeed, type SeedDeps } from './apply-seed.ts';
import { moveManagementApi } from './move-management-api.ts';
import { digestSeed, type FirstSeedDeps, readSeedText, toFirstSeed } from './read-seed.ts';

const toChangedWarning = (seed: string, reset: string): string =>
  `TENANT_SEED has changed and is not applied, because the tenant is not empty: ${seed} applies it on top of the existing data, ${reset} starts over with it.`;
const toRemovedWarning = (seed: string, reset: string): string =>
  `TENANT_SEED is no longer set, and the data that it brought is still there: ${reset} starts over without it, ${seed} keeps the data.`;

export interface EnsureSeededDeps extends SeedDeps, FirstSeedDeps {
  readonly warn: (message: string) => void;
  /** The command line that works on the tenant's data; undefined: there is none, and the control API is named. */
  readonly command: string | undefined;
}

/**
 * Seeds an empty state with the built-in seed and the file's. A state that is not empty stays as it is, but for
 * the Management API's identifier, which follows the domain. Throws `SeedError` with all that is wrong.
 */
export async function ensureSeeded(deps: EnsureSeededDeps, seedFile: string | undefined): Promise<void> {
  const given = await readSeedText(seedFile);
  const mark = deps.state.seedMark.get();
  if (!mark) {
    await applySeed(deps, await toFirstSeed(deps, given), digestSeed(given));
    return;
  }
  if (digestSeed(given) !== mark.seed_digest) {
    const toWarning = given ? toChangedWarning : toRemovedWarning;
    const toAdvice = (verb: string) =>
      deps.command === undefined ? `POST /_tenant/${verb}` : `"${deps.command} ${verb}"`;
    deps.warn(toWarning(toAdvice('seed'), toAdvice('reset')));
  }
  moveManagementApi(deps.state, deps.managementIdentifier);
}

import { applySeed, type SeedDeps } from './apply-seed.ts';
import { moveManagementApi } from './move-management-api.ts';
import { digestSeed, type FirstSeedDeps, readSeedText, type SeedSource, toFirstSeed } from './read-seed.ts';

const toChangedWarning = (seed: string, reset: string): string =>
  `TENANT_SEED has changed and is not applied, because the tenant is not empty: ${seed} applies it on top of the existing data, ${reset} starts over with it.`;
const toRemovedWarning = (seed: string, reset: string): string =>
  `TENANT_SEED is no longer set, and the data that it added still exists: ${reset} starts over without it, ${seed} keeps the data.`;

export interface EnsureSeededDeps extends SeedDeps, FirstSeedDeps {
  readonly warn: (message: string) => void;
  /** The host program's command for the tenant's data; undefined: messages name the control API. */
  readonly command: string | undefined;
}

/**
 * Applies the built-in seed and the given one to an empty state. In a state that is not empty, only the Management API's
 * identifier is updated, because it follows the domain. Throws `SeedError` with every error.
 */
export async function ensureSeeded(deps: EnsureSeededDeps, source: SeedSource | undefined): Promise<void> {
  const given = await readSeedText(source);
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

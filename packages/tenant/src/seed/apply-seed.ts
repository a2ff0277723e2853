import type { Clock } from '../lib/clock.ts';
import type { HashPassword } from '../passwords/passwords.ts';
import type { State } from '../state/state.ts';
import { putSettings, toResolver } from './put-settings.ts';
import { putUser } from './put-user.ts';
import type { SeedInput } from './seed-input.ts';

export interface SeedDeps {
  readonly state: State;
  readonly clock: Clock;
  readonly hashPassword: HashPassword;
  /** The value of `$mgmt`: `https://<domain>/api/v2/`. */
  readonly managementIdentifier: string;
}

/** A seed with hashed passwords, ready to be applied in one synchronous step. */
export type PreparedSeed = (state: State) => void;

/**
 * Hashes the passwords of a seed and returns a function that applies it; an entry replaces an existing one with its
 * key.
 */
export async function prepareSeed(deps: SeedDeps, seed: SeedInput): Promise<PreparedSeed> {
  const users = await Promise.all(
    seed.users.map(async (given) => ({
      given,
      hash: given.password === undefined ? undefined : await deps.hashPassword(given.password),
    })),
  );
  const resolve = toResolver(deps.managementIdentifier);
  const now = new Date(deps.clock.now());
  return (state) => {
    putSettings({ state, clock: deps.clock }, seed, deps.managementIdentifier);
    for (const user of users) putUser(state, { ...user, resolve, now });
  };
}

/** Applies a seed to an empty state in one transaction. If the state has been seeded meanwhile, it does nothing. */
export async function applySeed(deps: SeedDeps, seed: SeedInput, seedDigest: string): Promise<void> {
  const { state } = deps;
  const put = await prepareSeed(deps, seed);
  state.transaction(() => {
    // Another process may have opened the same file and seeded it.
    if (state.seedMark.get()) return;
    put(state);
    state.seedMark.put({ seed_digest: seedDigest });
  });
}

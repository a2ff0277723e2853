import { randomHex } from '../lib/random.ts';
import type { Connection } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';
import type { User } from '../state/user-documents.ts';
import { findUser } from '../users/find-user.ts';
import { toUser } from '../users/to-user.ts';
import { mergeEntry } from './merge-seeds.ts';
import { type Rename, renamed } from './name-audiences.ts';
import type { SeedInput } from './seed-input.ts';
import { toAuthenticators } from './to-authenticators.ts';
import { toUserId } from './to-user-id.ts';

type SeedUser = SeedInput['users'][number];

export interface UserEntry {
  readonly given: SeedUser;
  /** Hash of the password; undefined if the seed has none. */
  readonly hash: string | undefined;
  readonly resolve: Rename;
  readonly now: Date;
}

/** Applies a user of a seed on top of an existing one; absent members keep their value. */
export function putUser(state: State, { given, hash, resolve, now }: UserEntry): void {
  const {
    connection: name,
    user_id,
    password: _clear,
    roles,
    permissions,
    auto_login,
    mfa,
    ...profile
  } = given;
  const connectionName = name ?? state.settings.get()?.default_directory ?? '';
  const [connection] = state.connections.find('name', connectionName);
  if (!connection) throw new Error(`no connection ${connectionName}`);
  const id = toUserId(user_id, connection.strategy);
  const before = findPresent(state, connection, id, profile);
  const user = before
    ? mergeEntry(before, { ...profile, email: profile.email?.toLowerCase(), updated_at: now.toISOString() })
    : toUser({ connection, id: id ?? randomHex(12), now, profile });
  state.users.put(user);
  if (hash !== undefined) state.credentials.put({ user_id: user.user_id, hash, previous: [] });
  const held = state.authorizations.get(user.user_id);
  const holder = {
    user_id: user.user_id,
    roles:
      roles?.flatMap((role) => state.roles.find('name', role).map((found) => found.id)) ?? held?.roles ?? [],
    permissions: permissions ?? held?.permissions ?? [],
    auto_login: auto_login ?? held?.auto_login,
  };
  state.authorizations.put(renamed.holder(holder, resolve));
  if (!mfa) return;
  for (const old of state.authenticators.find('user_id', user.user_id)) state.authenticators.remove(old.id);
  for (const authenticator of toAuthenticators(user, mfa)) state.authenticators.put(authenticator);
}

/** Finds the existing user by id, otherwise by the first identifier. */
function findPresent(
  state: State,
  connection: Connection,
  id: string | undefined,
  { email, username, phone_number }: SeedUser,
): User | undefined {
  if (id !== undefined) return state.users.get(id);
  const name = email ?? username ?? phone_number;
  return name === undefined ? undefined : findUser(state, connection, name);
}

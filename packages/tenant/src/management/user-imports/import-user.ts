import type { TenantContext } from '../../context.ts';
import { randomHex } from '../../lib/random.ts';
import { toAuthenticators } from '../../seed/to-authenticators.ts';
import type { Connection } from '../../state/settings-documents.ts';
import type { User } from '../../state/user-documents.ts';
import { findUser } from '../../users/find-user.ts';
import { toUser } from '../../users/to-user.ts';
import { type ImportError, importError } from './import-errors.ts';
import type { ImportedUser } from './imported-user.ts';
import { toStoredHash } from './to-stored-hash.ts';

type Deps = Pick<TenantContext, 'state' | 'clock' | 'passwords'>;

export interface ImportTarget {
  readonly connection: Connection;
  /** Whether existing users are updated. */
  readonly upsert: boolean;
}

/** Imports a user. Returns the result, or an error, in which case nothing has changed. */
export function importUser(
  deps: Deps,
  { connection, upsert }: ImportTarget,
  given: ImportedUser,
): 'inserted' | 'updated' | ImportError {
  const stored = toStoredHash(given);
  const hashField = given.password_hash === undefined ? 'custom_password_hash' : 'password_hash';
  if ('problem' in stored) return importError('NOT_PASSED', hashField, stored.problem);
  const found = findPresent(deps, connection, given);
  if (!found) {
    insert(deps, connection, given, stored.hash);
    return 'inserted';
  }
  const isSame =
    found.by === 'email' && (given.user_id === undefined || toId(connection, given) === found.user.user_id);
  if (!upsert || !isSame)
    return importError(CONFLICTS[found.by] ?? 'CONFLICT', found.by, 'A user with this value already exists');
  update(deps, found.user, given, given.custom_password_hash && stored.hash);
  return 'updated';
}

const CONFLICTS: Readonly<Record<string, string>> = {
  email: 'CONFLICT_EMAIL',
  username: 'CONFLICT_USERNAME',
};

const toId = (connection: Connection, { user_id }: ImportedUser): string =>
  `${connection.strategy}|${user_id ?? randomHex(12)}`;

/** The existing user with one of these identifiers, and the identifier that matched. */
function findPresent(
  { state }: Deps,
  connection: Connection,
  given: ImportedUser,
): { readonly user: User; readonly by: 'email' | 'username' | 'phone_number' | 'user_id' } | undefined {
  for (const by of ['email', 'username', 'phone_number'] as const) {
    const name = given[by];
    const user = name === undefined ? undefined : findUser(state, connection, name);
    if (user) return { user, by };
  }
  const user = given.user_id === undefined ? undefined : state.users.get(toId(connection, given));
  return user && { user, by: 'user_id' };
}

function insert(
  { state, clock }: Deps,
  connection: Connection,
  given: ImportedUser,
  hash: string | undefined,
): void {
  const {
    password_hash: _hash,
    custom_password_hash: _custom,
    mfa_factors = [],
    user_id: _id,
    ...profile
  } = given;
  const user = toUser({ connection, id: toId(connection, given), now: new Date(clock.now()), profile });
  state.users.put(user);
  if (hash !== undefined) state.credentials.put({ user_id: user.user_id, hash, previous: [] });
  for (const { totp, phone, email } of mfa_factors) {
    const factors = { totp_secret: totp?.secret, phone_number: phone?.value, email: email?.value };
    for (const authenticator of toAuthenticators(user, factors)) state.authenticators.put(authenticator);
  }
}

/** Metadata is replaced, not merged; the hash is replaced only until the user's first sign-in. */
function update(
  { state, clock, passwords }: Deps,
  user: User,
  given: ImportedUser,
  hash: string | undefined,
): void {
  const { app_metadata, email_verified, family_name, given_name, name, nickname, picture, user_metadata } =
    given;
  const change = {
    app_metadata,
    email_verified,
    family_name,
    given_name,
    name,
    nickname,
    picture,
    user_metadata,
  };
  const givenMembers = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
  state.users.put({ ...user, ...givenMembers, updated_at: new Date(clock.now()).toISOString() });
  const before = state.credentials.get(user.user_id);
  if (hash !== undefined && (!before || passwords.isForeign(before.hash)))
    state.credentials.put({ user_id: user.user_id, previous: [], ...before, hash });
}

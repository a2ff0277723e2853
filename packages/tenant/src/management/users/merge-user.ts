import type { User } from '../../state/user-documents.ts';
import { toUser } from '../../users/to-user.ts';
import type { UpdateUserBody } from './user-body.ts';

/**
 * A user after a PATCH, except for the password. A changed address or number is unverified, unless the PATCH sets it
 * verified.
 */
export function mergeUser(user: User, body: UpdateUserBody, now: Date): User {
  const { email, phone_number, user_metadata, app_metadata, blocked } = body;
  const [home] = user.identities;
  const { connection = '', provider = '' } = home ?? {};
  const identifiers = {
    email: changed(user.email, email),
    username: changed(user.username, body.username),
    phone_number: changed(user.phone_number, phone_number),
  };
  const byDefault = toUser({
    connection: { name: connection, strategy: provider },
    id: user.user_id,
    now,
    profile: identifiers,
  });
  return {
    ...user,
    ...identifiers,
    email_verified: body.email_verified ?? (identifiers.email === user.email && user.email_verified),
    phone_verified:
      body.phone_verified ?? (identifiers.phone_number === user.phone_number ? user.phone_verified : false),
    given_name: changed(user.given_name, body.given_name),
    family_name: changed(user.family_name, body.family_name),
    name: changed(user.name, body.name) ?? byDefault.name,
    nickname: changed(user.nickname, body.nickname) ?? byDefault.nickname,
    picture: changed(user.picture, body.picture) ?? byDefault.picture,
    user_metadata:
      user_metadata === undefined ? user.user_metadata : mergeUserMetadata(user.user_metadata, user_metadata),
    app_metadata:
      app_metadata === undefined ? user.app_metadata : mergeUserMetadata(user.app_metadata, app_metadata),
    blocked: blocked ?? user.blocked,
    updated_at: now.toISOString(),
  };
}

const changed = (before: string | undefined, change: string | null | undefined): string | undefined =>
  change === undefined ? before : (change ?? undefined);

type Metadata = Readonly<Record<string, unknown>>;

/** Metadata after a PATCH: first-level members are replaced, a `null` member is removed, `{}` and null remove all. */
function mergeUserMetadata(before: Metadata | undefined, change: Metadata | null): Metadata {
  if (change === null || Object.keys(change).length === 0) return {};
  return Object.fromEntries(
    Object.entries({ ...before, ...change }).filter(([, value]) => value !== null && value !== undefined),
  );
}

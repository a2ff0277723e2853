import type { PasswordGrant } from '../../auth0/authentication.ts';
import type { DoLater } from '../../auth0/later.ts';
import type { ManagedUser } from '../../auth0/managed-users.ts';
import type { IssuedRefreshToken, Management } from '../../auth0/management.ts';
import { NOT_REVOKED } from '../../auth0/revoke-later.ts';
import { GatewayError } from '../../errors.ts';
import type { Caller, Reply, RequestInfo } from '../../http/route.ts';
import type { BegunSession, Session, Sessions } from '../../session/session.ts';
import type { ChangePasswordBody } from '../auth-schemas.ts';
import { toGapMs } from '../held-token.ts';
import { type ProvePasswordDeps, provePassword } from './prove-password.ts';

export interface ChangePasswordDeps extends ProvePasswordDeps {
  readonly management: Pick<
    Management,
    'readUser' | 'setPassword' | 'listRefreshTokens' | 'revokeRefreshTokens'
  >;
  readonly doLater: DoLater;
  readonly sessions: Pick<Sessions, 'read' | 'list' | 'endAll' | 'begin' | 'spareAtPasswordChange'>;
  /** The database connection of users with a password. */
  readonly connection: string;
  readonly audience: string;
}

/** The name with which a user signs in by password; undefined for a user without a password. */
const toUsername = ({ identities, email, username }: ManagedUser, connection: string): string | undefined =>
  identities.some((identity) => identity.connection === connection)
    ? (email ?? username ?? undefined)
    : undefined;

/** The scope that a renewed session requests, so that it keeps what it had. */
function toSessionScope({ scope, hasRefreshToken }: Session): string {
  const words = [
    'openid',
    ...scope.split(' ').filter(Boolean),
    ...(hasRefreshToken ? ['offline_access'] : []),
  ];
  return [...new Set(words)].join(' ');
}

/**
 * Replaces the caller's session by one that the new password begins: the tenant may have revoked the old tokens. Returns
 * undefined, and keeps the session, if the tenant requires a second factor or is unavailable.
 */
async function renew(
  { auth0, sessions }: ChangePasswordDeps,
  session: Session,
  grant: PasswordGrant,
  request: RequestInfo,
): Promise<BegunSession | undefined> {
  const { audience } = session;
  try {
    const tokens = await auth0.passwordGrant({ ...grant, audience, scope: toSessionScope(session) });
    if ('mfa_token' in tokens) return undefined;
    return await sessions.begin({ tokens, claims: tokens.claims, audience, method: 'password' }, request);
  } catch (error) {
    if (error instanceof GatewayError) return undefined;
    throw error;
  }
}

/**
 * Changes the caller's password. Ends all other sessions and revokes earlier refresh tokens; the caller's session gets a
 * new id.
 * @throws GatewayError `invalid_credentials`, `weak_password`, `too_many_attempts`, `user_blocked`, `store_unavailable`,
 * and the codes of a tenant outage
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  { subject, sessionId }: Caller,
  { current_password, new_password: password }: ChangePasswordBody,
  request: RequestInfo,
): Promise<Reply> {
  const { management, sessions, doLater, audience } = deps;
  // Before the change, read everything that the steps after it need.
  const [user, granted, session] = await Promise.all([
    management.readUser(subject),
    management.listRefreshTokens(subject),
    sessionId === undefined ? undefined : sessions.read(request.headers),
    sessions.list(subject),
  ]);
  const username = toUsername(user, deps.connection);
  if (username === undefined)
    throw new GatewayError('invalid_credentials', {
      reason: 'no_password',
      detail: 'This account has no password at this gateway.',
    });
  const grant = { username, password: current_password, audience, scope: 'openid', ip: request.ip };
  const { outcome, headers } = await provePassword(deps, grant);
  // The name could belong to another account.
  if (!('mfa_token' in outcome) && outcome.subject !== subject)
    throw new GatewayError('invalid_credentials', { reason: 'subject' });
  if (sessionId !== undefined) await sessions.spareAtPasswordChange(sessionId);
  await management.setPassword(subject, password);
  await sessions.endAll(subject, sessionId, { revokes: false });
  const renewed = session && (await renew(deps, session, { ...grant, password }, request));
  // A session that could not be renewed still needs its refresh token.
  const isHeld = (token: IssuedRefreshToken) => session && !renewed && toGapMs(session, token) !== undefined;
  const lost = granted.filter((token) => !isHeld(token));
  doLater(NOT_REVOKED, () => management.revokeRefreshTokens(lost.map(({ id }) => id)));
  return { status: 204, headers, ...(renewed && { cookies: [renewed.setCookie] }) };
}

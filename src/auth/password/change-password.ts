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
  /** Where users with a password live. */
  readonly connection: string;
  readonly audience: string;
}

/** By which name a user signs in with a password; undefined for one who has none. */
const toUsername = ({ identities, email, username }: ManagedUser, connection: string): string | undefined =>
  identities.some((identity) => identity.connection === connection)
    ? (email ?? username ?? undefined)
    : undefined;

/** What a session asks for so that it goes on as it was. */
function toSessionScope({ scope, hasRefreshToken }: Session): string {
  const words = [
    'openid',
    ...scope.split(' ').filter(Boolean),
    ...(hasRefreshToken ? ['offline_access'] : []),
  ];
  return [...new Set(words)].join(' ');
}

/**
 * The session of the caller, begun again by the new password: the tenant may have revoked what the old one was granted.
 * Where it asks for a second factor, or is away, the session stays as it is.
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
 * Gives the caller a new password. All other sessions and what was granted before end; the session that asks gets a new id.
 * @throws GatewayError `invalid_credentials`, `weak_password`, `too_many_attempts`, `user_blocked`, `store_unavailable`, and
 * what the tenant's outage says
 */
export async function changePassword(
  deps: ChangePasswordDeps,
  { subject, sessionId }: Caller,
  { current_password, new_password: password }: ChangePasswordBody,
  request: RequestInfo,
): Promise<Reply> {
  const { management, sessions, doLater, audience } = deps;
  // Before anything changes, all that has to be done afterwards is within reach.
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
      detail: 'This account signs in without a password of this gateway.',
    });
  const grant = { username, password: current_password, audience, scope: 'openid', ip: request.ip };
  const { outcome, headers } = await provePassword(deps, grant);
  // The name might be another account's.
  if (!('mfa_token' in outcome) && outcome.subject !== subject)
    throw new GatewayError('invalid_credentials', { reason: 'subject' });
  if (sessionId !== undefined) await sessions.spareAtPasswordChange(sessionId);
  await management.setPassword(subject, password);
  await sessions.endAll(subject, sessionId, { revokes: false });
  const renewed = session && (await renew(deps, session, { ...grant, password }, request));
  // A session that could not be renewed still lives on the refresh token that it holds.
  const isHeld = (token: IssuedRefreshToken) => session && !renewed && toGapMs(session, token) !== undefined;
  const lost = granted.filter((token) => !isHeld(token));
  doLater(NOT_REVOKED, () => management.revokeRefreshTokens(lost.map(({ id }) => id)));
  return { status: 204, headers, ...(renewed && { cookies: [renewed.setCookie] }) };
}

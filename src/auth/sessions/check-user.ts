import type { Management } from '../../auth0/management.ts';
import { GatewayError } from '../../errors.ts';
import type { Audit } from '../../observe/audit.ts';
import type { Sessions } from '../../session/session.ts';
import { matchTokens } from '../held-token.ts';

/** With so many refresh tokens of one user the tenant's list may not be whole. */
const MAX_LISTED = 1_000;
/** The errors that a retry can resolve. */
const PASSING: ReadonlySet<string> = new Set([
  'tenant_unavailable',
  'tenant_timeout',
  'rate_limited',
  'too_many_attempts',
  'store_unavailable',
]);

export interface CheckUserDeps {
  readonly management: Pick<Management, 'log' | 'listRefreshTokens'>;
  readonly sessions: Pick<Sessions, 'list' | 'endAll' | 'endOne'>;
  readonly denySubject: (sub: string) => Promise<void>;
  readonly audit: Audit;
  /** Called if the tenant returns an unusable response about a user. */
  readonly onFailed: (error: unknown) => void;
}

/**
 * Creates the function that reads a user with sessions from the tenant. It ends all sessions of a blocked or deleted user, and the
 * sessions whose refresh token is no longer listed.
 * @throws GatewayError for an outage or a rate limit of the tenant, or an outage of the store
 */
export function createCheckUser(deps: CheckUserDeps): (sub: string) => Promise<void> {
  const { management, sessions, denySubject, audit } = deps;

  const revoked = (subject: string): void =>
    audit({ event: 'session.revoked', outcome: 'succeeded', source: 'feed', subject, reason: 'check-user' });

  async function check(sub: string): Promise<void> {
    // Read before the list of tokens, which lacks the token of a session that begins in between.
    const live = await sessions.list(sub);
    if (live.length === 0) return;
    if ((await management.log.readStanding(sub)) !== 'active') {
      await denySubject(sub);
      audit({
        event: 'bearer.denied',
        outcome: 'succeeded',
        source: 'feed',
        subject: sub,
        reason: 'check-user',
      });
      const count = await sessions.endAll(sub);
      for (let i = 0; i < count; i++) revoked(sub);
      return;
    }
    const tokens = await management.listRefreshTokens(sub);
    if (tokens.length >= MAX_LISTED) return;
    const held = matchTokens(live, tokens);
    for (const { id, hasRefreshToken } of live)
      if (hasRefreshToken && !held.has(id) && (await sessions.endOne(sub, id))) revoked(sub);
  }

  return async (sub) => {
    try {
      await check(sub);
    } catch (error) {
      if (error instanceof GatewayError && PASSING.has(error.code)) throw error;
      deps.onFailed(error);
    }
  };
}

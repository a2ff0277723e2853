import { GatewayError } from '../errors.ts';
import type { Caller } from '../http/route.ts';
import type { ForcedRenewals } from './forced-renewals.ts';
import type { FreshToken } from './fresh-token.ts';
import type { CachedSession, SessionCache } from './session-cache.ts';
import { SessionCaller } from './session-caller.ts';

/**
 * The access tokens of session callers, for proxied routes. Throws GatewayError `internal` for a caller without a session.
 */
export interface CallerTokens {
  /** The access token of a session caller; `force` renews a token that an API has refused. */
  readonly accessTokenFor: (
    caller: Caller,
    audience: string,
    options?: { readonly force?: boolean },
  ) => string | Promise<string>;
  /** Whether `force` may return a token other than the one that was sent. */
  readonly mayForce: (caller: Caller, audience: string) => boolean;
}

export interface CallerTokensDeps {
  readonly freshToken: FreshToken;
  readonly forced: ForcedRenewals;
  readonly cache: Pick<SessionCache, 'recall'>;
}

function requireSession(caller: Caller): CachedSession {
  const session = SessionCaller.sessionOf(caller);
  if (!session) throw new GatewayError('internal', { reason: 'not a session' });
  return session;
}

export function createCallerTokens({ freshToken, forced, cache }: CallerTokensDeps): CallerTokens {
  /** The token that was, or would be, sent for this request. */
  const sentOf = (caller: Caller, audience: string, { opened }: CachedSession): string | undefined =>
    SessionCaller.sentOf(caller, audience) ?? opened.tokens.access[audience]?.token;

  return {
    accessTokenFor(caller, audience, { force = false } = {}) {
      const session = requireSession(caller);
      const sent = force ? sentOf(caller, audience, session) : undefined;
      const record = (token: string): string => {
        SessionCaller.recordSent(caller, audience, token);
        return token;
      };
      const refused = sent === undefined ? undefined : ({ token: sent, by: 'upstream' } as const);
      const token = freshToken(session, audience, refused);
      return typeof token === 'string' ? record(token) : token.then(record);
    },
    mayForce(caller, audience) {
      const session = requireSession(caller);
      const latest = cache.recall(session.ticket)?.tokens.access[audience]?.token;
      return forced.isDue(session.ticket) || latest !== sentOf(caller, audience, session);
    },
  };
}

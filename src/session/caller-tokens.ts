import { GatewayError } from '../errors.ts';
import type { Caller } from '../http/route.ts';
import type { ForcedRenewals } from './forced-renewals.ts';
import type { FreshToken } from './fresh-token.ts';
import type { LiveSession, LiveSessions } from './live-sessions.ts';
import { SessionCaller } from './session-caller.ts';

/** What a proxied row asks for the tokens of its callers with. All throw GatewayError `internal` for a caller without a session. */
export interface CallerTokens {
  /** An access token for a session's caller; `force` where an API has refused the one that it got. */
  readonly tokenFor: (
    caller: Caller,
    audience: string,
    options?: { readonly force?: boolean },
  ) => string | Promise<string>;
  /** Whether `force` may bring another token than the one that was sent. */
  readonly mayForce: (caller: Caller, audience: string) => boolean;
}

export interface CallerTokensDeps {
  readonly freshToken: FreshToken;
  readonly forced: ForcedRenewals;
  readonly live: Pick<LiveSessions, 'recall'>;
}

function requireSession(caller: Caller): LiveSession {
  const session = SessionCaller.sessionOf(caller);
  if (!session) throw new GatewayError('internal', { reason: 'not a session' });
  return session;
}

export function createCallerTokens({ freshToken, forced, live }: CallerTokensDeps): CallerTokens {
  /** The token that this request was handed, or would have been. */
  const sentOf = (caller: Caller, audience: string, { opened }: LiveSession): string | undefined =>
    SessionCaller.sentOf(caller, audience) ?? opened.tokens.access[audience]?.token;

  return {
    tokenFor(caller, audience, { force = false } = {}) {
      const session = requireSession(caller);
      const sent = force ? sentOf(caller, audience, session) : undefined;
      const note = (token: string): string => {
        SessionCaller.noteSent(caller, audience, token);
        return token;
      };
      const refused = sent === undefined ? undefined : ({ token: sent, by: 'upstream' } as const);
      const token = freshToken(session, audience, refused);
      return typeof token === 'string' ? note(token) : token.then(note);
    },
    mayForce(caller, audience) {
      const session = requireSession(caller);
      const latest = live.recall(session.ticket)?.tokens.access[audience]?.token;
      return forced.isDue(session.ticket) || latest !== sentOf(caller, audience, session);
    },
  };
}

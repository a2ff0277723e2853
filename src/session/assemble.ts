import { createCookieJar } from '../browser/cookies.ts';
import { type CsrfCheck, createCsrfCheck } from '../browser/csrf.ts';
import type { Origins } from '../browser/origins.ts';
import { GatewayError } from '../errors.ts';
import type { MakeGuard } from '../http/route.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../observe/logger.ts';
import type { Store } from '../store/store.ts';
import { type CallerTokens, createCallerTokens } from './caller-tokens.ts';
import { createForcedRenewals } from './forced-renewals.ts';
import { createFreshToken, type FreshTokenDeps } from './fresh-token.ts';
import { createSaveTokens } from './save-tokens.ts';
import type { RevokeLater, Sessions } from './session.ts';
import { createSessionCache } from './session-cache.ts';
import { type CheckRule, createSessionGuard } from './session-guard.ts';
import { createSessionSeals } from './session-seals.ts';
import { createSessions, type RevokeElsewhere } from './sessions.ts';
import { createTickets } from './ticket.ts';
import { createWatchSession, type WatchSession } from './watch-session.ts';

/** For the save and the way there and back, on top of the longest call to the tenant. */
const LOCK_MARGIN_MS = 2_000;

export interface SessionOptions {
  readonly publicUrl: string;
  readonly origins: Origins;
  /** The first seals, all open. */
  readonly secrets: readonly string[];
  readonly store: Store;
  readonly clock: Clock;
  readonly idleS: number;
  readonly maxS: number;
  readonly maxPerUser: number;
  /** The longest that a call to the tenant may take. */
  readonly tenantTimeoutMs: number;
  readonly refresh: FreshTokenDeps['refresh'];
  readonly requireSecondFactor: FreshTokenDeps['requireSecondFactor'];
  readonly onRefreshed: FreshTokenDeps['onRefreshed'];
  readonly renewedFromS: FreshTokenDeps['renewedFromS'];
  readonly revokeLater: RevokeLater;
  /** Undefined where no credential for it is configured. */
  readonly revokeElsewhere: RevokeElsewhere | undefined;
  /** Called with a session that ended since its user began one too many. */
  readonly onDisplaced: (subject: string) => void;
  readonly checkRule: CheckRule;
  readonly makeBearerGuard: MakeGuard;
  readonly log: Pick<Logger, 'error'>;
}

export interface SessionModule extends CallerTokens {
  readonly sessions: Sessions;
  readonly csrf: CsrfCheck;
  /** Takes the session of a request, else its bearer token. */
  readonly makeGuard: MakeGuard;
  readonly watchSession: WatchSession;
}

/** Puts the parts of sessions together. */
export function assembleSession(options: SessionOptions): SessionModule {
  const { publicUrl, origins, secrets, store, clock, idleS, maxS, log } = options;
  const tickets = createTickets(createCookieJar(publicUrl));
  const csrf = createCsrfCheck(origins, tickets.cookieName);
  const seals = createSessionSeals(secrets);
  const idleMs = idleS * 1000;
  const cache = createSessionCache({
    store: store.sessions,
    seals,
    clock,
    idleMs,
    onRollFailed: (error) => log.error({ err: error }, 'a session could not be rolled'),
  });
  const save = createSaveTokens({
    store: store.sessions,
    seals,
    cache,
    onUnsaved: (error, isLost) =>
      log.error({ err: error }, isLost ? 'refreshed tokens are lost' : 'refreshed tokens are not saved yet'),
  });
  const toExpired = (reason: string) =>
    new GatewayError('session_expired', { reason, headers: { 'Set-Cookie': tickets.clearCookie } });
  const forced = createForcedRenewals(store.replayStore, clock);
  const freshToken = createFreshToken({
    ...options,
    forced,
    store: store.sessions,
    locks: store.locks,
    cache,
    save,
    toExpired,
    lockTtlMs: options.tenantTimeoutMs + LOCK_MARGIN_MS,
  });
  return {
    csrf,
    sessions: createSessions({
      ...options,
      store: store.sessions,
      replayStore: store.replayStore,
      seals,
      tickets,
      cache,
      clock,
      idleMs,
      maxMs: maxS * 1000,
      freshToken,
      toExpired,
      revokeLater: options.revokeLater,
      revokeElsewhere: options.revokeElsewhere ?? (() => undefined),
    }),
    makeGuard: createSessionGuard({ ...options, csrf, tickets, cache, freshToken }),
    ...createCallerTokens({ freshToken, forced, cache }),
    watchSession: createWatchSession({ cache, replayStore: store.replayStore, clock }),
  };
}

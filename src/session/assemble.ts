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
import { createSessions, type RevokeElsewhere, type SessionsDeps } from './sessions.ts';
import { createTickets } from './ticket.ts';
import { createWatchSession, type WatchSession } from './watch-session.ts';

/** Added to the timeout of tenant calls: time for network round trips and the save. */
const LOCK_MARGIN_MS = 2_000;

export interface SessionOptions {
  readonly publicUrl: string;
  readonly origins: Origins;
  /** The first secret seals, all secrets open. */
  readonly secrets: readonly string[];
  readonly store: Store;
  readonly clock: Clock;
  readonly idleS: number;
  readonly maxS: number;
  readonly maxPerUser: number;
  /** Timeout of a call to the tenant. */
  readonly tenantTimeoutMs: number;
  readonly refresh: FreshTokenDeps['refresh'];
  readonly requireSecondFactor: FreshTokenDeps['requireSecondFactor'];
  readonly onRefreshed: FreshTokenDeps['onRefreshed'];
  readonly renewedFromS: FreshTokenDeps['renewedFromS'];
  readonly revokeLater: RevokeLater;
  /** Undefined without Management API credentials. */
  readonly revokeElsewhere: RevokeElsewhere | undefined;
  /** Called with a session that ended because its user has too many. */
  readonly onDisplaced: (subject: string) => void;
  readonly onBegun: SessionsDeps['onBegun'];
  readonly onEnded: SessionsDeps['onEnded'];
  readonly checkRule: CheckRule;
  readonly makeBearerGuard: MakeGuard;
  readonly log: Pick<Logger, 'error'>;
}

export interface SessionModule extends CallerTokens {
  readonly sessions: Sessions;
  readonly csrf: CsrfCheck;
  /** Authenticates a request by its session, or else by its bearer token. */
  readonly makeGuard: MakeGuard;
  readonly watchSession: WatchSession;
}

/** Assembles the session module. */
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
    onRollFailed: (error) => log.error({ err: error }, 'last use of a session could not be saved'),
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

import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Clock } from '../lib/clock.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { Locks, SessionStore } from '../store/store.ts';
import type { ForcedRenewals } from './forced-renewals.ts';
import type { SaveTokens } from './save-tokens.ts';
import type { RevokeLater, SessionTokens, SignInMethod } from './session.ts';
import type { CachedSession, OpenedSession, SessionCache } from './session-cache.ts';
import { isAlive, isFor, isGood, type TokenSet, toAccessToken } from './token-set.ts';

const POLL_MS = 40;
const PATIENCE_MS = 1_000;
const SAVE_WAIT_MS = 1_000;
const RETRY_AFTER_S = 5;

/** The tenant requires a second factor for a refresh. */
export interface SecondFactor {
  readonly mfa_token: string;
  readonly factors: readonly { readonly type: string; readonly enrolled: boolean }[];
}

/** Exchanges a refresh token; `audience` only if it differs from that of the sign-in. */
export type RefreshTokens = (
  refreshToken: string,
  audience?: string,
) => Promise<SessionTokens | SecondFactor>;

/** Creates the 403 `mfa_required`; the sign-in that completes it replaces the session. */
export type RequireSecondFactor = (
  challenge: SecondFactor,
  pending: {
    readonly audience: string;
    readonly scope: string;
    readonly subject: string;
    readonly method: SignInMethod;
    readonly sid: string | undefined;
  },
) => GatewayError;

/** From when on, in seconds, the access tokens of a user's sessions must have been issued; 0 where from ever. */
export type RenewedFromS = (subject: string) => number;

export interface FreshTokenDeps {
  readonly store: SessionStore;
  readonly locks: Locks;
  readonly cache: SessionCache;
  readonly save: SaveTokens;
  readonly forced: ForcedRenewals;
  readonly refresh: RefreshTokens;
  readonly revokeLater: RevokeLater;
  readonly requireSecondFactor: RequireSecondFactor;
  readonly renewedFromS: RenewedFromS;
  readonly clock: Clock;
  /** Must exceed the timeout of tenant calls. */
  readonly lockTtlMs: number;
  /** Creates the 401 that clears the cookie. */
  readonly toExpired: (reason: string) => GatewayError;
  /** Called after each refresh at the tenant; `error` if it failed. */
  readonly onRefreshed: (session: OpenedSession, error?: unknown) => void;
  /** Called where a refused refresh token ends a session. */
  readonly onEnded: (reason: 'refresh_refused', count: 1) => void;
}

/** An unexpired token to replace: an upstream refused it, or the user requested a new one. */
export interface RefusedToken {
  readonly token: string;
  readonly by: 'upstream' | 'user';
}

/**
 * The access token of a session for an audience, valid for long enough: the stored one, or a new one from the tenant,
 * refreshed once over all replicas. `refused` forces a new token at most once a minute; within it the refused token is
 * returned.
 * @throws GatewayError `session_expired`, `mfa_required`, `insufficient_scope` without a refresh token,
 * `tenant_misconfigured` for an audience that the tenant ignores, `tenant_unavailable`, `store_unavailable`
 */
export type FreshToken = (
  session: CachedSession,
  audience: string,
  refused?: RefusedToken,
) => string | Promise<string>;

/** Error codes after which the session's tokens cannot be renewed. */
const FATAL_CODES: ReadonlySet<ErrorCode> = new Set([
  'invalid_refresh_token',
  'user_blocked',
  'access_denied',
]);

export function createFreshToken(deps: FreshTokenDeps): FreshToken {
  const { store, locks, cache, forced, renewedFromS, clock, lockTtlMs, toExpired, onRefreshed } = deps;
  const join = createSingleFlight<string>();

  /** The stored token, if it is usable. */
  function usable({ tokens, meta }: OpenedSession, audience: string, refused: RefusedToken | undefined) {
    const found = tokens.access[audience];
    return isGood(found, clock.now(), renewedFromS(meta.subject)) && found.token !== refused?.token
      ? found.token
      : undefined;
  }

  /** During a tenant outage the session stays and uses a token that is not expired. */
  function useCurrentToken({ tokens }: OpenedSession, audience: string, error: GatewayError): string {
    const found = tokens.access[audience];
    if (isAlive(found, clock.now())) return found.token;
    const retryAfterS = error.options.retryAfterS ?? RETRY_AFTER_S;
    throw new GatewayError('tenant_unavailable', {
      retryAfterS,
      reason: `refresh ${error.code}`,
      cause: error,
    });
  }

  /** Waits briefly for the save, then continues it in the background. The lock is held until the save ends. */
  async function saveTokens(
    { ticket, opened }: CachedSession,
    used: string,
    tokens: SessionTokens,
    access: TokenSet['access'],
    owner: string,
  ): Promise<void> {
    const refreshToken = tokens.refresh_token ?? used;
    // Applied to the newest tokens in the store, in case another replica refreshed meanwhile.
    const change = (kept: TokenSet): TokenSet => ({
      refreshToken: kept.refreshToken === used ? refreshToken : kept.refreshToken,
      access: { ...kept.access, ...access },
    });
    const name = toLockName(ticket.id);
    const saving = deps
      .save(ticket, opened, change, () => locks.acquire(name, owner, lockTtlMs))
      .then((outcome) => {
        if (outcome === 'ended') deps.revokeLater(refreshToken);
        return outcome;
      })
      .finally(() => {
        // A lock that cannot be released expires.
        void locks.release(name, owner).catch(() => undefined);
      });
    const outcome = await Promise.race([saving, sleep(SAVE_WAIT_MS, undefined, { ref: false })]);
    if (outcome === 'ended') throw toExpired('signed_out');
  }

  /** Handles a refused refresh token: ends the session, unless another replica has already stored a newer token. */
  async function end(session: CachedSession, used: string, error: GatewayError): Promise<undefined> {
    const now = await cache.reload(session.ticket);
    if (now && now.opened.tokens.refreshToken !== used) return undefined;
    if (await store.remove(session.ticket.id)) deps.onEnded('refresh_refused', 1);
    cache.forget(session.ticket);
    // The session has ended, but the token may still be valid at the tenant.
    if (error.code !== 'invalid_refresh_token') deps.revokeLater(used);
    throw toExpired(error.code);
  }

  /**
   * Runs under the lock: reloads the session and refreshes at the tenant. The lock is released here or by the save in
   * progress. Undefined: reload and try again.
   */
  async function renew(
    session: CachedSession,
    audience: string,
    refused: RefusedToken | undefined,
    owner: string,
  ): Promise<string | undefined> {
    let isSaving = false;
    try {
      const found = await cache.reload(session.ticket);
      if (!found) throw toExpired('ended');
      const { opened } = found;
      const token = usable(opened, audience, refused);
      if (token !== undefined) return token;
      const { meta, tokens } = opened;
      const { refreshToken } = tokens;
      const kept = tokens.access[audience];
      if (refreshToken === undefined) {
        if (isAlive(kept, clock.now())) return kept.token;
        throw new GatewayError('insufficient_scope', {
          reason: 'no refresh token',
          detail: NO_REFRESH_TOKEN,
        });
      }
      const isForced = refused?.by === 'upstream' && isGood(kept, clock.now(), renewedFromS(meta.subject));
      if (isForced && !(await forced.take(session.ticket))) return kept.token;
      const isOwn = audience === meta.audience;
      const answer = await deps
        .refresh(refreshToken, isOwn ? undefined : audience)
        .catch((error: unknown) => {
          onRefreshed(opened, error);
          if (!(error instanceof GatewayError)) throw error;
          return error;
        });
      if (answer instanceof GatewayError) {
        if (FATAL_CODES.has(answer.code)) return await end(found, refreshToken, answer);
        if (answer.code === 'invalid_scope') throw toIgnored('invalid_scope');
        return useCurrentToken(opened, audience, answer);
      }
      const scope = kept?.scope ?? (isOwn ? meta.scope : '');
      if ('mfa_token' in answer) {
        const { subject, method, sid } = meta;
        const error = deps.requireSecondFactor(answer, { audience, scope, subject, method, sid });
        onRefreshed(opened, error);
        throw error;
      }
      const error = isFor(answer.access_token, audience) ? undefined : toIgnored('aud');
      const fresh = toAccessToken(answer, scope, clock.now());
      onRefreshed(opened, error);
      isSaving = true;
      await saveTokens(found, refreshToken, answer, error ? {} : { [audience]: fresh }, owner);
      if (error) throw error;
      return fresh.token;
    } finally {
      if (!isSaving) await locks.release(toLockName(session.ticket.id), owner).catch(() => undefined);
    }
  }

  /** Takes the lock of the session, or waits for the result of its holder. */
  async function renewOnce(
    session: CachedSession,
    audience: string,
    refused: RefusedToken | undefined,
  ): Promise<string> {
    const owner = randomUUID();
    const name = toLockName(session.ticket.id);
    const deadline = performance.now() + lockTtlMs + PATIENCE_MS;
    for (let isLate = false; ; isLate = performance.now() > deadline) {
      if (!isLate && (await locks.acquire(name, owner, lockTtlMs))) {
        const token = await renew(session, audience, refused, owner);
        if (token !== undefined) return token;
      } else await sleep(POLL_MS + Math.random() * POLL_MS);
      const found = await cache.find(session.ticket);
      if (!found) throw toExpired('ended');
      const token = usable(found.opened, audience, refused);
      if (token !== undefined) return token;
      if (isLate) return useCurrentToken(found.opened, audience, new GatewayError('tenant_timeout'));
    }
  }

  return (session, audience, refused) => {
    const latest = cache.recall(session.ticket) ?? session.opened;
    const token = usable(latest, audience, refused);
    if (token !== undefined) return token;
    const key = `${session.ticket.digest} ${audience}`;
    if (refused?.by !== 'upstream') return join(key, () => renewOnce(session, audience, refused));
    // Combined under a separate key, because a normal renewal may return the refused token.
    return join(`forced ${key}`, () =>
      renewOnce(session, audience, refused).finally(() => forced.recordFinished(session.ticket)),
    );
  };
}

const NO_REFRESH_TOKEN =
  'Sign in again with the scope offline_access: without it the session cannot get a token for this API.';

const toLockName = (id: string): string => `refresh:${id}`;

const toIgnored = (what: string): GatewayError =>
  new GatewayError('tenant_misconfigured', {
    reason: `refresh ${what}: list the API in the Multi-Resource Refresh Token policies of the application`,
  });

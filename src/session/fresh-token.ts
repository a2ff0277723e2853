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

/** The tenant wants a second factor before it goes on. */
export interface SecondFactor {
  readonly mfa_token: string;
  readonly factors: readonly { readonly type: string; readonly enrolled: boolean }[];
}

/** Exchanges a refresh token; `audience` where it is not the one of the sign-in. */
export type RefreshTokens = (
  refreshToken: string,
  audience?: string,
) => Promise<SessionTokens | SecondFactor>;

/** Makes the 403 `mfa_required`; a sign-in that goes on from it takes the place of the session. */
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
  /** Above the longest call to the tenant. */
  readonly lockTtlMs: number;
  /** 401, and the cookie is cleared. */
  readonly toExpired: (reason: string) => GatewayError;
  /** Called with each call to the tenant; `error` where it failed. */
  readonly onRefreshed: (session: OpenedSession, error?: unknown) => void;
}

/** A token that will not do though it lives: an upstream has refused it, or the user asks for a new one. */
export interface RefusedToken {
  readonly token: string;
  readonly by: 'upstream' | 'user';
}

/**
 * An access token of a session for an audience, with enough of its life left: at once where there is one, else from the tenant,
 * over all replicas once. Where an upstream refuses one token after another, `refused` is all there is until a minute is over.
 * @throws GatewayError `session_expired`, `mfa_required`, `insufficient_scope` without a refresh token, `tenant_misconfigured`
 * for an audience that the tenant ignores, `tenant_unavailable`, `store_unavailable`
 */
export type FreshToken = (
  session: CachedSession,
  audience: string,
  refused?: RefusedToken,
) => string | Promise<string>;

/** What the tenant says where nothing will bring the session's tokens back. */
const FATAL_CODES: ReadonlySet<ErrorCode> = new Set([
  'invalid_refresh_token',
  'user_blocked',
  'access_denied',
]);

export function createFreshToken(deps: FreshTokenDeps): FreshToken {
  const { store, locks, cache, forced, renewedFromS, clock, lockTtlMs, toExpired, onRefreshed } = deps;
  const join = createSingleFlight<string>();

  /** The token that is there, where it will do. */
  function usable({ tokens, meta }: OpenedSession, audience: string, refused: RefusedToken | undefined) {
    const found = tokens.access[audience];
    return isGood(found, clock.now(), renewedFromS(meta.subject)) && found.token !== refused?.token
      ? found.token
      : undefined;
  }

  /** An outage keeps the session, and uses what still lives. */
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

  /** Saves in the foreground for a moment, then in the background; the lock is held until it is done. */
  async function saveTokens(
    { ticket, opened }: CachedSession,
    used: string,
    tokens: SessionTokens,
    access: TokenSet['access'],
    owner: string,
  ): Promise<void> {
    const refreshToken = tokens.refresh_token ?? used;
    // Should another have refreshed meanwhile, the newest in the store goes on.
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
        // A lock that cannot be released ends by itself.
        void locks.release(name, owner).catch(() => undefined);
      });
    const outcome = await Promise.race([saving, sleep(SAVE_WAIT_MS, undefined, { ref: false })]);
    if (outcome === 'ended') throw toExpired('signed_out');
  }

  /** The tenant refuses: for good, unless another replica was faster; then there is a newer token to go on with. */
  async function end(session: CachedSession, used: string, error: GatewayError): Promise<undefined> {
    const now = await cache.reload(session.ticket);
    if (now && now.opened.tokens.refreshToken !== used) return undefined;
    await store.remove(session.ticket.id);
    cache.forget(session.ticket);
    // A user who is denied now might not be later; the session is gone all the same.
    if (error.code !== 'invalid_refresh_token') deps.revokeLater(used);
    throw toExpired(error.code);
  }

  /**
   * With the lock: looks again, and asks the tenant. Releases the lock, or leaves that to the save under way. Undefined where
   * it is worth another look.
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

  /** Takes the lock of the session, or waits for what its holder brings. */
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
    // Apart, since it may bring nothing new.
    return join(`forced ${key}`, () =>
      renewOnce(session, audience, refused).finally(() => forced.settle(session.ticket)),
    );
  };
}

const NO_REFRESH_TOKEN =
  'Sign in again with the scope offline_access: without it the session gets no token for this API.';

const toLockName = (id: string): string => `refresh:${id}`;

const toIgnored = (what: string): GatewayError =>
  new GatewayError('tenant_misconfigured', {
    reason: `refresh ${what}: list the API in the Multi-Resource Refresh Token policies of the application`,
  });

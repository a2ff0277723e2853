import type { Authentication, ClientRefusal } from '../../auth0/authentication.ts';
import { type Tokens, toReuseS } from '../../auth0/token-answer.ts';
import { type ErrorCode, GatewayError } from '../../errors.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import { createSingleFlight } from '../../lib/single-flight.ts';
import type { FailureLimiter } from '../../limits/failure-limit.ts';
import { toNetworkKey } from '../../limits/networks.ts';
import type { Limiter } from '../../limits/rate-limit.ts';

/** How long a verified secret is trusted, in seconds; after that a rotated secret or a deleted client is refused. */
const SECRET_TRUSTED_FOR_S = 600;
const CACHED_TOKENS = 10_000;

/** The errors that count as failures of the client. */
export const CLIENT_FAILURES: ReadonlySet<ErrorCode> = new Set([
  'invalid_client',
  'unauthorized_client',
  'invalid_target',
  'invalid_scope',
]);

export interface ClientTokenRequest {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly audience: string;
  readonly scope: string | undefined;
  readonly ip: string;
}

export interface ClientTokenDeps {
  readonly auth0: Pick<Authentication, 'clientCredentialsGrant'>;
  /** A keyed hash, so that neither the cache nor the limits store a secret. */
  readonly toHash: (text: string) => string;
  readonly nowS: () => number;
  /** `M2M_TOKEN_CACHE` */
  readonly isCached: boolean;
  /** Called where tokens are cached: whether one answered. */
  readonly onLookedUp: (result: 'hit' | 'miss') => void;
  /** From when on, in seconds, a cached token of a client must have been asked for: its secret or grant may have changed. */
  readonly tokensFromS: (clientId: string) => number;
  /** Limits failures per client id and address. */
  readonly failures: FailureLimiter;
  /**
   * Limits tokens per client id and secret: a client id is public, so a limit per id would let anyone lock a client out.
   */
  readonly successes: Limiter;
}

interface CachedToken {
  readonly tokens: Tokens;
  readonly requestedAtS: number;
  readonly expiresAtS: number;
  /** When the tenant must verify the secret again. */
  readonly staleAtS: number;
}

interface Refused {
  readonly refusal: ClientRefusal;
  readonly headers: Headers;
}

type Outcome = (CachedToken & { readonly headers: Headers }) | Refused;

type Headers = Readonly<Record<string, string>>;

export interface IssuedToken {
  readonly tokens: Tokens;
  readonly headers: Headers;
}

/** Issues client credentials tokens. A cached token is returned while it is valid long enough and its secret is trusted. */
export type IssueClientToken = (request: ClientTokenRequest) => Promise<IssuedToken>;

/** The use case throws GatewayError `invalid_client`, `unauthorized_client`, `invalid_target`, `invalid_scope`, `rate_limited`. */
export function createClientTokens(deps: ClientTokenDeps): IssueClientToken {
  const cache = new RecentMap<string, CachedToken>(CACHED_TOKENS);
  const singleFlight = createSingleFlight<Outcome>();

  async function requestToken(request: ClientTokenRequest, client: string): Promise<Outcome> {
    const requestedAtS = deps.nowS();
    const attempt = await deps.failures.enter(`${request.clientId} ${toNetworkKey(request.ip)}`);
    try {
      const headers = await deps.successes.charge(client);
      const outcome = await deps.auth0.clientCredentialsGrant(request).catch(async (error: unknown) => {
        await deps.successes.refund(client);
        throw error;
      });
      if (typeof outcome === 'string') {
        await Promise.all([deps.successes.refund(client), attempt.failed()]);
        return { refusal: outcome, headers: attempt.headers };
      }
      await attempt.passed();
      const { expires_in: lifetimeS } = outcome;
      const staleAtS = requestedAtS + Math.min(toReuseS(lifetimeS), SECRET_TRUSTED_FOR_S);
      return { tokens: outcome, requestedAtS, expiresAtS: deps.nowS() + lifetimeS, staleAtS, headers };
    } catch (error) {
      // An outage or a rate limit does not count as a failure of the client.
      await attempt.passed();
      throw error;
    }
  }

  return async (request) => {
    // JSON delimits the parts, so that no two requests share a key.
    const client = deps.toHash(JSON.stringify([request.clientId, request.clientSecret]));
    const key = deps.toHash(JSON.stringify([client, request.audience, request.scope ?? null]));
    const cached = deps.isCached ? cache.get(key) : undefined;
    const nowS = deps.nowS();
    const isHit =
      cached !== undefined &&
      nowS < cached.staleAtS &&
      cached.requestedAtS >= deps.tokensFromS(request.clientId);
    if (deps.isCached) deps.onLookedUp(isHit ? 'hit' : 'miss');
    if (isHit) return { tokens: { ...cached.tokens, expires_in: cached.expiresAtS - nowS }, headers: {} };
    const outcome = deps.isCached
      ? await singleFlight(key, () => requestToken(request, client))
      : await requestToken(request, client);
    const { headers } = outcome;
    if ('refusal' in outcome) throw toRefusal(outcome, request);
    const { tokens, requestedAtS, expiresAtS, staleAtS } = outcome;
    if (deps.isCached) cache.set(key, { tokens, requestedAtS, expiresAtS, staleAtS });
    return { tokens, headers };
  };
}

function toRefusal({ refusal, headers }: Refused, { scope }: ClientTokenRequest): GatewayError {
  if (refusal !== 'invalid_scope' || scope === undefined) return new GatewayError(refusal, { headers });
  const detail = `The client has no grant for all of these scopes: ${scope}. Leave out those that it lacks.`;
  return new GatewayError(refusal, { headers, detail });
}

import type { Authentication, ClientRefusal } from '../../auth0/authentication.ts';
import { type Tokens, toReuseS } from '../../auth0/token-answer.ts';
import { type ErrorCode, GatewayError } from '../../errors.ts';
import { RecentMap } from '../../lib/recent-map.ts';
import { createSingleFlight } from '../../lib/single-flight.ts';
import type { FailureLimiter } from '../../limits/failure-limit.ts';
import { toNetworkKey } from '../../limits/networks.ts';
import type { Limiter } from '../../limits/rate-limit.ts';

/** For so long a secret counts as proven: one that was rotated, or whose client is deleted, earns nothing after that. */
const PROVEN_FOR_S = 600;
const CACHED_TOKENS = 10_000;

/** What counts as a failure of whoever asks. */
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
  /** A keyed hash: neither the cache nor the limits keep a secret. */
  readonly toHash: (text: string) => string;
  readonly nowS: () => number;
  /** `M2M_TOKEN_CACHE` */
  readonly isCached: boolean;
  /** From when on, in seconds, a cached token of a client must have been asked for: its secret or grant may have changed. */
  readonly tokensFromS: (clientId: string) => number;
  /** Failures by client id and address. */
  readonly failures: FailureLimiter;
  /** Tokens by client id and secret: a client id is public, so by itself it could lock a client out. */
  readonly successes: Limiter;
}

interface CachedToken {
  readonly tokens: Tokens;
  readonly askedAtS: number;
  readonly expiresAtS: number;
  /** From when on the tenant is asked again. */
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

/** Issues client-credentials tokens; a token is used again while it has enough of its life left and its secret counts as proven. */
export type IssueClientToken = (request: ClientTokenRequest) => Promise<IssuedToken>;

/** The use case throws GatewayError `invalid_client`, `unauthorized_client`, `invalid_target`, `invalid_scope`, `rate_limited`. */
export function createClientTokens(deps: ClientTokenDeps): IssueClientToken {
  const cache = new RecentMap<string, CachedToken>(CACHED_TOKENS);
  const onlyOne = createSingleFlight<Outcome>();

  async function ask(request: ClientTokenRequest, client: string): Promise<Outcome> {
    const askedAtS = deps.nowS();
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
      const staleAtS = askedAtS + Math.min(toReuseS(lifetimeS), PROVEN_FOR_S);
      return { tokens: outcome, askedAtS, expiresAtS: deps.nowS() + lifetimeS, staleAtS, headers };
    } catch (error) {
      // Neither an outage nor a limit is a failure of the client.
      await attempt.passed();
      throw error;
    }
  }

  return async (request) => {
    // Every part is hashed with its length's own delimiter, so that no two requests share a key.
    const client = deps.toHash(JSON.stringify([request.clientId, request.clientSecret]));
    const key = deps.toHash(JSON.stringify([client, request.audience, request.scope ?? null]));
    const known = deps.isCached ? cache.get(key) : undefined;
    const nowS = deps.nowS();
    if (known && nowS < known.staleAtS && known.askedAtS >= deps.tokensFromS(request.clientId))
      return { tokens: { ...known.tokens, expires_in: known.expiresAtS - nowS }, headers: {} };
    const outcome = deps.isCached
      ? await onlyOne(key, () => ask(request, client))
      : await ask(request, client);
    const { headers } = outcome;
    if ('refusal' in outcome) throw toRefusal(outcome, request);
    const { tokens, askedAtS, expiresAtS, staleAtS } = outcome;
    if (deps.isCached) cache.set(key, { tokens, askedAtS, expiresAtS, staleAtS });
    return { tokens, headers };
  };
}

function toRefusal({ refusal, headers }: Refused, { scope }: ClientTokenRequest): GatewayError {
  if (refusal !== 'invalid_scope' || scope === undefined) return new GatewayError(refusal, { headers });
  const detail = `The client has no grant for all of these scopes: ${scope}. Leave out those that it lacks.`;
  return new GatewayError(refusal, { headers, detail });
}

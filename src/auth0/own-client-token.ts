import { decodeJwt } from 'jose';
import { GatewayError } from '../errors.ts';
import { type Clock, nowS } from '../lib/clock.ts';
import { createSingleFlight } from '../lib/single-flight.ts';
import type { ClientAuthentication } from './client-authentication.ts';
import { toRefusal } from './error-map.ts';
import type { TenantCall } from './tenant-call.ts';
import { isSuccess, toReuseS, toTokens } from './token-answer.ts';

export interface OwnClientTokenOptions {
  readonly call: TenantCall;
  readonly authenticateClient: ClientAuthentication;
  readonly clock: Clock;
}

/** Whether a token has this audience; false for a token that cannot be decoded. */
function hasAudience(token: string, audience: string): boolean {
  try {
    const { aud } = decodeJwt(token);
    return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
  } catch {
    return false;
  }
}

/**
 * Creates a function that returns the gateway's own access tokens (RFC 6749 §4.4). Parallel calls share one request, and a
 * token is cached for `toReuseS`. A token for a different API than the requested one is discarded. The function throws
 * GatewayError `tenant_misconfigured` if the tenant does not grant a token, and the errors of the call.
 */
export function createOwnClientTokens(options: OwnClientTokenOptions) {
  const { call, authenticateClient, clock } = options;
  const known = new Map<string, { readonly token: string; readonly renewAtS: number }>();
  const singleFlight = createSingleFlight<string>();

  async function requestToken(audience: string): Promise<string> {
    const form = { ...(await authenticateClient()), grant_type: 'client_credentials', audience };
    const answer = await call({ path: '/oauth/token', form });
    if (!isSuccess(answer)) throw toMisconfigured(answer.status, toRefusal('client-credentials', answer));
    const { access_token: token, expires_in: lifetimeS } = toTokens(answer);
    if (!hasAudience(token, audience))
      throw new GatewayError('tenant_misconfigured', { reason: 'client_token_audience' });
    known.set(audience, { token, renewAtS: nowS(clock) + toReuseS(lifetimeS) });
    return token;
  }

  /** `refused`: a token that the API has refused; it is replaced. */
  return (audience: string, refused?: string): string | Promise<string> => {
    const kept = known.get(audience);
    if (kept && kept.token !== refused && nowS(clock) < kept.renewAtS) return kept.token;
    return singleFlight(audience, () => requestToken(audience));
  };
}

/** A refusal is caused by the tenant's settings, except for 429 and 5xx, which stay unchanged. */
function toMisconfigured(status: number, refusal: GatewayError): GatewayError {
  if (status === 429 || status >= 500) return refusal;
  const word = refusal.options.reason ?? refusal.code;
  return new GatewayError('tenant_misconfigured', { cause: refusal, reason: `client_token: ${word}` });
}

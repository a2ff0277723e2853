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

/** The `aud` of a token, whatever it is; a token that cannot be read has none. */
function hasAudience(token: string, audience: string): boolean {
  try {
    const { aud } = decodeJwt(token);
    return Array.isArray(aud) ? aud.includes(audience) : aud === audience;
  } catch {
    return false;
  }
}

/**
 * Makes the source of the gateway's own access tokens (RFC 6749 §4.4): asked for once, whoever waits, and used again
 * as long as `toReuseS` says. A token for another API than the one asked for goes nowhere.
 * It throws GatewayError `tenant_misconfigured` where the tenant does not grant one, and what the call throws.
 */
export function createOwnClientTokens(options: OwnClientTokenOptions) {
  const { call, authenticateClient, clock } = options;
  const known = new Map<string, { readonly token: string; readonly renewAtS: number }>();
  const onlyOne = createSingleFlight<string>();

  async function ask(audience: string): Promise<string> {
    const form = { ...(await authenticateClient()), grant_type: 'client_credentials', audience };
    const answer = await call({ path: '/oauth/token', form });
    if (!isSuccess(answer)) throw toMisconfigured(answer.status, toRefusal('client-credentials', answer));
    const { access_token: token, expires_in: lifetimeS } = toTokens(answer);
    if (!hasAudience(token, audience))
      throw new GatewayError('tenant_misconfigured', { reason: 'client_token_audience' });
    known.set(audience, { token, renewAtS: nowS(clock) + toReuseS(lifetimeS) });
    return token;
  }

  /** `refused`: a token that the API did not take, which is not given out again. */
  return (audience: string, refused?: string): string | Promise<string> => {
    const kept = known.get(audience);
    if (kept && kept.token !== refused && nowS(clock) < kept.renewAtS) return kept.token;
    return onlyOne(audience, () => ask(audience));
  };
}

/** Whatever the tenant refuses us here is a matter of its settings; what is one of its state stays as it is. */
function toMisconfigured(status: number, refusal: GatewayError): GatewayError {
  if (status === 429 || status >= 500) return refusal;
  const word = refusal.options.reason ?? refusal.code;
  return new GatewayError('tenant_misconfigured', { cause: refusal, reason: `client_token: ${word}` });
}

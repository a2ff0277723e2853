import type { Authentication } from '../../auth0/authentication.ts';
import type { UserTokens } from '../../auth0/token-answer.ts';
import { type Origins, requireFriendlyOrigin } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import { toNetworkKey } from '../../http/client-address.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Limiter } from '../../limits/rate-limit.ts';
import type { Sessions } from '../../session/session.ts';
import type { RefreshBody } from '../auth-schemas.ts';
import type { RequireSecondFactor } from '../mfa-handle.ts';
import { requireTokenMode } from '../sign-in-mode.ts';

export interface RefreshDeps {
  readonly auth0: Pick<Authentication, 'refreshGrant'>;
  /** By address. */
  readonly limit: Limiter;
  readonly origins: Origins;
  readonly requireSecondFactor: RequireSecondFactor;
  readonly sessions: Pick<Sessions, 'renew'>;
}

export interface Refreshed {
  readonly tokens: UserTokens;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Exchanges a refresh token of a token-mode caller for new tokens.
 * @throws GatewayError `invalid_refresh_token`, `mfa_required`, `token_mode_refused`, `rate_limited`
 */
export async function refreshTokens(
  deps: RefreshDeps,
  input: RefreshBody & { readonly refresh_token: string },
  request: RequestInfo,
): Promise<Refreshed> {
  requireFriendlyOrigin(deps.origins, request.headers);
  requireTokenMode(deps.origins, request.headers);
  const headers = await deps.limit.charge(toNetworkKey(request.ip));
  const outcome = await deps.auth0.refreshGrant(input.refresh_token, input.scope).catch((error: unknown) => {
    throw error instanceof GatewayError ? toRefusal(error, input.scope).withHeaders(headers) : error;
  });
  if (!('mfa_token' in outcome)) return { tokens: outcome, headers };
  throw deps.requireSecondFactor(outcome, { scope: input.scope }).withHeaders(headers);
}

/** Names the scopes that were too much; the tenant does not say which of them. */
function toRefusal(error: GatewayError, scope: string | undefined): GatewayError {
  if (error.code !== 'invalid_scope' || scope === undefined) return error;
  const detail = `The refresh token was not granted all of these scopes: ${scope}. Leave out those that it lacks.`;
  return new GatewayError(error.code, { ...error.options, detail });
}

/**
 * Renews the access token of a request's session.
 * @throws GatewayError `session_expired`, `mfa_required`, `rate_limited`, `tenant_unavailable`
 */
export async function refreshSession(
  { sessions, limit }: Pick<RefreshDeps, 'sessions' | 'limit'>,
  request: RequestInfo,
): Promise<Readonly<Record<string, string>>> {
  const headers = await limit.charge(toNetworkKey(request.ip));
  await sessions.renew(request.headers);
  return headers;
}

import type { Authentication, Tokens } from '../auth0/authentication.ts';
import { GatewayError } from '../errors.ts';
import { type Origins, requireFriendlyOrigin } from '../http/origins.ts';
import type { Limiter } from '../http/rate-limit.ts';
import type { RequestInfo } from '../http/route.ts';
import type { RefreshBody } from './account-schemas.ts';
import { requireTokenMode } from './sign-in-mode.ts';

export interface RefreshDeps {
  readonly auth0: Pick<Authentication, 'refreshGrant'>;
  /** By address. */
  readonly limit: Limiter;
  readonly origins: Origins;
}

/**
 * Exchanges a refresh token of a token-mode caller for new tokens.
 * @throws GatewayError `invalid_refresh_token`, `token_mode_refused`, `rate_limited`, `session_mode_unavailable`
 */
export async function refreshTokens(
  deps: RefreshDeps,
  input: RefreshBody,
  request: RequestInfo,
): Promise<Tokens> {
  requireFriendlyOrigin(deps.origins, request.headers);
  if (input.refresh_token === undefined) throw new GatewayError('session_mode_unavailable');
  requireTokenMode(deps.origins, request.headers);
  await deps.limit.charge(request.ip);
  return deps.auth0.refreshGrant(input.refresh_token, input.scope);
}

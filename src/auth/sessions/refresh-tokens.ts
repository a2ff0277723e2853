import { createHash } from 'node:crypto';
import type { Authentication } from '../../auth0/authentication.ts';
import type { UserTokens } from '../../auth0/token-answer.ts';
import type { Origins } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { RefreshBody } from '../auth-schemas.ts';
import type { RequireSecondFactor } from '../second-factor.ts';
import { requireTokenMode } from '../sign-in-mode.ts';

export interface RefreshDeps {
  readonly auth0: Pick<Authentication, 'refreshGrant'>;
  readonly origins: Origins;
  readonly requireSecondFactor: RequireSecondFactor;
}

/**
 * Exchanges the refresh token of a token-mode caller for new tokens.
 * @throws GatewayError `invalid_refresh_token`, `mfa_required`, `token_mode_refused`
 */
export async function refreshTokens(
  deps: RefreshDeps,
  input: RefreshBody & { readonly refresh_token: string },
  request: RequestInfo,
): Promise<UserTokens> {
  requireTokenMode(deps.origins, request.headers);
  const outcome = await deps.auth0.refreshGrant(input.refresh_token, input.scope).catch((error: unknown) => {
    throw error instanceof GatewayError ? toRefusal(error, input.scope) : error;
  });
  if (!('mfa_token' in outcome)) return outcome;
  // Only the refresh token identifies the caller; its hash lets wrong codes count over all of its handles.
  const subject = createHash('sha256').update(input.refresh_token).digest('base64url');
  throw deps.requireSecondFactor(outcome, { method: 'password', scope: input.scope, subject });
}

/** Names the requested scopes; the tenant does not say which of them it refused. */
function toRefusal(error: GatewayError, scope: string | undefined): GatewayError {
  if (error.code !== 'invalid_scope' || scope === undefined) return error;
  const detail = `The refresh token was not granted all of these scopes: ${scope}. Leave out those that it lacks.`;
  return new GatewayError(error.code, { ...error.options, detail });
}

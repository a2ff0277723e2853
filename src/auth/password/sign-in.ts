import type { Authentication } from '../../auth0/authentication.ts';
import type { UserTokens } from '../../auth0/token-answer.ts';
import { type Origins, requireFriendlyOrigin } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { BegunSession, Sessions } from '../../session/session.ts';
import type { SignInBody } from '../auth-schemas.ts';
import type { RequireSecondFactor } from '../mfa-handle.ts';
import type { ScopePolicy } from '../scope-policy.ts';
import { type SignInLimits, signInFailures } from '../sign-in-limits.ts';
import { type SignInMode, toSignInMode } from '../sign-in-mode.ts';

export interface SignInDeps {
  readonly auth0: Pick<Authentication, 'passwordGrant'>;
  readonly limits: SignInLimits;
  readonly scopes: ScopePolicy;
  readonly origins: Origins;
  readonly requireSecondFactor: RequireSecondFactor;
  readonly sessions: Pick<Sessions, 'begin'>;
}

/** Tokens for the caller, or a session that holds them. */
export type SignedIn = { readonly headers: Readonly<Record<string, string>> } & (
  | { readonly tokens: UserTokens }
  | { readonly begun: BegunSession }
);

/**
 * Signs a user in by password.
 * @throws GatewayError `invalid_credentials`, `mfa_required`, `user_blocked`, `password_leaked`, `too_many_attempts`,
 * `invalid_scope`, `csrf_failed`, `token_mode_refused`, `cross_site_session`, `store_unavailable`, and what the tenant's
 * outage says
 */
export async function signIn(deps: SignInDeps, input: SignInBody, request: RequestInfo): Promise<SignedIn> {
  requireFriendlyOrigin(deps.origins, request.headers);
  const mode = toSignInMode(input.mode, deps.origins, request.headers);
  const audience = deps.scopes.toAudience(input.audience);
  const scope = toSignInScope(deps.scopes.toScope(input.scope, audience), mode);
  const username = input.email ?? input.username ?? '';
  const attempt = await deps.limits.attempt(username, request.ip);
  const { headers } = attempt;
  const grant = { username, password: input.password, audience, scope, ip: request.ip };
  const outcome = await deps.auth0.passwordGrant(grant).catch(async (error: unknown) => {
    const isFailure = error instanceof GatewayError && signInFailures.has(error.code);
    await (isFailure ? attempt.failed() : attempt.unjudged());
    throw error instanceof GatewayError ? error.withHeaders(headers) : error;
  });
  if ('mfa_token' in outcome) {
    await attempt.halfway();
    throw deps.requireSecondFactor(outcome, { audience, scope, username }).withHeaders(headers);
  }
  await attempt.succeeded();
  const tokens = { ...outcome, scope: outcome.scope ?? scope };
  if (mode === 'token') return { tokens, headers };
  const { claims } = tokens;
  if (!claims) throw new GatewayError('tenant_error', { reason: 'no_id_token' });
  return {
    begun: await deps.sessions.begin({ tokens, claims, audience, method: 'password' }, request),
    headers,
  };
}

/** A session needs to know whose it is, which only an ID token says. */
const toSignInScope = (scope: string, mode: SignInMode): string =>
  mode === 'session' && !scope.split(' ').includes('openid') ? `openid ${scope}` : scope;

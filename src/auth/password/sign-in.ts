import type { Authentication } from '../../auth0/authentication.ts';
import type { Origins } from '../../browser/origins.ts';
import { GatewayError } from '../../errors.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Sessions } from '../../session/session.ts';
import type { SignInBody } from '../auth-schemas.ts';
import type { ScopePolicy } from '../scope-policy.ts';
import type { RequireSecondFactor } from '../second-factor.ts';
import { type SignInLimits, signInFailures } from '../sign-in-limits.ts';
import { type SignInMode, toSignInMode } from '../sign-in-mode.ts';
import { handOver, type SignedIn } from '../signed-in.ts';

export interface SignInDeps {
  readonly auth0: Pick<Authentication, 'passwordGrant'>;
  readonly limits: SignInLimits;
  readonly scopes: ScopePolicy;
  readonly origins: Origins;
  readonly requireSecondFactor: RequireSecondFactor;
  readonly sessions: Pick<Sessions, 'begin'>;
}

export interface PasswordSignIn {
  readonly signedIn: SignedIn;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Signs a user in by password.
 * @throws GatewayError `invalid_credentials`, `mfa_required`, `user_blocked`, `password_leaked`, `too_many_attempts`,
 * `invalid_scope`, `token_mode_refused`, `cross_site_session`, `store_unavailable`, and what the tenant's
 * outage says
 */
export async function signIn(
  deps: SignInDeps,
  input: SignInBody,
  request: RequestInfo,
): Promise<PasswordSignIn> {
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
    const pending = { method: 'password', audience, scope, identifier: username } as const;
    throw deps.requireSecondFactor(outcome, pending).withHeaders(headers);
  }
  await attempt.succeeded();
  const tokens = { ...outcome, scope: outcome.scope ?? scope };
  const granted = { mode, tokens, audience, method: 'password' } as const;
  return { signedIn: await handOver(deps.sessions, granted, request), headers };
}

/** A session needs to know whose it is, which only an ID token says. */
const toSignInScope = (scope: string, mode: SignInMode): string =>
  mode === 'session' && !scope.split(' ').includes('openid') ? `openid ${scope}` : scope;

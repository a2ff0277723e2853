import type { Origins } from '../../browser/origins.ts';
import type { RequestInfo } from '../../http/route.ts';
import type { Sessions } from '../../session/session.ts';
import type { SignInBody } from '../auth-schemas.ts';
import type { ScopePolicy } from '../scope-policy.ts';
import type { RequireSecondFactor } from '../second-factor.ts';
import type { SignInLimits } from '../sign-in-limits.ts';
import { toSignInMode, toSignInScope } from '../sign-in-mode.ts';
import { completeSignIn, type SignedIn } from '../signed-in.ts';
import { type ProvePasswordDeps, provePassword } from './prove-password.ts';

export interface SignInDeps extends ProvePasswordDeps {
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
 * `invalid_scope`, `token_mode_refused`, `cross_site_session`, `store_unavailable`, and the codes of a tenant outage
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
  const grant = { username, password: input.password, audience, scope, ip: request.ip };
  const { outcome, headers } = await provePassword(deps, grant);
  if ('mfa_token' in outcome) {
    const pending = { method: 'password', audience, scope, identifier: username } as const;
    throw deps.requireSecondFactor(outcome, pending).withHeaders(headers);
  }
  const tokens = { ...outcome, scope: outcome.scope ?? scope };
  const granted = { mode, tokens, audience, method: 'password' } as const;
  return { signedIn: await completeSignIn(deps.sessions, granted, request), headers };
}

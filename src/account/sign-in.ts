import type { Authentication, Tokens } from '../auth0/authentication.ts';
import { GatewayError } from '../errors.ts';
import { type Origins, requireFriendlyOrigin } from '../http/origins.ts';
import type { RequestInfo } from '../http/route.ts';
import type { Sealer } from '../lib/sealed.ts';
import type { SignInBody } from './account-schemas.ts';
import type { ScopePolicy } from './scope-policy.ts';
import type { SignInLimits } from './sign-in-limits.ts';
import { toSignInMode } from './sign-in-mode.ts';

const MFA_HANDLE_LIFETIME_S = 300;

export interface SignInDeps {
  readonly auth0: Pick<Authentication, 'passwordGrant'>;
  readonly limits: SignInLimits;
  readonly scopes: ScopePolicy;
  readonly origins: Origins;
  readonly mfaHandles: Sealer;
  /** Seconds since the epoch. */
  readonly nowS: () => number;
}

export interface SignedIn {
  readonly tokens: Tokens;
  readonly headers: Readonly<Record<string, string>>;
}

/** What the tenant judged to be the caller's fault; everything else does not count as a failed attempt. */
const isFailedAttempt = (error: unknown): boolean =>
  error instanceof GatewayError &&
  ['invalid_credentials', 'user_blocked', 'password_leaked', 'too_many_attempts'].includes(error.code);

/**
 * Signs a user in by password, in token mode.
 * @throws GatewayError `invalid_credentials`, `mfa_required`, `user_blocked`, `password_leaked`, `too_many_attempts`,
 * `invalid_scope`, `csrf_failed`, `token_mode_refused`, `session_mode_unavailable`, and what the tenant's outage says
 */
export async function signIn(deps: SignInDeps, input: SignInBody, request: RequestInfo): Promise<SignedIn> {
  requireFriendlyOrigin(deps.origins, request.headers);
  const mode = toSignInMode(input.mode, deps.origins, request.headers);
  if (mode === 'session') throw new GatewayError('session_mode_unavailable');
  const audience = deps.scopes.toAudience(input.audience);
  const scope = deps.scopes.toScope(input.scope, audience);
  const username = input.email ?? input.username ?? '';
  const attempt = await deps.limits.attempt(username, request.ip);
  const grant = { username, password: input.password, audience, scope, ip: request.ip };
  const outcome = await deps.auth0.passwordGrant(grant).catch(async (error: unknown) => {
    if (!isFailedAttempt(error)) await attempt.void();
    throw error instanceof GatewayError ? error.withHeaders(attempt.headers) : error;
  });
  await attempt.succeeded();
  if ('access_token' in outcome)
    return { tokens: { ...outcome, scope: outcome.scope ?? scope }, headers: attempt.headers };
  const { mfa_token, factors } = outcome;
  const expiresAt = deps.nowS() + MFA_HANDLE_LIFETIME_S;
  const handle = { mfa_token, audience, scope, username, expires_at: expiresAt };
  throw new GatewayError('mfa_required', {
    members: { mfa_handle: deps.mfaHandles.seal(handle), expires_in: MFA_HANDLE_LIFETIME_S, factors },
  });
}

import type { Authentication, PasswordGrant } from '../../auth0/authentication.ts';
import type { MfaChallenge, UserTokens } from '../../auth0/token-answer.ts';
import { GatewayError } from '../../errors.ts';
import { SIGN_IN_FAILURES, type SignInLimits } from '../sign-in-limits.ts';

export interface ProvePasswordDeps {
  readonly auth0: Pick<Authentication, 'passwordGrant'>;
  readonly limits: Pick<SignInLimits, 'attempt'>;
}

export interface ProvenPassword {
  readonly outcome: UserTokens | MfaChallenge;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Requests tokens with the password grant. Counts as one sign-in attempt for the limits.
 * @throws GatewayError `invalid_credentials`, `user_blocked`, `password_leaked`, `too_many_attempts`, and the codes of a
 * tenant outage
 */
export async function provePassword(
  { auth0, limits }: ProvePasswordDeps,
  grant: PasswordGrant,
): Promise<ProvenPassword> {
  const attempt = await limits.attempt(grant.username, grant.ip);
  const { headers } = attempt;
  const outcome = await auth0.passwordGrant(grant).catch(async (error: unknown) => {
    const isFailure = error instanceof GatewayError && SIGN_IN_FAILURES.has(error.code);
    await (isFailure ? attempt.failed() : attempt.undecided());
    throw error instanceof GatewayError ? error.withHeaders(headers) : error;
  });
  await ('mfa_token' in outcome ? attempt.halfway() : attempt.succeeded());
  return { outcome, headers };
}

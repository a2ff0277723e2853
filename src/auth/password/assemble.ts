import type { Authentication } from '../../auth0/authentication.ts';
import type { Route } from '../../http/route.ts';
import { createAddressLimit } from '../../limits/address-limit.ts';
import type { MakeLimiter, Rate } from '../../limits/rate-limit.ts';
import type { AttemptRecorder } from '../record-attempt.ts';
import type { SignInLimits } from '../sign-in-limits.ts';
import { passwordRoutes } from './password-routes.ts';
import type { SignInDeps } from './sign-in.ts';
import type { SignUpDeps } from './sign-up.ts';

export interface PasswordOptions
  extends Omit<SignInDeps, 'auth0' | 'limits'>,
    Omit<SignUpDeps, 'auth0' | 'limit'> {
  readonly auth0: Pick<Authentication, 'passwordGrant' | 'signUp'>;
  readonly signInLimits: SignInLimits;
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly signupIp: Rate } | undefined;
  readonly recorder: AttemptRecorder;
  /** Whether password sign-up and sign-in exist at all (`PASSWORD_SIGNIN`). */
  readonly isOn: boolean;
}

/** The rows of accounts with a password; none where those are off. */
export function assemblePassword(options: PasswordOptions): Route[] {
  const { isOn, signInLimits, makeLimiter, rates, recorder, ...deps } = options;
  if (!isOn) return [];
  return passwordRoutes({
    signUp: { ...deps, limit: createAddressLimit(makeLimiter, 'signup-ip', rates?.signupIp) },
    signIn: { ...deps, limits: signInLimits },
    recorder,
  });
}

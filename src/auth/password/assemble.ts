import type { Authentication } from '../../auth0/authentication.ts';
import type { Route } from '../../http/route.ts';
import { createAddressLimit } from '../../limits/address-limit.ts';
import type { MakeLimiter, Rate } from '../../limits/rate-limit.ts';
import type { Sessions } from '../../session/session.ts';
import type { AttemptRecorder } from '../record-attempt.ts';
import type { SignInLimits } from '../sign-in-limits.ts';
import type { ChangePasswordDeps } from './change-password.ts';
import type { ForgotPasswordDeps } from './forgot-password.ts';
import { changePasswordRoutes, passwordRoutes } from './password-routes.ts';
import type { SignInDeps } from './sign-in.ts';
import type { SignUpDeps } from './sign-up.ts';

export interface PasswordOptions
  extends Omit<SignInDeps, 'limits'>,
    Omit<SignUpDeps, 'limit'>,
    ForgotPasswordDeps,
    Omit<ChangePasswordDeps, 'limits' | 'management'> {
  readonly auth0: Authentication;
  readonly sessions: Sessions;
  /** Undefined without Management API credentials. */
  readonly management: ChangePasswordDeps['management'] | undefined;
  readonly signInLimits: SignInLimits;
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly signupIp: Rate } | undefined;
  readonly recorder: AttemptRecorder;
  /** `PASSWORD_SIGNIN`: false: no routes for passwords. */
  readonly isOn: boolean;
}

/** The routes for accounts with a password; none if passwords are off. */
export function assemblePassword(options: PasswordOptions): Route[] {
  const { isOn, signInLimits: limits, management, makeLimiter, rates, recorder, ...deps } = options;
  if (!isOn) return [];
  return [
    ...passwordRoutes({
      signUp: { ...deps, limit: createAddressLimit(makeLimiter, 'signup-ip', rates?.signupIp) },
      signIn: { ...deps, limits },
      forgot: deps,
      recorder,
    }),
    ...(management ? changePasswordRoutes({ ...deps, management, limits }, limits.address, recorder) : []),
  ];
}

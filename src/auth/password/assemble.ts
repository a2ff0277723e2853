import type { Authentication } from '../../auth0/authentication.ts';
import type { Route } from '../../http/route.ts';
import { createLimiter, type MakeLimiter, type Rate } from '../../limits/rate-limit.ts';
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
  readonly sessions: SignInDeps['sessions'] & ChangePasswordDeps['sessions'];
  readonly signInLimits: SignInLimits;
  /** Undefined where no credential for it is configured. */
  readonly management: ChangePasswordDeps['management'] | undefined;
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly signupIp: Rate } | undefined;
  readonly recorder: AttemptRecorder;
  /** Whether people sign in here with passwords at all (`PASSWORD_SIGNIN`). */
  readonly isOn: boolean;
}

/** The rows of accounts with a password: none where those are off. */
export function assemblePassword({
  isOn,
  signInLimits,
  makeLimiter,
  rates,
  ...deps
}: PasswordOptions): Route[] {
  if (!isOn) return [];
  const { management, recorder } = deps;
  const limits = signInLimits;
  const limit = createLimiter(makeLimiter, 'signup-ip', rates?.signupIp);
  return [
    ...passwordRoutes({ signUp: { ...deps, limit }, signIn: { ...deps, limits }, forgot: deps, recorder }),
    ...(management ? changePasswordRoutes({ ...deps, management, limits }, recorder) : []),
  ];
}

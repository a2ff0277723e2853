import type { Route } from '../../http/route.ts';
import { createAddressLimit } from '../../limits/address-limit.ts';
import type { MakeLimiter, Rate } from '../../limits/rate-limit.ts';
import type { AttemptRecorder } from '../record-attempt.ts';
import { passwordlessRoutes } from './passwordless-routes.ts';
import type { StartPasswordlessDeps } from './start-passwordless.ts';
import type { VerifyPasswordlessDeps } from './verify-passwordless.ts';

export interface PasswordlessOptions extends StartPasswordlessDeps, VerifyPasswordlessDeps {
  readonly auth0: StartPasswordlessDeps['auth0'] & VerifyPasswordlessDeps['auth0'];
  readonly codes: StartPasswordlessDeps['codes'] & VerifyPasswordlessDeps['codes'];
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly authIp: Rate } | undefined;
  readonly recorder: AttemptRecorder;
}

/** The routes of passwordless sign-in. */
export const assemblePasswordless = ({
  makeLimiter,
  rates,
  recorder,
  ...deps
}: PasswordlessOptions): Route[] =>
  passwordlessRoutes({
    start: deps,
    verify: deps,
    limit: createAddressLimit(makeLimiter, 'passwordless-ip', rates?.authIp),
    recorder,
  });

import {
  type AddressLimit,
  createAddressFailureLimit,
  createAddressLimit,
  createAddressLimiter,
} from '../limits/address-limit.ts';
import { createFailureLimiter, type FailureLimiter } from '../limits/failure-limit.ts';
import { createLimiter, type Limiter, type Rate } from '../limits/rate-limit.ts';
import { clientFailures } from './client-credentials/client-token.ts';
import { createSignInLimits, type SignInLimitOptions, type SignInLimits } from './sign-in-limits.ts';

/** The limits of everything below `/v1/auth` and of the token endpoint. What counts by address has a count of its own in each. */
export interface AuthLimits {
  readonly signUp: AddressLimit;
  readonly signIn: SignInLimits;
  readonly refresh: AddressLimit;
  readonly exchange: AddressLimit;
  readonly login: AddressLimit;
  /** By address: of refresh tokens to end, which anybody may send. */
  readonly signOut: Limiter;
  /** By address: of logout tokens that are none. */
  readonly falseLogouts: Limiter;
  readonly clientToken: {
    /** Failures of an address, whatever the client. */
    readonly address: AddressLimit;
    /** Failures by client id and address: a client id is public, so by itself it could lock a client out. */
    readonly failures: FailureLimiter;
    /** Tokens by client id and secret. */
    readonly successes: Limiter;
  };
}

export interface AuthLimitOptions extends Omit<SignInLimitOptions, 'rates'> {
  /** Undefined: no limits. */
  readonly rates:
    | (Required<NonNullable<SignInLimitOptions['rates']>> & {
        readonly signupIp: Rate;
        readonly authIp: Rate;
        readonly tokenClient: Rate;
      })
    | undefined;
}

const CLIENT_FAILURES = { count: 20, windowS: 60 };
const ADDRESS_FAILURES = { count: 100, windowS: 60 };

export function createAuthLimits(options: AuthLimitOptions): AuthLimits {
  const { makeLimiter: make, rates } = options;
  return {
    signUp: createAddressLimit(make, 'signup-ip', rates?.signupIp),
    signIn: createSignInLimits(options),
    refresh: createAddressLimit(make, 'refresh-ip', rates?.authIp),
    exchange: createAddressLimit(make, 'exchange-ip', rates?.authIp),
    login: createAddressLimit(make, 'login-ip', rates?.authIp),
    signOut: createAddressLimiter(make, 'signout-ip', rates?.authIp),
    falseLogouts: createAddressLimiter(make, 'backchannel-logout-ip', rates?.authIp),
    clientToken: {
      address: createAddressFailureLimit(make, 'token-ip', rates && ADDRESS_FAILURES, clientFailures),
      failures: createFailureLimiter(make, 'token-failures', rates && CLIENT_FAILURES),
      successes: createLimiter(make, 'token-client', rates?.tokenClient),
    },
  };
}

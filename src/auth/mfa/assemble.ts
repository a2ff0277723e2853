import type { Route } from '../../http/route.ts';
import { createAddressLimit } from '../../limits/address-limit.ts';
import type { MakeLimiter, Rate } from '../../limits/rate-limit.ts';
import { type MfaRouteDeps, mfaRoutes } from './mfa-routes.ts';

export interface MfaOptions extends Omit<MfaRouteDeps, 'limit'> {
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly authIp: Rate } | undefined;
}

/** The routes of the second factor, with their own limit per address. */
export const assembleMfa = ({ makeLimiter, rates, ...deps }: MfaOptions): Route[] =>
  mfaRoutes({ ...deps, limit: createAddressLimit(makeLimiter, 'mfa-ip', rates?.authIp) });

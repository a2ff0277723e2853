import type { Route } from '../../http/route.ts';
import { createLimiter, type MakeLimiter, type Rate } from '../../limits/rate-limit.ts';
import { type ProfileRouteDeps, profileRoutes } from './profile-routes.ts';

export interface ProfileOptions extends Omit<ProfileRouteDeps, 'limit' | 'management'> {
  /** Undefined without Management API credentials. */
  readonly management: ProfileRouteDeps['management'] | undefined;
  readonly makeLimiter: MakeLimiter;
  /** Undefined: no limits. */
  readonly rates: { readonly authIp: Rate } | undefined;
}

/** The routes of a user's own profile; none without the Management API. */
export function assembleProfile({ management, makeLimiter, rates, ...deps }: ProfileOptions): Route[] {
  if (!management) return [];
  return profileRoutes({ ...deps, management, limit: createLimiter(makeLimiter, 'profile', rates?.authIp) });
}

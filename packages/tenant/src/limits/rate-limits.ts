import type { Limits } from '../state/settings-documents.ts';
import type { BucketSize } from './bucket.ts';

/**
 * The limits of single endpoints: as Auth0 documents them and, where that would trip up tests which are not about
 * limits, relaxed.
 */
const rateLimits = {
  /** One user from one address: 20, and then 10 a minute. */
  login: { auth0: { burst: 20, refillMs: 6_000 }, relaxed: { burst: 2_000, refillMs: 60 } },
  /** One mail address from one network address: 10, and then one a minute. */
  change_password: { auth0: { burst: 10, refillMs: 60_000 }, relaxed: { burst: 10, refillMs: 60_000 } },
  /** One user: 10, and then 5 a minute. */
  userinfo: { auth0: { burst: 10, refillMs: 12_000 }, relaxed: { burst: 1_000, refillMs: 120 } },
  /** The whole Management API, on a free plan: 10, and then 2 a second. */
  management: { auth0: { burst: 10, refillMs: 500 }, relaxed: { burst: 5_000, refillMs: 10 } },
  /** The whole tenant: 5 a second. */
  registration: { auth0: { burst: 5, refillMs: 200 }, relaxed: { burst: 50, refillMs: 20 } },
} as const satisfies Record<string, Record<Limits['profile'], BucketSize>>;

export type RateLimitName = keyof typeof rateLimits;

/** How much one limit allows. */
export const sizeOf = (name: RateLimitName, profile: Limits['profile']): BucketSize =>
  rateLimits[name][profile];

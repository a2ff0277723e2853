import type { Limits } from '../state/settings-documents.ts';
import type { BucketSize } from '../users/bucket.ts';

/** Auth0's limits of single endpoints, as it documents them. */
export const rateLimits = {
  /** One user from one address: 20, and then 10 a minute. */
  login: { burst: 20, refillMs: 6_000 },
  /** One address of mail from one address of the network: 10, and then one a minute. */
  change_password: { burst: 10, refillMs: 60_000 },
  /** One user: 10, and then 5 a minute. */
  userinfo: { burst: 10, refillMs: 12_000 },
  /** The whole tenant: 5 a second. */
  registration: { burst: 5, refillMs: 200 },
} as const satisfies Record<string, BucketSize>;

export type RateLimitName = keyof typeof rateLimits;

const relaxed = 10;

/** How much one limit allows; relaxed, ten times as much and ten times as fast. */
export function sizeOf(name: RateLimitName, profile: Limits['profile']): BucketSize {
  const { burst, refillMs } = rateLimits[name];
  return profile === 'auth0' ? { burst, refillMs } : { burst: burst * relaxed, refillMs: refillMs / relaxed };
}

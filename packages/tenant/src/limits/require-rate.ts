import type { TenantContext } from '../context.ts';
import type { Limits } from '../state/settings-documents.ts';
import { oauthError } from '../wire/errors.ts';
import { type BucketSize, takeFromBucket } from './bucket.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/** The limits of single endpoints: Auth0's documented ones or, with `relaxed`, higher ones for test suites. */
const RATE_LIMITS = {
  /** One user from one address: 20, and then 10 a minute. */
  login: { auth0: { burst: 20, refillMs: 6_000 }, relaxed: { burst: 2_000, refillMs: 60 } },
  /** One e-mail address from one network address: 10, and then one a minute. */
  change_password: { auth0: { burst: 10, refillMs: 60_000 }, relaxed: { burst: 10, refillMs: 60_000 } },
  /** One user: 10, and then 5 a minute. */
  userinfo: { auth0: { burst: 10, refillMs: 12_000 }, relaxed: { burst: 1_000, refillMs: 120 } },
  /** The whole Management API, on a free plan: 10, and then 2 a second. */
  management: { auth0: { burst: 10, refillMs: 500 }, relaxed: { burst: 5_000, refillMs: 10 } },
  /** The codes that one address enters for devices: 10, and then 10 a minute (RFC 8628 §5.1). */
  device_activation: { auth0: { burst: 10, refillMs: 6_000 }, relaxed: { burst: 1_000, refillMs: 60 } },
  /** The whole tenant: 5 a second. */
  registration: { auth0: { burst: 5, refillMs: 200 }, relaxed: { burst: 50, refillMs: 20 } },
} as const satisfies Record<string, Record<Limits['profile'], BucketSize>>;

type RateLimitName = keyof typeof RATE_LIMITS;

/** The capacity and refill rate of a limit. */
const sizeOf = (name: RateLimitName, profile: Limits['profile']): BucketSize => RATE_LIMITS[name][profile];

export interface RateRefusal {
  /** Default: `too_many_requests`. */
  readonly error?: string;
  readonly logType?: string;
  readonly userId?: string | undefined;
}

/**
 * Consumes one request of a limit for the caller `who` and returns the `x-ratelimit-*` headers. Throws 429 with these
 * headers if the limit is reached. One synchronous step.
 */
export function requireRate(
  deps: Deps,
  name: RateLimitName,
  who: string,
  refusal: RateRefusal = {},
): Record<string, string> {
  const size = sizeOf(name, deps.state.limits.get()?.profile ?? 'relaxed');
  const id = `${name}\n${who}`;
  const taken = takeFromBucket(deps, id, size);
  const headers = toHeaders(deps, id, size, taken);
  if (taken) return headers;
  const { error = 'too_many_requests', logType, userId } = refusal;
  throw oauthError(429, error, TOO_MANY_REQUESTS, { headers, hint: 'rate_limit', logType, userId });
}

/** The reset time is when the bucket will be full again. */
function toHeaders({ state, clock }: Deps, id: string, { burst, refillMs }: BucketSize, taken: boolean) {
  const { tokens, at_ms } = state.buckets.get(id) ?? { tokens: burst, at_ms: clock.now() };
  return {
    'x-ratelimit-limit': String(burst),
    'x-ratelimit-remaining': String(taken ? Math.floor(tokens) : 0),
    'x-ratelimit-reset': String(Math.ceil((at_ms + (burst - tokens) * refillMs) / 1000)),
  };
}

const TOO_MANY_REQUESTS =
  'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.';

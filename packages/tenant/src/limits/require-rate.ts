import type { TenantContext } from '../context.ts';
import { oauthError } from '../wire/errors.ts';
import { type BucketSize, takeFromBucket } from './bucket.ts';
import { type RateLimitName, sizeOf } from './rate-limits.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

export interface RateRefusal {
  /** `too_many_requests` where absent. */
  readonly error?: string;
  readonly logType?: string;
  readonly userId?: string | undefined;
}

/**
 * Takes one from the limit of that name for whoever `who` stands for, and answers with the `x-ratelimit-*` headers.
 * Throws 429 with them where nothing is left. One synchronous step.
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
  throw oauthError(429, error, tooManyRequests, { headers, hint: 'rate_limit', logType, userId });
}

/** The reset is when the bucket will be full again. */
function toHeaders({ state, clock }: Deps, id: string, { burst, refillMs }: BucketSize, taken: boolean) {
  const { tokens, at_ms } = state.buckets.get(id) ?? { tokens: burst, at_ms: clock.now() };
  return {
    'x-ratelimit-limit': String(burst),
    'x-ratelimit-remaining': String(taken ? Math.floor(tokens) : 0),
    'x-ratelimit-reset': String(Math.ceil((at_ms + (burst - tokens) * refillMs) / 1000)),
  };
}

const tooManyRequests =
  'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.';

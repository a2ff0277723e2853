import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type ErrorCode, GatewayError } from '../errors.ts';

/** So many points in so many seconds. */
export interface Rate {
  readonly count: number;
  readonly windowS: number;
}

/** Counts by key. A charge is taken before the work it pays for, so parallel requests cannot outrun it. */
export interface Limiter {
  /**
   * Takes one point.
   * @returns the RateLimit headers for the answer (draft-ietf-httpapi-ratelimit-headers)
   * @throws GatewayError with `retryAfterS` and the headers, beyond the rate
   */
  charge(key: string): Promise<Record<string, string>>;
  /** Gives one point back, where the work turned out not to count. */
  refund(key: string): Promise<void>;
}

const unlimited: Limiter = {
  charge: () => Promise.resolve({}),
  refund: () => Promise.resolve(),
};

/** A limiter in memory, or none where `rate` is undefined. `name` shows in the headers; `code` is what it throws. */
export function createLimiter(
  name: string,
  rate: Rate | undefined,
  code: ErrorCode = 'rate_limited',
): Limiter {
  if (!rate) return unlimited;
  const limiter = new RateLimiterMemory({ keyPrefix: name, points: rate.count, duration: rate.windowS });
  const policy = `"${name}";q=${rate.count};w=${rate.windowS}`;
  const toHeaders = (state: RateLimiterRes): Record<string, string> => ({
    'RateLimit-Policy': policy,
    RateLimit: `"${name}";r=${Math.max(0, state.remainingPoints)};t=${Math.ceil(state.msBeforeNext / 1000)}`,
  });
  return {
    async charge(key) {
      try {
        return toHeaders(await limiter.consume(key));
      } catch (refusal) {
        if (!(refusal instanceof RateLimiterRes)) throw refusal;
        // What was refused was not used.
        await limiter.reward(key);
        const retryAfterS = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
        throw new GatewayError(code, { retryAfterS, headers: toHeaders(refusal), reason: name });
      }
    },
    async refund(key) {
      await limiter.reward(key);
    },
  };
}

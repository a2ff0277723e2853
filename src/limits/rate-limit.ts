import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import { type ErrorCode, GatewayError } from '../errors.ts';

/** So many points in so many seconds. */
export interface Rate {
  readonly count: number;
  readonly windowS: number;
}

/** Makes what counts by key: what is refused is not counted, and points given back never leave less than none. */
export type MakeLimiter = (name: string, rate: Rate) => RateLimiterAbstract;

/** Counts by key. A charge is taken before the work it pays for, so parallel requests cannot outrun it. */
export interface Limiter {
  /**
   * Takes one point.
   * @returns the RateLimit headers for the answer (draft-ietf-httpapi-ratelimit-headers)
   * @throws LimitRefusal beyond the rate
   */
  charge(key: string): Promise<Record<string, string>>;
  /** Gives one point back, where the work turned out not to count. */
  refund(key: string): Promise<void>;
}

const unlimited: Limiter = {
  charge: () => Promise.resolve({}),
  refund: () => Promise.resolve(),
};

/** The RateLimit headers of one policy. */
export const toRateHeaders = (
  name: string,
  rate: Rate,
  left: number,
  waitMs: number,
): Record<string, string> => ({
  'RateLimit-Policy': `"${name}";q=${rate.count};w=${rate.windowS}`,
  RateLimit: `"${name}";r=${Math.max(0, left)};t=${Math.ceil(Math.max(0, waitMs) / 1000)}`,
});

/** A limit refuses: what it was asked for has not been tried. */
export class LimitRefusal extends GatewayError {
  constructor(code: ErrorCode, name: string, rate: Rate, waitMs: number) {
    super(code, {
      retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)),
      headers: toRateHeaders(name, rate, 0, waitMs),
      reason: name,
    });
  }
}

/** Takes one point; beyond the rate it says how many there would be. */
export const takePoint = (limiter: RateLimiterAbstract, key: string): Promise<RateLimiterRes> =>
  limiter.consume(key).catch((refusal: unknown) => {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  });

/** A limiter, or none where `rate` is undefined. `name` shows in the headers; `code` is what it throws. */
export function createLimiter(
  make: MakeLimiter,
  name: string,
  rate: Rate | undefined,
  code: ErrorCode = 'rate_limited',
): Limiter {
  if (!rate) return unlimited;
  const limiter = make(name, rate);
  return {
    async charge(key) {
      const { consumedPoints, remainingPoints, msBeforeNext } = await takePoint(limiter, key);
      if (consumedPoints > rate.count) throw new LimitRefusal(code, name, rate, msBeforeNext);
      return toRateHeaders(name, rate, remainingPoints, msBeforeNext);
    },
    async refund(key) {
      await limiter.reward(key);
    },
  };
}

import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { type ErrorCode, GatewayError } from '../errors.ts';
import { createTakePoint } from './take-points.ts';

/** `count` points per `windowS` seconds. */
export interface Rate {
  readonly count: number;
  readonly windowS: number;
}

/** Creates a counter by key. Refused points are not counted, and refunds never go below zero. */
export type MakeLimiter = (name: string, rate: Rate) => RateLimiterAbstract;

/** A limit per key. Charge before the work, so that parallel requests cannot exceed the limit. */
export interface Limiter {
  /**
   * Takes one point.
   * @returns the RateLimit headers for the answer (draft-ietf-httpapi-ratelimit-headers)
   * @throws LimitRefusal beyond the rate
   */
  charge(key: string): Promise<Record<string, string>>;
  /** Returns one point, for work that does not count. */
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

/** The refusal of a limit: the work was not attempted. */
export class LimitRefusal extends GatewayError {
  constructor(code: ErrorCode, name: string, rate: Rate, waitMs: number) {
    super(code, {
      retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)),
      headers: toRateHeaders(name, rate, 0, waitMs),
      reason: name,
    });
  }
}

/**
 * Creates a limiter; one without a limit if `rate` is undefined. `name` appears in the headers; `code` is the error code.
 */
export function createLimiter(
  make: MakeLimiter,
  name: string,
  rate: Rate | undefined,
  code: ErrorCode = 'rate_limited',
): Limiter {
  if (!rate) return unlimited;
  const limiter = make(name, rate);
  const takePoint = createTakePoint(limiter, rate.count);
  return {
    async charge(key) {
      const { isTaken, left, waitMs } = await takePoint(key);
      if (!isTaken) throw new LimitRefusal(code, name, rate, waitMs);
      return toRateHeaders(name, rate, left, waitMs);
    },
    async refund(key) {
      await limiter.reward(key);
    },
  };
}

import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';

/** Takes points; beyond the rate it takes none and returns the count that it would have had. */
export const takePoints = (limiter: RateLimiterAbstract, key: string, points = 1): Promise<RateLimiterRes> =>
  limiter.consume(key, points).catch((refusal: unknown) => {
    if (refusal instanceof RateLimiterRes) return refusal;
    throw refusal;
  });

/** The result of one charge. */
export interface TakenPoint {
  /** False beyond the rate: nothing was taken. */
  readonly isTaken: boolean;
  /** Points that are left after it. */
  readonly left: number;
  /** Until the window ends. */
  readonly waitMs: number;
}

interface Charge {
  readonly resolve: (taken: TakenPoint) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Creates the function that takes one point of a key, of at most `count`. The store is called once at a time, with all points that were asked
 * for since the previous call: the busier the process, the more points a call takes. They are given in the order in which they were asked for.
 */
export function createTakePoint(
  limiter: RateLimiterAbstract,
  count: number,
): (key: string) => Promise<TakenPoint> {
  let waiting = new Map<string, Charge[]>();
  let isTaking = false;

  async function takeTogether(key: string, all: readonly Charge[]): Promise<void> {
    let charges = all;
    while (charges.length > 0) {
      const { consumedPoints, msBeforeNext: waitMs } = await takePoints(limiter, key, charges.length);
      if (consumedPoints <= count) {
        let left = count - consumedPoints + charges.length;
        for (const { resolve } of charges) resolve({ isTaken: true, left: --left, waitMs });
        return;
      }
      // None was taken: the first ones try again with as many as are left.
      const fitting = Math.max(0, count - (consumedPoints - charges.length));
      for (const { resolve } of charges.slice(fitting)) resolve({ isTaken: false, left: 0, waitMs });
      charges = charges.slice(0, fitting);
    }
  }

  async function takeAll(): Promise<void> {
    const batches = waiting;
    waiting = new Map();
    const calls = [...batches].map(([key, charges]) =>
      takeTogether(key, charges).catch((error: unknown) => {
        for (const { reject } of charges) reject(error);
      }),
    );
    await Promise.all(calls);
    isTaking = waiting.size > 0;
    if (isTaking) setImmediate(() => void takeAll());
  }

  return (key) =>
    new Promise((resolve, reject) => {
      if (!isTaking) setImmediate(() => void takeAll());
      isTaking = true;
      const charges = waiting.get(key);
      if (charges) charges.push({ resolve, reject });
      else waiting.set(key, [{ resolve, reject }]);
    });
}

import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { ErrorCode } from '../errors.ts';
import { LimitRefusal, type MakeLimiter, type Rate, toRateHeaders } from './rate-limit.ts';
import { takePoints } from './take-points.ts';
import { createWaitQueue } from './wait-queue.ts';

const MAX_WAIT_MS = 5_000;

/** An attempt that the limit allowed. The caller reports its result once, with one of the methods. */
export interface LimitedAttempt {
  /** RateLimit headers for the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly failed: () => Promise<void>;
  /** The attempt does not count; `clear` also removes earlier failures. */
  readonly passed: (clear?: 'clear') => Promise<void>;
}

/** Counts failures only. */
export interface FailureLimiter {
  /**
   * Charges an attempt. Every running attempt may fail, so at most as many run concurrently, over all processes, as
   * failures are left; others wait. Parallel guesses therefore cannot exceed the limit. If several `name`s share one key,
   * `clear` removes only the failures of its own name.
   * @throws LimitRefusal beyond the rate, or beyond a bounded wait
   */
  enter(key: string, name?: string): Promise<LimitedAttempt>;
}

const unlimited: FailureLimiter = {
  enter: () =>
    Promise.resolve({ headers: {}, failed: () => Promise.resolve(), passed: () => Promise.resolve() }),
};

/** Adds one to a count, which expires no later than the window of the count that contains it. */
async function countWithin(
  window: RateLimiterAbstract,
  part: RateLimiterAbstract,
  key: string,
  name: string,
) {
  const leftS = Math.floor(((await window.get(key))?.msBeforeNext ?? 0) / 1000);
  if (leftS > 0) await part.penalty(`${key} ${name}`, 1, { customDuration: leftS });
}

/**
 * Creates a limiter; one without a limit if `rate` is undefined. `name` appears in the headers; `code` is the error code.
 */
export function createFailureLimiter(
  make: MakeLimiter,
  name: string,
  rate: Rate | undefined,
  code: ErrorCode = 'rate_limited',
): FailureLimiter {
  if (!rate) return unlimited;
  // Every attempt takes a point before it begins and returns it unless it fails.
  const taken = make(name, rate);
  // The points of failed attempts.
  const lost = make(`${name}-failed`, rate);
  // The points of failed attempts per name.
  const lostByName = make(`${name}-failed-name`, rate);
  const waitQueue = createWaitQueue();

  /** Removes failures; of concurrent calls only one returns the points. */
  async function forget(key: string, part: string): Promise<number> {
    const own = `${key} ${part}`;
    const failures = (await lostByName.get(own))?.consumedPoints ?? 0;
    if (failures === 0 || !(await lostByName.delete(own))) return 0;
    await lost.reward(key, failures);
    return failures;
  }

  const toAttempt = (key: string, part: string, headers: LimitedAttempt['headers']): LimitedAttempt => ({
    headers,
    failed: async () => {
      await Promise.all([lost.penalty(key), countWithin(taken, lostByName, key, part)]);
      // Wakes all waiters, which may have to be refused now.
      waitQueue.wake(key, Infinity);
    },
    passed: async (clear) => {
      const given = 1 + (clear ? await forget(key, part) : 0);
      await taken.reward(key, given);
      waitQueue.wake(key, given);
    },
  });

  return {
    async enter(key, part = '') {
      const deadline = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const { consumedPoints, remainingPoints, msBeforeNext } = await takePoints(taken, key);
        if (consumedPoints <= rate.count)
          return toAttempt(key, part, toRateHeaders(name, rate, remainingPoints, msBeforeNext));
        const failures = await lost.get(key);
        if ((failures?.consumedPoints ?? 0) >= rate.count)
          throw new LimitRefusal(code, name, rate, msBeforeNext);
        if (performance.now() > deadline || !(await waitQueue.wait(key)))
          throw new LimitRefusal(code, name, rate, 1000);
      }
    },
  };
}

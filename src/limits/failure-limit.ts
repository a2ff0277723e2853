import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import type { ErrorCode } from '../errors.ts';
import { LimitRefusal, type MakeLimiter, type Rate, takePoint, toRateHeaders } from './rate-limit.ts';
import { createWaitQueue } from './wait-queue.ts';

const MAX_WAIT_MS = 5_000;

/** An attempt that was let in; told once how it ended. */
export interface LimitedAttempt {
  /** RateLimit headers for the answer. */
  readonly headers: Readonly<Record<string, string>>;
  readonly failed: () => Promise<void>;
  /** It counts for nothing; `clear` forgets earlier failures as well. */
  readonly passed: (clear?: 'clear') => Promise<void>;
}

/** Counts failures alone. */
export interface FailureLimiter {
  /**
   * Lets an attempt in. Those under way might all fail, so no more of them run at once, in all processes together, than
   * failures are left; the others wait for one to end, and parallel guesses cannot outrun the count. Of several `names`
   * that count as one key, each forgets its own failures alone.
   * @throws LimitRefusal beyond the rate, or beyond a bounded wait
   */
  enter(key: string, name?: string): Promise<LimitedAttempt>;
}

const unlimited: FailureLimiter = {
  enter: () =>
    Promise.resolve({ headers: {}, failed: () => Promise.resolve(), passed: () => Promise.resolve() }),
};

/** Counts one more, for no longer than the window of another count lasts, so that it never outlives what it is a part of. */
async function countWithin(
  window: RateLimiterAbstract,
  part: RateLimiterAbstract,
  key: string,
  name: string,
) {
  const leftS = Math.floor(((await window.get(key))?.msBeforeNext ?? 0) / 1000);
  if (leftS > 0) await part.penalty(`${key} ${name}`, 1, { customDuration: leftS });
}

/** A limiter, or none where `rate` is undefined. `name` shows in the headers; `code` is what it throws. */
export function createFailureLimiter(
  make: MakeLimiter,
  name: string,
  rate: Rate | undefined,
  code: ErrorCode = 'rate_limited',
): FailureLimiter {
  if (!rate) return unlimited;
  // Every attempt takes a point before it begins, and has it back unless it fails.
  const taken = make(name, rate);
  // Of the points taken, those that nobody will give back.
  const lost = make(`${name}-failed`, rate);
  // Of those, the ones of each name.
  const lostByName = make(`${name}-failed-name`, rate);
  const waitQueue = createWaitQueue();

  /** Forgets failures; of those who do so at once, one gives their points back. */
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
      // Whoever waits may learn that no failure is left.
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
        const { consumedPoints, remainingPoints, msBeforeNext } = await takePoint(taken, key);
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

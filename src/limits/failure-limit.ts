import { type ErrorCode, GatewayError } from '../errors.ts';
import { type MakeLimiter, type Rate, takePoint, toRateHeaders } from './rate-limit.ts';
import { createTurns } from './turns.ts';

const MAX_WAIT_MS = 5_000;

/** An attempt that was let in; told once how it ended. */
export interface Attempt {
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
   * failures are left; the others wait for one to end, and parallel guesses cannot outrun the count.
   * @throws GatewayError beyond the rate, or beyond a bounded wait, with `retryAfterS`
   */
  enter(key: string): Promise<Attempt>;
}

const unlimited: FailureLimiter = {
  enter: () =>
    Promise.resolve({ headers: {}, failed: () => Promise.resolve(), passed: () => Promise.resolve() }),
};

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
  const turns = createTurns();

  const refuse = (waitMs: number): GatewayError =>
    new GatewayError(code, {
      retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)),
      headers: toRateHeaders(name, rate, 0, waitMs),
      reason: name,
    });

  /** Forgets failures; of those who do so at once, one gives their points back. */
  async function forget(key: string): Promise<number> {
    const failures = (await lost.get(key))?.consumedPoints ?? 0;
    return failures > 0 && (await lost.delete(key)) ? failures : 0;
  }

  const toAttempt = (key: string, headers: Attempt['headers']): Attempt => ({
    headers,
    failed: async () => {
      await lost.penalty(key);
      // Whoever waits may learn that no failure is left.
      turns.wake(key, Infinity);
    },
    passed: async (clear) => {
      const given = 1 + (clear ? await forget(key) : 0);
      await taken.reward(key, given);
      turns.wake(key, given);
    },
  });

  return {
    async enter(key) {
      const deadline = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const { consumedPoints, remainingPoints, msBeforeNext } = await takePoint(taken, key);
        if (consumedPoints <= rate.count)
          return toAttempt(key, toRateHeaders(name, rate, remainingPoints, msBeforeNext));
        const failures = await lost.get(key);
        if ((failures?.consumedPoints ?? 0) >= rate.count) throw refuse(msBeforeNext);
        if (performance.now() > deadline || !(await turns.wait(key))) throw refuse(1000);
      }
    },
  };
}

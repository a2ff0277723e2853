import { RateLimiterMemory } from 'rate-limiter-flexible';
import { type ErrorCode, GatewayError } from '../errors.ts';
import type { Rate } from './rate-limit.ts';

const MAX_WAITING = 200;
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
   * Lets an attempt in. Those under way might all fail, so no more of them run at once than failures are left; the others
   * wait for one to end, and parallel guesses cannot outrun the count.
   * @throws GatewayError beyond the rate, or beyond a bounded wait, with `retryAfterS`
   */
  enter(key: string): Promise<Attempt>;
}

interface UnderWay {
  running: number;
  /** Rises with each end: what was read before one is out of date. */
  ended: number;
  readonly waiting: Set<() => void>;
}

const unlimited: FailureLimiter = {
  enter: () =>
    Promise.resolve({ headers: {}, failed: () => Promise.resolve(), passed: () => Promise.resolve() }),
};

/** A limiter in memory, or none where `rate` is undefined. `name` shows in the headers; `code` is what it throws. */
export function createFailureLimiter(
  name: string,
  rate: Rate | undefined,
  code: ErrorCode = 'rate_limited',
): FailureLimiter {
  if (!rate) return unlimited;
  const failures = new RateLimiterMemory({ keyPrefix: name, points: rate.count, duration: rate.windowS });
  const underWay = new Map<string, UnderWay>();

  const toHeaders = (left: number, msBeforeNext: number): Record<string, string> => ({
    'RateLimit-Policy': `"${name}";q=${rate.count};w=${rate.windowS}`,
    RateLimit: `"${name}";r=${Math.max(0, left)};t=${Math.ceil(msBeforeNext / 1000)}`,
  });
  const refuse = (waitMs: number): GatewayError =>
    new GatewayError(code, {
      retryAfterS: Math.max(1, Math.ceil(waitMs / 1000)),
      headers: toHeaders(0, waitMs),
      reason: name,
    });

  /** Resolves when an attempt of the key has ended; rejects when that takes too long. */
  function waitForEnd(state: UnderWay): Promise<void> {
    if (state.waiting.size >= MAX_WAITING) return Promise.reject(refuse(1000));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        state.waiting.delete(wake);
        reject(refuse(1000));
      }, MAX_WAIT_MS);
      const wake = () => {
        clearTimeout(timer);
        resolve();
      };
      state.waiting.add(wake);
    });
  }

  function end(key: string, state: UnderWay): void {
    state.running--;
    state.ended++;
    for (const wake of state.waiting) wake();
    state.waiting.clear();
    if (state.running === 0) underWay.delete(key);
  }

  return {
    async enter(key) {
      const deadline = performance.now() + MAX_WAIT_MS;
      for (;;) {
        const state = underWay.get(key) ?? { running: 0, ended: 0, waiting: new Set() };
        const { ended } = state;
        const counted = await failures.get(key);
        if (state.ended !== ended || (underWay.get(key) ?? state) !== state) continue;
        const failed = counted?.consumedPoints ?? 0;
        if (failed >= rate.count) throw refuse(counted?.msBeforeNext ?? 1000);
        if (failed + state.running < rate.count) {
          state.running++;
          underWay.set(key, state);
          return {
            headers: toHeaders(rate.count - failed, counted?.msBeforeNext ?? rate.windowS * 1000),
            failed: async () => {
              await failures.penalty(key);
              end(key, state);
            },
            passed: async (clear) => {
              if (clear) await failures.delete(key);
              end(key, state);
            },
          };
        }
        if (performance.now() > deadline) throw refuse(1000);
        await waitForEnd(state);
      }
    },
  };
}

import type { Clock } from '../lib/clock.ts';
import { nowS } from '../lib/clock.ts';

const LIMIT = 1000;
const WINDOW_S = 60;

/**
 * Creates a function that returns the `x-ratelimit-*` headers of most responses: what is left of 1,000 requests in the
 * current minute, and when the next minute starts. It only counts; it refuses no request.
 */
export function createRateLimitHeaders(clock: Clock): () => Record<string, string> {
  let resetS = 0;
  let used = 0;
  return () => {
    const now = nowS(clock);
    if (now >= resetS) {
      resetS = now - (now % WINDOW_S) + WINDOW_S;
      used = 0;
    }
    used += 1;
    return {
      'x-ratelimit-limit': String(LIMIT),
      'x-ratelimit-remaining': String(Math.max(0, LIMIT - used)),
      'x-ratelimit-reset': String(resetS),
    };
  };
}

import { createRollingShare } from './rolling-share.ts';

const WINDOW_MS = 5_000;
const OPEN_SHARE = 0.5;
const MIN_CALLS = 5;
const PROBE_EVERY_MS = 2_000;

/** Outcome of a call for the breaker; `void` does not count, for example after the caller gave up. */
export type CallOutcome = 'good' | 'bad' | 'void';

/** Stops calls to a failing upstream: opens when half of the calls of 5 s, and at least five, have failed. */
export interface Breaker {
  readonly isOpen: boolean;
  /** Milliseconds until a call is allowed; 0: allowed now. An open breaker allows one probe every 2 s. */
  enter(): number;
  /** Records the outcome of an allowed call; the first good one closes an open breaker. */
  leave(outcome: CallOutcome): void;
}

export function createBreaker(nowMs: () => number): Breaker {
  const calls = createRollingShare(WINDOW_MS, nowMs);
  let nextProbeMs: number | undefined;
  return {
    get isOpen() {
      return nextProbeMs !== undefined;
    },
    enter() {
      if (nextProbeMs === undefined) return 0;
      const waitMs = nextProbeMs - nowMs();
      if (waitMs > 0) return waitMs;
      // A probe that never answers must not block the next one.
      nextProbeMs = nowMs() + PROBE_EVERY_MS;
      return 0;
    },
    leave(outcome) {
      if (outcome === 'void') return;
      if (nextProbeMs !== undefined) {
        if (outcome === 'bad') return;
        nextProbeMs = undefined;
        calls.clear();
      }
      calls.add(outcome === 'bad');
      if (outcome === 'good') return;
      const { total, marked } = calls.read();
      if (total >= MIN_CALLS && marked >= total * OPEN_SHARE) nextProbeMs = nowMs() + PROBE_EVERY_MS;
    },
  };
}

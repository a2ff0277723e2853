import { createRollingShare } from './rolling-share.ts';

const WINDOW_MS = 5_000;
const OPEN_SHARE = 0.5;
const MIN_CALLS = 5;
const PROBE_EVERY_MS = 2_000;

/** How a call ended, for the breaker: `void` says nothing of the upstream, since the caller gave up. */
export type CallOutcome = 'good' | 'bad' | 'void';

/** Keeps calls from an upstream that fails: open once half the calls of 5 s have failed, and at least five. */
export interface Breaker {
  readonly isOpen: boolean;
  /** Milliseconds until a call may be tried; 0: this one may. An open breaker lets one probe through every 2 s. */
  enter(): number;
  /** How a call that was let in ended; the first good one closes an open breaker. */
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
      // A probe that never answers must not keep the breaker open: the next one follows at the same pace.
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

export interface PaceTimes {
  /** How long a body may be waited for at first. */
  readonly firstMs: number;
  /** Each so many bytes earn it one more second. */
  readonly bytesPerS: number;
  /** The most that it can have in hand: so long it may stand still. */
  readonly maxMs: number;
}

const TIMES: PaceTimes = { firstMs: 10_000, bytesPerS: 1_000, maxMs: 30_000 };

/** How often to look whether a body is too slow. */
export const PACE_CHECK_MS = 1_000;

/** Measures how long a body keeps us waiting. Time in which we take nothing does not count. */
export interface BodyPace {
  received(bytes: number): void;
  /** We take nothing more for now. */
  pause(): void;
  /** We wait for the caller again. */
  resume(): void;
  /** Whether the body has used up its time: slower than 1 kB/s after 10 s, or still for 30 s. */
  readonly isTooSlow: boolean;
}

/** Begins to wait for a body. `nowMs` is a clock that only goes forward. */
export function createBodyPace(
  nowMs: () => number,
  { firstMs, bytesPerS, maxMs }: PaceTimes = TIMES,
): BodyPace {
  let leftMs = firstMs;
  let sinceMs: number | undefined = nowMs();

  /** Pays for the time that has passed. */
  function settle(): void {
    if (sinceMs === undefined) return;
    const now = nowMs();
    leftMs -= now - sinceMs;
    sinceMs = now;
  }

  return {
    received(bytes) {
      settle();
      leftMs = Math.min(maxMs, leftMs + (bytes * 1000) / bytesPerS);
    },
    pause() {
      settle();
      sinceMs = undefined;
    },
    resume() {
      sinceMs ??= nowMs();
    },
    get isTooSlow() {
      settle();
      return leftMs <= 0;
    },
  };
}

export interface PaceTimes {
  /** Initial time credit of a body. */
  readonly firstMs: number;
  /** Bytes that earn one more second of credit. */
  readonly bytesPerS: number;
  /** Maximum credit, and thus the maximum pause of the sender. */
  readonly maxMs: number;
}

const TIMES: PaceTimes = { firstMs: 10_000, bytesPerS: 1_000, maxMs: 30_000 };

/** Interval of the check for slow bodies. */
export const PACE_CHECK_MS = 1_000;

/** Measures how long the gateway waits for a body. Time while reading is paused does not count. */
export interface BodyPace {
  received(bytes: number): void;
  /** Reading is paused. */
  pause(): void;
  /** The gateway waits for the caller again. */
  resume(): void;
  /** Whether the credit is used up: slower than 1 kB/s after 10 s, or no data for 30 s. */
  readonly isTooSlow: boolean;
}

/** Starts the measurement of a body. `nowMs` is a monotonic clock. */
export function createBodyPace(
  nowMs: () => number,
  { firstMs, bytesPerS, maxMs }: PaceTimes = TIMES,
): BodyPace {
  let leftMs = firstMs;
  let sinceMs: number | undefined = nowMs();

  /** Subtracts the elapsed time from the credit. */
  function spend(): void {
    if (sinceMs === undefined) return;
    const now = nowMs();
    leftMs -= now - sinceMs;
    sinceMs = now;
  }

  return {
    received(bytes) {
      spend();
      leftMs = Math.min(maxMs, leftMs + (bytes * 1000) / bytesPerS);
    },
    pause() {
      spend();
      sinceMs = undefined;
    },
    resume() {
      sinceMs ??= nowMs();
    },
    get isTooSlow() {
      spend();
      return leftMs <= 0;
    },
  };
}

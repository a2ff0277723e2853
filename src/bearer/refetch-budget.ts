/** How often the process may fetch keys because of an unknown `kid`, however many kids come. */
const pauseMs = 5_000;
const windowMs = 30_000;

/**
 * At most one fetch every 5 s and two in any 30 s, whoever caused the ones before. `takenMs` are the times of the
 * last two fetches, the later one first.
 */
export function toRefetchDelayMs(takenMs: readonly [number, number], nowMs: number): number {
  return Math.max(0, takenMs[0] + pauseMs - nowMs, takenMs[1] + windowMs - nowMs);
}

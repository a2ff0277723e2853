const PAUSE_MS = 5_000;
const WINDOW_MS = 30_000;

/**
 * Milliseconds until an unknown `kid` may cause a fetch: at most one every 5 s and two in any 30 s for the whole
 * process, however many kids come. `lastFetchMs` is any fetch, the first load included; `refetchesMs` are the last
 * two after that load, the later one first.
 */
export function toRefetchDelayMs(
  lastFetchMs: number,
  refetchesMs: readonly [number, number],
  nowMs: number,
): number {
  return Math.max(0, lastFetchMs + PAUSE_MS - nowMs, refetchesMs[1] + WINDOW_MS - nowMs);
}

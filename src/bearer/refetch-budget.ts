const PAUSE_MS = 5_000;
const WINDOW_MS = 30_000;

/**
 * Milliseconds until an unknown `kid` may cause a fetch: the whole process makes at most one in 5 s and two in 30 s.
 * `lastFetchMs` is any fetch, the first load included; `refetchesMs` are the last two after that load, the later one first.
 */
export function toRefetchDelayMs(
  lastFetchMs: number,
  refetchesMs: readonly [number, number],
  nowMs: number,
): number {
  return Math.max(0, lastFetchMs + PAUSE_MS - nowMs, refetchesMs[1] + WINDOW_MS - nowMs);
}

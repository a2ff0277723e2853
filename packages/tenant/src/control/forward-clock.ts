import type { TravelClock } from '../lib/clock.ts';

/** A hundred years, in seconds: dates stay such as every program can read. */
export const maxOffsetS = 100 * 365 * 24 * 3600;

/** Moves the tenant's clock forward. False, and nothing moved, where that is too far ahead. */
export function forwardClock(clock: TravelClock, offsetS: number): boolean {
  if (clock.offsetS + offsetS > maxOffsetS) return false;
  clock.offsetS += offsetS;
  return true;
}

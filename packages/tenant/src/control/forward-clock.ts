import type { TravelClock } from '../lib/clock.ts';

/** A hundred years, in seconds: later dates could exceed what programs can parse. */
export const MAX_OFFSET_S = 100 * 365 * 24 * 3600;

/** Moves the tenant's clock forward. Returns false, without a change, if the time is too far ahead. */
export function forwardClock(clock: TravelClock, offsetS: number): boolean {
  if (clock.offsetS + offsetS > MAX_OFFSET_S) return false;
  clock.offsetS += offsetS;
  return true;
}

/** The source of time. `now()` is in milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that can be moved forward. A program in the same process can share the tenant's. */
export interface TravelClock extends Clock {
  /** Seconds that this clock is ahead of the machine's. */
  offsetS: number;
}

export function createTravelClock(base: Clock = systemClock): TravelClock {
  const clock = { offsetS: 0, now: () => base.now() + clock.offsetS * 1000 };
  return clock;
}

/** Whole seconds since the epoch, as in JWT's NumericDate (RFC 7519 §2). */
export const nowS = (clock: Clock): number => Math.floor(clock.now() / 1000);

/** A time in ISO 8601, as Auth0's APIs write it. */
export const toIso = (ms: number): string => new Date(ms).toISOString();

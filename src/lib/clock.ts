/** The source of time. `now()` is in milliseconds since the epoch. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };

/** A clock that can be moved forward: the embedded tenant's, shared with the gateway in one process. */
export interface TravelClock extends Clock {
  /** Seconds by which this clock runs ahead of the machine's. */
  offsetS: number;
}

export function createTravelClock(base: Clock = systemClock): TravelClock {
  const clock = { offsetS: 0, now: () => base.now() + clock.offsetS * 1000 };
  return clock;
}

/** Whole seconds since the epoch, as JWT's NumericDate has them (RFC 7519 §2). */
export const nowS = (clock: Clock): number => Math.floor(clock.now() / 1000);

import { createRequire } from 'node:module';
import {
  type RateLimiterAbstract,
  RateLimiterRes,
  type RateLimiterStoreAbstract,
} from 'rate-limiter-flexible';
import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { LimiterRate, Maybe } from './store.ts';

export interface Count {
  readonly points: number;
  readonly lapsesAtMs: number;
}

/** Counts by name. An expired count or a count of zero is absent: its next point starts a window. */
export interface Counts {
  /** Adds points, or removes them if negative, down to zero. If the sum exceeds `limit`, returns the sum and adds nothing. */
  add(name: string, points: number, limit: number, windowMs: number): Maybe<Count>;
  read(name: string): Maybe<Count | undefined>;
  remove(name: string): Maybe<boolean>;
}

const MAX_IN_MEMORY = 100_000;

/** Counts of this process only. Beyond the maximum number of names, the least recently used ones are dropped. */
export function createMemoryCounts(clock: Clock): Counts {
  const counts = new RecentMap<string, Count>(MAX_IN_MEMORY);
  const read = (name: string): Count | undefined => {
    const count = counts.get(name);
    return count && count.lapsesAtMs > clock.now() && count.points > 0 ? count : undefined;
  };
  return {
    read,
    add(name, points, limit, windowMs) {
      const known = read(name) ?? { points: 0, lapsesAtMs: clock.now() + windowMs };
      const count = { ...known, points: Math.max(0, known.points + points) };
      if (points < 0 || count.points <= limit) counts.set(name, count);
      return count;
    },
    remove(name) {
      const isThere = read(name) !== undefined;
      counts.delete(name);
      return isThere;
    },
  };
}

// The types export the base class of stores, the entry point of the library does not.
const StoreLimiter = createRequire(import.meta.url)(
  'rate-limiter-flexible/lib/RateLimiterStoreAbstract.js',
) as typeof RateLimiterStoreAbstract;

/** A limiter of the library on top of counts. @param insurance counts when these are unavailable */
export class CountingLimiter extends StoreLimiter {
  readonly #counts: Counts;
  readonly #clock: Clock;

  constructor(
    name: string,
    rate: LimiterRate,
    counts: Counts,
    clock: Clock,
    insurance?: RateLimiterAbstract,
  ) {
    super({
      storeClient: counts,
      keyPrefix: name,
      points: rate.count,
      duration: rate.windowS,
      ...(insurance && { insuranceLimiter: insurance }),
    });
    this.#counts = counts;
    this.#clock = clock;
  }

  async _upsert(name: string, points: number, windowMs: number, isForced: boolean): Promise<Count> {
    if (!isForced) return this.#counts.add(name, points, this.points, windowMs);
    await this.#counts.remove(name);
    return this.#counts.add(name, points, points, windowMs);
  }

  async _get(name: string): Promise<Count | undefined> {
    return this.#counts.read(name);
  }

  async _delete(name: string): Promise<boolean> {
    return this.#counts.remove(name);
  }

  _getRateLimiterRes(_name: string, _points: number, count: Count): RateLimiterRes {
    const { points, lapsesAtMs } = count;
    return new RateLimiterRes(
      Math.max(0, this.points - points),
      lapsesAtMs - this.#clock.now(),
      points,
      false,
    );
  }
}

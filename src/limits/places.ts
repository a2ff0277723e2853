import { RecentMap } from '../lib/recent-map.ts';
import { toNetworkKey, toWideNetworkKey } from './networks.ts';

const KNOWN_HOLDERS = 4096;
/** A /48 may belong to one customer or to a carrier: it may use this many shares of an address. */
const WIDE_SHARES = 2;

/** Why no place is free: all are taken, or the holder has its maximum. */
export type Shortage = 'full' | 'share';

/** Counts concurrent work, in total and per holder. Each `enter` needs one `leave`, even after a refusal. */
export interface Places {
  readonly count: number;
  /** Adds one to the counts, always; returns the reason if the work must not begin. */
  enter(holder: string): Shortage | undefined;
  leave(holder: string): void;
}

/** The limits of one holder. */
export interface HolderBound {
  readonly most: number;
  /** Limit of all IPv6 addresses of one /48 together. */
  readonly mostWide: number;
  /** Whether a holder has no limit. */
  readonly isExempt: (holder: string) => boolean;
}

/** The maximum share of one address. */
export interface AddressShare {
  /** Above 0; 1: no limit per address. */
  readonly share: number;
  /** Whether an address has no limit, such as a server that calls for many users. */
  readonly isExempt: (address: string) => boolean;
}

/** The count keys of a holder: none if exempt, two for an IPv6 address. */
interface Counts {
  readonly own: string | undefined;
  readonly wide: string | undefined;
}

/** Creates `max` places. An IPv6 holder counts by its /64 and its /48. */
export function createPlaces(max: number, { most, mostWide, isExempt }: HolderBound): Places {
  const held = new Map<string, number>();
  const known = new RecentMap<string, Counts>(KNOWN_HOLDERS);
  let count = 0;

  function countsOf(holder: string): Counts {
    const found = known.get(holder);
    if (found) return found;
    const counts = isExempt(holder)
      ? { own: undefined, wide: undefined }
      : { own: toNetworkKey(holder), wide: toWideNetworkKey(holder) };
    known.set(holder, counts);
    return counts;
  }

  /** Changes a count and returns it. */
  function change(key: string | undefined, by: 1 | -1): number {
    if (key === undefined) return 0;
    const now = (held.get(key) ?? 0) + by;
    if (now > 0) held.set(key, now);
    else held.delete(key);
    return now;
  }

  return {
    get count() {
      return count;
    },
    enter(holder) {
      count++;
      const { own, wide } = countsOf(holder);
      const hasOwn = change(own, 1) <= most;
      const hasWide = change(wide, 1) <= mostWide;
      if (!hasOwn || !hasWide) return 'share';
      return count > max ? 'full' : undefined;
    },
    leave(holder) {
      count--;
      const { own, wide } = countsOf(holder);
      change(own, -1);
      change(wide, -1);
    },
  };
}

/** Creates `max` places; an address may hold its share, and at least one. */
export function createSharedPlaces(max: number, { share, isExempt }: AddressShare): Places {
  const most = Math.max(1, Math.floor(max * share));
  return createPlaces(max, { most, mostWide: most * WIDE_SHARES, isExempt });
}

import { RecentMap } from '../lib/recent-map.ts';
import { toNetworkKey, toWideNetworkKey } from './networks.ts';

const KNOWN_HOLDERS = 4096;
/** A /48 may be one customer's or a carrier's: it holds at most so many times the share of an address. */
const WIDE_SHARES = 2;

/** Why there is no place: all are taken, or this holder has as many as one may. */
export type Shortage = 'full' | 'share';

/** Counts what is under way, all together and by holder. Each `enter` is paired with one `leave`, however it ends. */
export interface Places {
  readonly count: number;
  /** Counts one more; the answer says why it should not begin. It is counted all the same. */
  enter(holder: string): Shortage | undefined;
  leave(holder: string): void;
}

/** What one holder may have at once. */
export interface HolderBound {
  readonly most: number;
  /** Of IPv6 addresses: what those of one /48 may have together. */
  readonly mostWide: number;
  /** Whether a holder may have any number. */
  readonly isExempt: (holder: string) => boolean;
}

/** What one address may have of all there is. */
export interface AddressShare {
  /** Above 0; 1 leaves an address everything. */
  readonly share: number;
  /** Whether an address is a server in front of many users, which may have any number. */
  readonly isExempt: (address: string) => boolean;
}

/** The counts that a holder is in: none where it is exempt, two for an IPv6 address. */
interface Counts {
  readonly own: string | undefined;
  readonly wide: string | undefined;
}

/** Makes `max` places. A holder is a text; where it is an IPv6 address it counts by its /64 and its /48. */
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

  /** How many are held under a key from now on. */
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

/** Makes `max` places, of which an address may hold its share, and at least one. */
export function createSharedPlaces(max: number, { share, isExempt }: AddressShare): Places {
  const most = Math.max(1, Math.floor(max * share));
  return createPlaces(max, { most, mostWide: most * WIDE_SHARES, isExempt });
}

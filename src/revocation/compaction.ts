import type { DenyEntry } from '../store/store.ts';

/** Entries that the deny list holds at most; beyond it some are dropped or merged. Blocks may exceed it. */
export const MAX_ENTRIES = 100_000;
/** From so many on, the log warns. */
export const MANY_ENTRIES = 80_000;
/** Down to this share of the maximum, so that not every further entry compacts. */
const KEPT_SHARE = 0.9;

export interface Compaction {
  readonly dropped: readonly DenyEntry[];
  /** All tokens that were issued before are denied; 0 where no entry was merged. */
  readonly cutoffS: number;
}

const byAge = (one: DenyEntry, other: DenyEntry): number => one.issuedBeforeS - other.issuedBeforeS;

/**
 * What a full deny list gives up: first the entries of roles and permissions, the oldest first; then the oldest others, which one
 * cut-off time for all replaces. A block is never given up. Undefined where the list is not full.
 */
export function planCompaction(entries: readonly DenyEntry[], max = MAX_ENTRIES): Compaction | undefined {
  if (entries.length <= max) return undefined;
  const excess = entries.length - Math.floor(max * KEPT_SHARE);
  const permissions = entries.filter(({ kind }) => kind === 'permission').toSorted(byAge);
  const dropped = permissions.slice(0, excess);
  const merged = entries
    .filter(({ kind }) => kind === 'subject' || kind === 'client')
    .toSorted(byAge)
    .slice(0, excess - dropped.length);
  return { dropped: [...dropped, ...merged], cutoffS: merged.at(-1)?.issuedBeforeS ?? 0 };
}

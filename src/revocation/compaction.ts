import type { DenyEntry } from '../store/store.ts';

/** Maximum number of entries of the deny list; beyond it entries are dropped or merged. Blocks can exceed it. */
export const MAX_ENTRIES = 100_000;
/** From this number on, the log has a warning. */
export const MANY_ENTRIES = 80_000;
/** Compaction reduces to this share of the maximum, so that not every new entry compacts. */
const KEPT_SHARE = 0.9;

export interface Compaction {
  readonly dropped: readonly DenyEntry[];
  /** All tokens that were issued before are denied; 0 where no entry was merged. */
  readonly cutoffS: number;
}

const byAge = (one: DenyEntry, other: DenyEntry): number => one.issuedBeforeS - other.issuedBeforeS;

/**
 * The compaction of a full deny list: it drops entries of roles and permissions, oldest first, then merges the oldest
 * others into one common cut-off time. Blocks are never dropped. Undefined if the list is not full.
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

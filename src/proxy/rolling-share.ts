const BUCKETS = 10;

/** Counts events, and how many of them were marked, in a sliding window of ten steps. */
export interface RollingShare {
  add(isMarked: boolean): void;
  /** The counts of the current window. */
  read(): { readonly total: number; readonly marked: number };
  clear(): void;
}

export function createRollingShare(spanMs: number, nowMs: () => number): RollingShare {
  const stepMs = spanMs / BUCKETS;
  const totals = new Float64Array(BUCKETS);
  const marks = new Float64Array(BUCKETS);
  let step = Math.floor(nowMs() / stepMs);

  function clear(): void {
    totals.fill(0);
    marks.fill(0);
  }

  /** Clears expired buckets; returns the current bucket. */
  function advance(): number {
    const now = Math.floor(nowMs() / stepMs);
    if (now - step >= BUCKETS) clear();
    else
      for (let passed = step + 1; passed <= now; passed++) {
        totals[passed % BUCKETS] = 0;
        marks[passed % BUCKETS] = 0;
      }
    step = now;
    return now % BUCKETS;
  }

  const sum = (counts: Float64Array): number => counts.reduce((whole, count) => whole + count, 0);
  return {
    add(isMarked) {
      const bucket = advance();
      totals[bucket] = (totals[bucket] ?? 0) + 1;
      if (isMarked) marks[bucket] = (marks[bucket] ?? 0) + 1;
    },
    read() {
      advance();
      return { total: sum(totals), marked: sum(marks) };
    },
    clear,
  };
}

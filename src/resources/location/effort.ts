/** What the steps of a search cost, in units of about 200 ns. */
export const COST = {
  /** A quick check of a key or record. */
  glance: 1,
  /** A comparison of a record with the context of a name. */
  comparison: 5,
  /** A scan of all keys for misspelt names. */
  scan: 10_000,
} as const;

/** About 15 ms; usual queries take a tenth of it. */
const MOST = 80_000;

/** The remaining cost of a query. When it is used up, the search ends, so that no query is slow. */
export class Effort {
  #left = MOST;

  /** Consumes this cost. False if not enough is left. */
  spend(units: number): boolean {
    this.#left -= units;
    return this.#left >= 0;
  }
}

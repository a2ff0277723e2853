/** What the steps of a search cost, in units of about 200 ns. */
export const COST = {
  /** A key or record that is looked at in passing. */
  glance: 1,
  /** A record that is held against what surrounds a name. */
  comparison: 5,
  /** A look at all keys for misspelt names. */
  scan: 10_000,
} as const;

/** About 15 ms; what people ask takes a tenth of it. */
const MOST = 80_000;

/** How much one query may still cost: beyond it nothing more is found, so that no query is slow. */
export class Effort {
  #left = MOST;

  /** Whether this much is left; it is gone then. */
  spend(units: number): boolean {
    this.#left -= units;
    return this.#left >= 0;
  }
}

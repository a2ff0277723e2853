/** Longer texts are not compared. */
export const MAX_COMPARED_LENGTH = 64;

/**
 * Counts how many letters must be changed, added, left out or swapped with their neighbour to make one text of another
 * (optimal string alignment), in a band of width 2 × `max` + 1. Cells outside of the band contain values of earlier
 * comparisons and are never read. The rows are reused, so that a scan over all keys allocates nothing.
 */
export class EditDistance {
  readonly #text: Uint16Array;
  readonly #rows = [0, 1, 2].map(() => new Uint8Array(MAX_COMPARED_LENGTH + 1));

  /** The UTF-16 code units of a text of at most `maxComparedLength`. */
  constructor(text: Uint16Array) {
    this.#text = text;
  }

  /**
   * The distance to the key from `start` to `end` in `units`, or `max + 1` if it is greater. With `open`, the distance to
   * the most similar prefix of the key.
   */
  to(units: Uint16Array, start: number, end: number, max: number, open: boolean): number {
    const text = this.#text;
    const width = text.length;
    const far = max + 1;
    const height = Math.min(end - start, open ? width + max : end - start);
    if (Math.abs(width - height) > max) return far;
    let [row, previous, beforePrevious] = this.#rows as [Uint8Array, Uint8Array, Uint8Array];
    for (let x = 0; x <= Math.min(width, max); x++) previous[x] = x;
    let nearest = width <= max && (open || height === 0) ? width : far;
    let leastBefore = 0;
    for (let y = 1; y <= height; y++) {
      const unit = units[start + y - 1];
      const from = Math.max(1, y - max);
      const to = Math.min(width, y + max);
      let least = from === 1 ? Math.min(y, far) : far;
      row[from - 1] = least;
      for (let x = from; x <= to; x++) {
        const isSame = text[x - 1] === unit;
        let cost = at(previous, x - 1) + (isSame ? 0 : 1);
        if (x < y + max) cost = Math.min(cost, at(previous, x) + 1);
        cost = Math.min(cost, at(row, x - 1) + 1);
        if (!isSame && x > 1 && y > 1 && text[x - 2] === unit && text[x - 1] === units[start + y - 2]) {
          cost = Math.min(cost, at(beforePrevious, x - 2) + 1);
        }
        row[x] = cost;
        if (cost < least) least = cost;
      }
      if (to === width && (open || y === height)) nearest = Math.min(nearest, at(row, width));
      // A swap refers to two rows back, so one row above the limit is not sufficient.
      if (least > max && leastBefore > max) break;
      leastBefore = least;
      [row, previous, beforePrevious] = [beforePrevious, row, previous];
    }
    return nearest;
  }
}

/** The indices of the band lie within the rows. */
const at = (row: Uint8Array, x: number): number => row[x] as number;

import { EditDistance, MAX_COMPARED_LENGTH } from './edit-distance.ts';
import { toLetterBits } from './fold.ts';
import type { Columns } from './gazetteer-format.ts';

/** Keys from `start` up to, not including, `end`. */
export interface KeyRange {
  readonly start: number;
  readonly end: number;
}

/** Looks up the sorted keys of the gazetteer: exactly, by prefix, and by similarity. Keys are identified by number. */
export class KeyIndex {
  readonly #column: Columns;
  readonly #count: number;

  constructor(column: Columns) {
    this.#column = column;
    this.#count = column.keyLetters.length;
  }

  /** The records of a key, most important first. */
  records(key: number): Uint32Array {
    const { postStart, postings } = this.#column;
    return postings.subarray(postStart[key], postStart[key + 1]);
  }

  /** The records of all keys of a range, unordered. */
  recordsWithin({ start, end }: KeyRange): Uint32Array {
    const { postStart, postings } = this.#column;
    return postings.subarray(postStart[start], postStart[end]);
  }

  /** Whether the key is an exonym or a former name of its n-th record. */
  isForeign(key: number, n: number): boolean {
    const { postStart, postForeign } = this.#column;
    return postForeign[(postStart[key] as number) + n] === 1;
  }

  /** The most important record of a key. */
  chief(key: number): number {
    const { postStart, postings } = this.#column;
    return postings[postStart[key] as number] as number;
  }

  /** The records of exactly this key; empty if there are none. */
  exactly(text: string): Uint32Array {
    const key = this.#lowerBound(text, 0);
    return key < this.#count && this.#compare(key, text) === 0 ? this.records(key) : NONE;
  }

  /** The keys that begin with the text. */
  beginningWith(text: string): KeyRange {
    const start = this.#lowerBound(text, 0);
    // U+FFFF is not a character, so no key contains it.
    return { start, end: this.#lowerBound(`${text}\uffff`, start) };
  }

  /**
   * Calls `visit` with each key whose edit distance to the text is at most `maxEdits`; with `open`, each with such a prefix
   * and the same first letter. A text of more than 64 letters matches nothing.
   */
  nearly(text: string, maxEdits: number, open: boolean, visit: (key: number, edits: number) => void): void {
    if (text.length > MAX_COMPARED_LENGTH) return;
    const { keyStart, keyText, keyLetters } = this.#column;
    const units = Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
    const distance = new EditDistance(units);
    const letters = toLetterBits(units, 0, units.length);
    const shortest = text.length - maxEdits;
    const longest = open ? Number.POSITIVE_INFINITY : text.length + maxEdits;
    const range = open ? this.beginningWith(text.slice(0, 1)) : { start: 0, end: this.#count };
    let end = keyStart[range.start] as number;
    for (let key = range.start; key < range.end; key++) {
      const start = end;
      end = keyStart[key + 1] as number;
      const length = end - start;
      if (length < shortest || length > longest) continue;
      const bits = keyLetters[key] as number;
      // An edit adds at most one letter to the set and removes at most one.
      if (countBits(letters & ~bits) > maxEdits) continue;
      if (!open && countBits(bits & ~letters) > maxEdits) continue;
      const edits = distance.to(keyText, start, end, maxEdits, open);
      if (edits <= maxEdits) visit(key, edits);
    }
  }

  /** The first key that is not before the text. */
  #lowerBound(text: string, from: number): number {
    let low = from;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#compare(middle, text) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #compare(key: number, text: string): number {
    const { keyStart, keyText } = this.#column;
    const start = keyStart[key] as number;
    const length = (keyStart[key + 1] as number) - start;
    const shared = Math.min(length, text.length);
    for (let i = 0; i < shared; i++) {
      const difference = (keyText[start + i] as number) - text.charCodeAt(i);
      if (difference !== 0) return difference;
    }
    return length - text.length;
  }
}

const NONE = new Uint32Array(0);

/** Hacker's Delight, 5-1. */
function countBits(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x5555_5555);
  n = (n & 0x3333_3333) + ((n >>> 2) & 0x3333_3333);
  return (((n + (n >>> 4)) & 0x0f0f_0f0f) * 0x0101_0101) >>> 24;
}

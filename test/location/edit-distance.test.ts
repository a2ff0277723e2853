import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EditDistance } from '../../src/resources/location/edit-distance.ts';

const toUnits = (text: string) => Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

/** Optimal string alignment with the complete table, without a band. */
function plainDistance(a: string, b: string): number {
  const table = Array.from({ length: a.length + 1 }, (_, x) =>
    Array.from({ length: b.length + 1 }, (__, y) => x + y),
  );
  const at = (x: number, y: number): number => table[x]?.[y] ?? Number.NaN;
  for (let x = 1; x <= a.length; x++) {
    for (let y = 1; y <= b.length; y++) {
      const options = [
        at(x - 1, y) + 1,
        at(x, y - 1) + 1,
        at(x - 1, y - 1) + (a[x - 1] === b[y - 1] ? 0 : 1),
      ];
      if (x > 1 && y > 1 && a[x - 1] === b[y - 2] && a[x - 2] === b[y - 1])
        options.push(at(x - 2, y - 2) + 1);
      (table[x] ?? [])[y] = Math.min(...options);
    }
  }
  return at(a.length, b.length);
}

// Few letters, so that similar pairs are frequent.
const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', ' '), maxLength: 12 });
const most = fc.integer({ min: 0, max: 3 });

describe('the edit distance', () => {
  it.each([
    ['londn', 'london', 1],
    ['lodnon', 'london', 1],
    ['sna fransisco', 'san francisco', 2],
    ['paris', 'berlin', 3],
  ])('from %s to %s is %i', (text, key, edits) => {
    expect(new EditDistance(toUnits(text)).to(toUnits(key), 0, key.length, 2, false)).toBe(edits);
  });

  it('is that of the complete table up to the limit, and the limit plus one beyond it', () => {
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 1, maxLength: 5 }), most, (text, keys, max) => {
        const distance = new EditDistance(toUnits(text));
        // One instance for all keys, to show that earlier comparisons have no effect.
        for (const key of keys) {
          const expected = Math.min(plainDistance(text, key), max + 1);
          expect(distance.to(toUnits(key), 0, key.length, max, false)).toBe(expected);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('with open is that to the most similar beginning of the key', () => {
    fc.assert(
      fc.property(word, fc.array(word, { minLength: 1, maxLength: 5 }), most, (text, keys, max) => {
        const distance = new EditDistance(toUnits(text));
        for (const key of keys) {
          const beginnings = Array.from({ length: key.length + 1 }, (_, end) => key.slice(0, end));
          const expected = Math.min(...beginnings.map((begun) => plainDistance(text, begun)), max + 1);
          expect(distance.to(toUnits(key), 0, key.length, max, true)).toBe(expected);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

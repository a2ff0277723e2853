import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecentMap } from '../../src/lib/recent-map.ts';

describe('a recent map', () => {
  it('never exceeds its bound, and returns only the last value of a key', () => {
    const step = fc.record({
      key: fc.integer({ min: 0, max: 20 }),
      value: fc.integer(),
      isDelete: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 2, max: 12 }), (steps, max) => {
        const map = new RecentMap<number, number>(max);
        const truth = new Map<number, number>();
        for (const { key, value, isDelete } of steps) {
          if (isDelete) {
            map.delete(key);
            truth.delete(key);
          } else {
            map.set(key, value);
            truth.set(key, value);
          }
          expect(map.size).toBeLessThanOrEqual(max);
          for (let k = 0; k <= 20; k++) {
            const told = map.get(k);
            if (told !== undefined) expect(told).toBe(truth.get(k));
          }
          if (!isDelete) expect(map.get(key)).toBe(value);
        }
      }),
      { seed: 7, numRuns: 300 },
    );
  });

  it('keeps used entries and drops unused ones', () => {
    const map = new RecentMap<string, number>(10);
    map.set('hot', 1);
    for (let i = 0; i < 100; i++) {
      map.set(`cold${i}`, i);
      expect(map.get('hot')).toBe(1);
    }
    expect(map.get('cold0')).toBeUndefined();
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedEngine } from '../../src/resources/location/embedded-engine.ts';
import type { PlaceQuery } from '../../src/resources/location/places.ts';
import { buildTimeoutMs, fastestMs, openEngine } from './support/gazetteer.ts';

const limitMs = 50;
let engine: EmbeddedEngine;

beforeAll(async () => {
  engine = await openEngine();
}, buildTimeoutMs);

const ask = (text: string, more: Partial<PlaceQuery> = {}) => engine.find({ text, limit: 20, ...more });

/** Parts that the engine recognizes, in any order: the most expensive queries of 200 letters. */
const words =
  'san|saint|st.|new york|la|ca|us|georgia|springfield|londn|sna fransisco|d.c.|10|75001|street|victoria|washington|a|' +
  "東京都|中国北京|Москва|القاهرة|ß|,|;| |\n|(|/|'|\u0301|\u0000|\ud800|😀|__proto__|constructor";
const part = fc.constantFrom(...words.split('|'));
const meaningful = fc.array(part, { maxLength: 60 }).map((parts) => parts.join(' ').slice(0, 200));
const anything = fc.oneof(
  meaningful,
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.string({ unit: 'binary', maxLength: 200 }),
);
const options = fc.record<Partial<PlaceQuery>>({
  autocomplete: fc.boolean(),
  countries: fc.constantFrom(undefined, ['US'], ['MC', 'VA'], ['AQ']),
  box: fc.constantFrom(undefined, { minLng: 170, minLat: -90, maxLng: -170, maxLat: 90 }),
  focus: fc.constantFrom(undefined, { lat: 90, lng: 180 }, { lat: -12.5, lng: 0 }),
  language: fc.constantFrom(undefined, 'de', 'zh-Hant-TW', 'xx'),
});

describe('any text', () => {
  it('gets a result, with places in order and in bounds, in less than 50 ms', () => {
    fc.assert(
      fc.property(anything, options, (text, more) => {
        const { places } = ask(text, more);
        expect(places.length).toBeLessThanOrEqual(20);
        for (const { confidence, lat, lng, label } of places) {
          expect(confidence).toBeGreaterThan(0);
          expect(confidence).toBeLessThanOrEqual(1);
          expect(Math.abs(lat)).toBeLessThanOrEqual(90);
          expect(Math.abs(lng)).toBeLessThanOrEqual(180);
          expect(label).not.toBe('');
        }
        expect(new Set(places.map(({ id }) => id)).size).toBe(places.length);
        expect(fastestMs(limitMs, () => ask(text, more))).toBeLessThan(limitMs);
      }),
      { numRuns: 400 },
    );
  }, 60_000);

  it('gets the same result each time', () => {
    fc.assert(
      fc.property(meaningful, options, (text, more) => {
        expect(ask(text, more)).toEqual(ask(text, more));
      }),
      { numRuns: 50 },
    );
  });
});

describe('a hostile text', () => {
  it.each([
    'a '.repeat(100),
    'a,'.repeat(100),
    'san '.repeat(50),
    'saint, '.repeat(28),
    'new york '.repeat(22),
    'x'.repeat(200),
    '1 '.repeat(100),
    'd.c.'.repeat(50),
    'ﷺ'.repeat(200),
    '東'.repeat(200),
    '京都 '.repeat(66),
    'é'.repeat(100) + '\u0301'.repeat(100),
    'berlin, munich, cologne, hamburg, bremen, londn, pariss, '.repeat(3),
    'abcdefghij klmnopqrst uvwxyzabcd efghij, '.repeat(4),
    'londno, pariss, berlni, madird, rmoe, viena'.repeat(4),
  ])('of 200 letters takes less than 50 ms: %s', (text) => {
    for (const more of [{}, { autocomplete: true }, { autocomplete: true, countries: ['MC'] }]) {
      expect(fastestMs(limitMs, () => ask(text, more))).toBeLessThan(limitMs);
    }
  });

  it.each(['a', 'a ', 'ﷺ', 'st ', ',', 'é', '.a', '東京'])(
    'of 100 kB is read to its 200th letter only: %s',
    (unit) => {
      const text = unit.repeat(Math.ceil(100_000 / unit.length));
      expect(fastestMs(limitMs, () => ask(text))).toBeLessThan(limitMs);
      expect(ask(text)).toEqual(ask(text.slice(0, 200)));
    },
  );
});

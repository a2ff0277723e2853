import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { joinPlaces } from '../../scripts/gazetteer/join-places.ts';
import { foldText, toNameKey } from '../../src/resources/location/fold.ts';
import { KINDS } from '../../src/resources/location/gazetteer-format.ts';
import { KeyIndex } from '../../src/resources/location/key-index.ts';
import { addOtherNames } from '../../src/resources/location/place-data/add-other-names.ts';
import { toKeys, toRegionKeys } from '../../src/resources/location/place-data/to-keys.ts';
import type { Gazetteer } from '../../src/resources/location/read-gazetteer.ts';
import { buildTimeoutMs, openGazetteer } from './support/gazetteer.ts';
import { counted, named, toBytes } from './support/small-gazetteer.ts';

describe('the join of both sources', () => {
  it('gives a place the numbers of a nearby place of the same name', () => {
    const places = joinPlaces(
      [named('Redmond', 'US', 47.67, -122.12, 'WA'), named('Redmond', 'US', 44.27, -121.17, 'OR')],
      [
        counted(2, 'Redmond', 'US', 44.272, -121.173, 28654),
        counted(1, 'Redmond', 'US', 47.673, -122.121, 60598),
      ],
    );
    expect(places.map(({ admin1, geonamesId, population }) => [admin1, geonamesId, population])).toEqual([
      ['WA', 1, 60598],
      ['OR', 2, 28654],
    ]);
  });

  it('finds a renamed place, and keeps the old name', () => {
    const [place] = joinPlaces(
      [named('Kariega', 'ZA', -33.765, 25.398)],
      [counted(964420, 'Uitenhage', 'ZA', -33.7651, 25.4001, 228912)],
    );
    expect(place).toMatchObject({ name: 'Kariega', population: 228912, otherNames: ['Uitenhage'] });
  });

  it('never matches a neighbour as a renamed place', () => {
    const [place] = joinPlaces(
      [named('Willowdale West', 'CA', 43.77, -79.42)],
      [counted(1, 'North York', 'CA', 43.7668, -79.4163, 636000), counted(2, 'Aurora', 'CA', 44, -79.4, 1)],
    );
    expect(place).toMatchObject({ population: 0, geonamesId: 0, otherNames: [] });
  });

  it('keeps one of duplicates, and distinct places of the same name', () => {
    const rows = [
      named('Vera', 'BR', -12.3, -55.3),
      named('Vera', 'BR', -12.301, -55.301),
      named('Vera', 'BR', -13, -55.3),
      named('Vera', 'BR', -12.3, -55.3, '02'),
    ];
    expect(joinPlaces(rows, [])).toHaveLength(3);
  });
});

describe('the keys of a name', () => {
  it.each([
    ['Halle (Saale)', 'DE', ['halle saale', 'halle']],
    ['Biel/Bienne', 'CH', ['biel bienne', 'biel', 'bienne']],
    ['Zürich', 'CH', ['zurich', 'zuerich']],
    ['Zürich', 'US', ['zurich']],
    ['The Hague', 'NL', ['the hague', 'hague']],
    ['St. Louis', 'US', ['saint louis']],
  ])('%s in %s are %j', (name, country, keys) => {
    expect(new Set(toKeys(name, country))).toEqual(new Set(keys));
  });

  it('omit the type of a region', () => {
    expect(toRegionKeys('State of Berlin', 'DE')).toContain('berlin');
    expect(toRegionKeys('Zabul Province', 'AF')).toContain('zabul');
    expect(toRegionKeys('Federal District', 'BR')).toContain('federal district');
  });
});

describe('the file', () => {
  it('has the same bytes each time, for any order of the input', () => {
    const rows = ['Oslo', 'Bergen', 'Å', 'Bergen', 'Tromsø'].map((name, n) => named(name, 'NO', 60 + n, 10));
    const figures = rows.map(({ name }, n) => counted(n + 1, name, 'NO', 60 + n, 10, n % 2 === 0 ? 0 : 5000));
    const expected = Buffer.from(toBytes(rows, figures));
    fc.assert(
      fc.property(fc.shuffledSubarray(figures, { minLength: figures.length }), (shuffled) => {
        expect(Buffer.from(toBytes(rows, shuffled)).equals(expected)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('reports each row of other names without a matching record', () => {
    const unknown: string[] = [];
    addOtherNames([], (target) => unknown.push(target));
    expect(unknown.length).toBeGreaterThan(400);
    expect(unknown).toContain('GB/London');
  });
});

describe('the complete gazetteer', () => {
  let gazetteer: Gazetteer;
  beforeAll(async () => {
    gazetteer = await openGazetteer();
  }, buildTimeoutMs);

  it('has about 171,000 places, most of them with their population', () => {
    const { kind, population } = gazetteer.column;
    const towns = kind.filter((n) => KINDS[n] === 'locality' || KINDS[n] === 'neighbourhood').length;
    expect(towns).toBeGreaterThan(170_000);
    expect(towns).toBeLessThan(180_000);
    expect(population.filter((count) => count > 0).length).toBeGreaterThan(115_000);
    expect(gazetteer.dataDate).toMatch(/^20\d\d-\d\d-\d\d$/);
  });

  it('finds every record by its own name', () => {
    const { nameStart, nameText, kind } = gazetteer.column;
    const index = new KeyIndex(gazetteer.column);
    const lost: string[] = [];
    for (let record = 0; record < kind.length; record++) {
      const name = Buffer.from(nameText.subarray(nameStart[record], nameStart[record + 1])).toString('utf8');
      if (!index.exactly(toNameKey(foldText(name))).includes(record)) lost.push(name);
    }
    expect(lost).toEqual([]);
  });

  it('has its keys in order and its records by importance', () => {
    const index = new KeyIndex(gazetteer.column);
    const { keyLetters, keyStart, keyText, importance } = gazetteer.column;
    const keyAt = (key: number) => String.fromCharCode(...keyText.subarray(keyStart[key], keyStart[key + 1]));
    for (let key = 1; key < keyLetters.length; key++) {
      if (keyAt(key - 1) >= keyAt(key)) throw new Error(`${keyAt(key - 1)} stands before ${keyAt(key)}`);
      const records = index.records(key);
      if (records.some((record, n) => n > 0 && record <= (records[n - 1] ?? 0))) throw new Error(keyAt(key));
    }
    expect(importance.every((rank, record) => record === 0 || rank <= (importance[record - 1] ?? 0))).toBe(
      true,
    );
  });

  it('is stored outside the heap and loads in far less than 0.6 s', async () => {
    const bytes = Object.values(gazetteer.column).reduce((sum, column) => sum + column.byteLength, 0);
    expect(bytes).toBeLessThan(25_000_000);
    const before = process.cpuUsage();
    await openGazetteer();
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(600);
  });
});

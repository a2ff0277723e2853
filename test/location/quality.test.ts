import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import type { EmbeddedEngine } from '../../src/resources/location/embedded-engine.ts';
import { foldText } from '../../src/resources/location/fold.ts';
import { kmBetween } from '../../src/resources/location/geometry.ts';
import type { FoundPlace } from '../../src/resources/location/places.ts';
import { buildTimeoutMs, fastestMs, openEngine } from './support/gazetteer.ts';

/** The maximum distance between the engine's centre and that of the table, in km. */
const NEAR_KM = 25;
const MIN_SHARE = 0.95;
const MAX_CPU_MS = 50;

interface Row {
  readonly kind: string;
  readonly query: string;
  readonly country: string;
  readonly place: string;
  /** `lat,lng`, `region` or `country`. */
  readonly where: string;
}

const rows = readFileSync(new URL('queries.tsv', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith('#'))
  .map((line): Row => {
    const [kind = '', query = '', country = '', place = '', where = ''] = line.split('\t');
    return { kind, query, country, place, where };
  });

function isRight({ country, place, where }: Row, found: FoundPlace | undefined): boolean {
  if (found?.countryCode !== country) return false;
  if (where === 'country') return found.layer === where;
  if (where === 'region') return found.layer === where && foldText(found.name) === foldText(place);
  const [lat = Number.NaN, lng = Number.NaN] = where.split(',').map(Number);
  return kmBetween({ lat, lng }, found) < NEAR_KM;
}

let engine: EmbeddedEngine;
beforeAll(async () => {
  engine = await openEngine();
}, buildTimeoutMs);

const find = ({ query }: Row) => engine.find({ text: query, limit: 5 }).places;

it('the first result is the intended place for at least 95 % of the table of queries', () => {
  const wrong = rows.flatMap((row) => {
    const [first] = find(row);
    const got = first ? `${first.label} (${first.layer}, ${first.countryCode})` : 'nothing';
    return isRight(row, first) ? [] : [`${row.kind}: ${row.query} → ${got}, not ${row.place}`];
  });
  const share = 1 - wrong.length / rows.length;
  process.stdout.write(
    `geocoder: ${rows.length - wrong.length} of ${rows.length} right first (${(share * 100).toFixed(1)} %)\n`,
  );
  for (const line of wrong) process.stdout.write(`  ${line}\n`);
  expect(rows.length).toBeGreaterThanOrEqual(200);
  expect(share).toBeGreaterThanOrEqual(MIN_SHARE);
});

it('a wrong row of the table is detected', () => {
  const [oslo, bergen] = [
    { kind: 'exact', query: 'Oslo', country: 'NO', place: 'Oslo', where: '59.91,10.75' },
    { kind: 'exact', query: 'Bergen, Norway', country: 'NO', place: 'Bergen', where: '60.39,5.32' },
  ] as const;
  expect(isRight(oslo, find(oslo)[0])).toBe(true);
  expect(isRight(oslo, find(bergen)[0])).toBe(false);
  expect(isRight({ ...oslo, where: 'country' }, find(oslo)[0])).toBe(false);
});

it('no query of the table takes 50 ms of CPU', () => {
  rows.slice(0, 20).forEach(find);
  const slow = rows.flatMap((row) => {
    const ms = fastestMs(MAX_CPU_MS, () => find(row));
    return ms < MAX_CPU_MS ? [] : [`${row.query}: ${ms.toFixed(1)} ms`];
  });
  expect(slow).toEqual([]);
});

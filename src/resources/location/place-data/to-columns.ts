import KDBush from 'kdbush';
import { foldText, toLetterBits } from '../fold.ts';
import { type Columns, type GazetteerHeader, KINDS, NO_COUNTY, NO_REGION } from '../gazetteer-format.ts';
import type { Division, GazetteerRecord } from './gazetteer-record.ts';

type Index = Pick<GazetteerHeader, 'countries' | 'regions' | 'codes' | 'localNames'>;

/** Sorts the records by importance and lays them out in columns. */
export function toColumns(
  unsorted: readonly GazetteerRecord[],
  counties: readonly Division[],
): { index: Index; column: Columns } {
  const records = unsorted.toSorted(byImportance);
  const numbers = <T extends keyof GazetteerRecord>(layer: string, code: T) =>
    new Map(records.flatMap((record, n) => (record.layer === layer ? [[record[code], n] as const] : [])));
  const countryRecords = numbers('country', 'country');
  const regionRecords = numbers('region', 'region');
  const countryNumber = ranks(countryRecords.keys());
  const regionNumber = ranks(regionRecords.keys());
  const usedCounties = new Set(records.map((record) => record.county));
  const countyNames = counties.filter(({ code }) => usedCounties.has(code));
  const countyNumber = ranks(countyNames.map(({ code }) => code));

  const [nameStart, nameText] = toText(records.map((record) => record.name));
  const [countyStart, countyText] = toText(countyNames.map(({ name }) => foldText(name)));
  return {
    index: {
      countries: [...countryNumber.keys()],
      regions: [...regionNumber.keys()],
      codes: toCodes(records),
      localNames: toLocalNames(records),
    },
    column: {
      lat: Int32Array.from(records, ({ lat }) => Math.round(lat * 1e5)),
      lng: Int32Array.from(records, ({ lng }) => Math.round(lng * 1e5)),
      population: Uint32Array.from(records, ({ population }) => population),
      importance: Uint16Array.from(records, ({ importance }) => Math.round(importance * 1000)),
      geonamesId: Uint32Array.from(records, ({ geonamesId }) => geonamesId),
      country: Uint8Array.from(records, ({ country }) => countryNumber.get(country) ?? 0),
      region: Uint16Array.from(records, ({ region }) => regionNumber.get(region) ?? NO_REGION),
      county: Uint16Array.from(records, ({ county }) => countyNumber.get(county) ?? NO_COUNTY),
      kind: Uint8Array.from(records, ({ layer }) => KINDS.indexOf(layer)),
      nameStart,
      nameText,
      countyStart,
      countyText,
      ...toKeyColumns(records),
      countryRecord: Uint32Array.from(countryRecords.values()),
      regionRecord: Uint32Array.from(regionRecords.values()),
      tree: toTree(records),
    },
  };
}

/** Total, so that the same sources always give the same bytes. */
const byImportance = (a: GazetteerRecord, b: GazetteerRecord): number =>
  b.importance - a.importance ||
  a.geonamesId - b.geonamesId ||
  compare(a.country, b.country) ||
  compare(a.name, b.name) ||
  a.lat - b.lat ||
  a.lng - b.lng ||
  compare(a.layer, b.layer);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const ranks = (keys: Iterable<string>): Map<string, number> => new Map([...keys].map((key, n) => [key, n]));

function toText(texts: readonly string[]): [Columns['nameStart'], Columns['nameText']] {
  const encoded = texts.map((text) => Buffer.from(text.normalize('NFC')));
  return [toStarts(encoded.map(({ length }) => length)), new Uint8Array(Buffer.concat(encoded))];
}

/** Where each part begins, and at the end where the last one ends. */
function toStarts(lengths: readonly number[]): Columns['nameStart'] {
  let end = 0;
  return Uint32Array.from([0, ...lengths.map((length) => (end += length))]);
}

function toKeyColumns(records: readonly GazetteerRecord[]) {
  const filed = new Map<string, { record: number; isForeign: boolean }[]>();
  const file = (key: string, record: number, isForeign: boolean): void => {
    const under = filed.get(key);
    if (under) under.push({ record, isForeign });
    else filed.set(key, [{ record, isForeign }]);
  };
  for (const [n, { keys, foreignKeys }] of records.entries()) {
    for (const key of keys) file(key, n, false);
    for (const key of foreignKeys) if (!keys.has(key)) file(key, n, true);
  }
  const sorted = [...filed].toSorted(([a], [b]) => compare(a, b));
  const posts = sorted.flatMap(([, under]) => under);
  const keyStart = toStarts(sorted.map(([key]) => key.length));
  const keyText = new Uint16Array(keyStart.at(-1) ?? 0);
  for (const [n, [key]] of sorted.entries()) {
    const start = keyStart[n] ?? 0;
    for (let i = 0; i < key.length; i++) keyText[start + i] = key.charCodeAt(i);
  }
  return {
    keyStart,
    keyText,
    keyLetters: Uint32Array.from(sorted, (_, n) =>
      toLetterBits(keyText, keyStart[n] ?? 0, keyStart[n + 1] ?? 0),
    ),
    postStart: toStarts(sorted.map(([, under]) => under.length)),
    postings: Uint32Array.from(posts, ({ record }) => record),
    postForeign: Uint8Array.from(posts, ({ isForeign }) => Number(isForeign)),
  };
}

function toCodes(records: readonly GazetteerRecord[]): GazetteerHeader['codes'] {
  const codes: Record<string, number[]> = {};
  for (const [n, record] of records.entries()) {
    for (const code of record.codes) (codes[code] ??= []).push(n);
  }
  return codes;
}

function toLocalNames(records: readonly GazetteerRecord[]): GazetteerHeader['localNames'] {
  const names: Record<string, Record<string, string>> = {};
  for (const [n, record] of records.entries()) {
    for (const [language, name] of record.localNames) (names[language] ??= {})[n] = name;
  }
  return names;
}

/** Smaller than KDBush's own default, since we ask for few neighbours rather than ranges. */
const NODE_SIZE = 16;

function toTree(records: readonly GazetteerRecord[]): Columns['tree'] {
  const tree = new KDBush(records.length, NODE_SIZE);
  for (const { lat, lng } of records) tree.add(lng, lat);
  // It was made here, over an ArrayBuffer.
  return new Uint8Array(tree.finish().data as ArrayBuffer);
}

import { toNameKey } from './fold.ts';
import { FIRST_AREA_KIND, NO_COUNTY, NO_REGION } from './gazetteer-format.ts';
import { areWithinKm, toPoint } from './geometry.ts';
import type { KeyIndex } from './key-index.ts';
import type { Gazetteer } from './read-gazetteer.ts';

/** The context of a name in a query (`WA`, `Germany`, `Illinois`), with all its possible meanings. */
export interface Context {
  /** The folded words of the query in UTF-8, which may be the name of a county. */
  readonly words: Buffer;
  /** Countries and regions of this name or code. */
  readonly areas: ReadonlySet<number>;
  /** The most important towns of this name, because parts of a town are found by the town's name. */
  readonly towns: readonly number[];
}

const MAX_TOWNS = 3;
/** Maximum distance of a suburb to its town, in km. */
const SUBURB_KM = 40;

/** The meanings of a folded text as context; undefined if there are none. */
export function toContext(gazetteer: Gazetteer, index: KeyIndex, text: string): Context | undefined {
  const areas = new Set(Object.hasOwn(gazetteer.codes, text) ? gazetteer.codes[text] : []);
  const towns: number[] = [];
  for (const record of index.exactly(toNameKey(text))) {
    if (isArea(gazetteer, record)) areas.add(record);
    else if (towns.length < MAX_TOWNS) towns.push(record);
  }
  return areas.size + towns.length > 0 ? { words: Buffer.from(text), areas, towns } : undefined;
}

/** The contexts that a prefix can become: all countries and regions with a name or code that starts with it. */
export function toOpenContext(gazetteer: Gazetteer, index: KeyIndex, text: string): Context | undefined {
  const areas = new Set<number>();
  for (const [code, records] of Object.entries(gazetteer.codes)) {
    if (code.startsWith(text)) for (const record of records) areas.add(record);
  }
  for (const record of index.recordsWithin(index.beginningWith(toNameKey(text)))) {
    if (isArea(gazetteer, record)) areas.add(record);
  }
  return areas.size > 0 ? { words: Buffer.from(text), areas, towns: [] } : undefined;
}

/** A county of this name, whether there is one or not. */
export const toCountyContext = (text: string): Context => ({
  words: Buffer.from(text),
  areas: new Set(),
  towns: [],
});

/** Whether a record lies in a context: in its area, in its county, or near its town. */
export function isIn(gazetteer: Gazetteer, record: number, context: Context): boolean {
  const { column } = gazetteer;
  const region = column.region[record] as number;
  const countryRecord = column.countryRecord[column.country[record] as number] as number;
  if (context.areas.has(countryRecord) && countryRecord !== record) return true;
  if (region !== NO_REGION) {
    const regionRecord = column.regionRecord[region] as number;
    if (context.areas.has(regionRecord) && regionRecord !== record) return true;
  }
  if (isArea(gazetteer, record)) return false;
  const point = toPoint(gazetteer, record);
  return (
    context.towns.some(
      (town) => town !== record && areWithinKm(point, toPoint(gazetteer, town), SUBURB_KM),
    ) || isInCounty(gazetteer, record, context.words)
  );
}

/** Counties have no records: `sangamon` is `sangamon county`. */
function isInCounty({ column }: Gazetteer, record: number, words: Buffer): boolean {
  const county = column.county[record] as number;
  if (county === NO_COUNTY) return false;
  const start = column.countyStart[county] as number;
  const length = (column.countyStart[county + 1] as number) - start;
  if (length < words.length) return false;
  for (let i = 0; i < words.length; i++) if (column.countyText[start + i] !== words[i]) return false;
  return length === words.length || column.countyText[start + words.length] === SPACE;
}

const SPACE = 32;

export const isArea = ({ column }: Gazetteer, record: number): boolean =>
  (column.kind[record] as number) >= FIRST_AREA_KIND;

import { type Gazetteer, readGazetteer } from '../read-gazetteer.ts';
import { addOtherNames } from './add-other-names.ts';
import { encode } from './encode.ts';
import type { Division, GazetteerRecord } from './gazetteer-record.ts';
import { type OtherNames, readGeoNames, readOtherNames } from './read-geonames.ts';
import { replaceFile } from './replace-file.ts';
import { toAreas } from './to-areas.ts';
import { toColumns } from './to-columns.ts';
import { toWholeKey } from './to-keys.ts';
import { toPlaceRecord } from './to-place-record.ts';

/** Smaller places have their names in other languages for look-ups, but not for labels. */
const LABELLED_POPULATION = 50_000;

export interface GeoNamesFiles {
  /** `cities1000.txt`, or another dump of places. */
  readonly places: string;
  /** `alternateNamesV2.txt`. */
  readonly otherNames?: string | undefined;
  /** The place data to write; its regions are taken over from `current`. */
  readonly out: string;
  /** The place data that is used now: GeoNames keeps the names of regions in a file of their own. */
  readonly current: string;
}

/** Makes place data of GeoNames' dump files, and replaces a file with it in one step. @throws GeoNamesError, GazetteerError */
export async function importGeoNames(
  files: GeoNamesFiles,
  progress: (line: string) => void,
): Promise<{ places: number; names: number; dataDate: string }> {
  const regions = toRegions(await readGazetteer(files.current));
  const { places, dataDate } = await readGeoNames(files.places, (rows) =>
    progress(`${files.places}: ${rows} rows`),
  );
  progress(`${files.places}: ${places.length} places`);
  const others = files.otherNames;
  const names =
    others && (await readOtherNames(others, places, (rows) => progress(`${others}: ${rows} rows`)));
  const codes = new Set(regions.map(({ code }) => code));
  const records = places.map((place) => toPlaceRecord(place, codes, new Set()));
  const added = names ? addNames(records, names) : 0;
  const all = [...records, ...toAreas(records, regions)];
  addOtherNames(all);
  progress('building the index');
  const { index, column } = toColumns(all, []);
  await replaceFile(files.out, encode({ dataDate, ...index }, column));
  return { places: places.length, names: added, dataDate };
}

function toRegions({ regions, column }: Gazetteer): Division[] {
  const { nameStart, nameText, regionRecord } = column;
  return regions.map((code, number) => {
    const record = regionRecord[number] as number;
    const name = Buffer.from(nameText.subarray(nameStart[record], nameStart[record + 1])).toString('utf8');
    return { code, name };
  });
}

function addNames(records: readonly GazetteerRecord[], names: OtherNames): number {
  let count = 0;
  for (const record of records) {
    for (const [language, name] of names.get(record.geonamesId) ?? []) {
      const key = toWholeKey(name);
      if (key === '') continue;
      count++;
      if (!record.keys.has(key)) record.foreignKeys.add(key);
      const isLabel = language !== '' && record.population >= LABELLED_POPULATION;
      if (isLabel && !record.localNames.has(language)) record.localNames.set(language, name);
    }
  }
  return count;
}

import { addOtherNames } from '../src/resources/location/place-data/add-other-names.ts';
import { encode } from '../src/resources/location/place-data/encode.ts';
import { replaceFile } from '../src/resources/location/place-data/replace-file.ts';
import { toAreas } from '../src/resources/location/place-data/to-areas.ts';
import { toColumns } from '../src/resources/location/place-data/to-columns.ts';
import { toPlaceRecord } from '../src/resources/location/place-data/to-place-record.ts';
import { joinPlaces } from './gazetteer/join-places.ts';
import { readSources } from './gazetteer/sources.ts';

/** Builds the gazetteer from the data packages; deterministic. */
export function buildGazetteer(): { bytes: Uint8Array; places: number } {
  const sources = readSources();
  const regions = new Set(sources.regions.map(({ code }) => code));
  const counties = new Set(sources.counties.map(({ code }) => code));
  const places = joinPlaces(sources.named, sources.counted).map((place) =>
    toPlaceRecord(place, regions, counties),
  );
  const records = [...places, ...toAreas(places, sources.regions)];
  addOtherNames(records, (target) => {
    // Fails if the place of a row no longer exists.
    throw new Error(`other-names.tsv: there is no ${target}`);
  });
  const { index, column } = toColumns(records, sources.counties);
  const head = { dataDate: sources.dataDate, ...index };
  return { bytes: encode(head, column), places: places.length };
}

/** Writes the file atomically: readers see the old or the new file. */
export async function writeGazetteer(file: string): Promise<string> {
  const startedMs = performance.now();
  const { bytes, places } = buildGazetteer();
  await replaceFile(file, bytes);
  const megabytes = (bytes.length / 1e6).toFixed(1);
  return `${file}: ${places} places, ${megabytes} MB, in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}

/** `node scripts/build-gazetteer.ts [outfile]` */
if (import.meta.main) {
  process.stdout.write(`${await writeGazetteer(process.argv[2] ?? 'build/gazetteer.bin')}\n`);
}

import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { addOtherNames } from './gazetteer/add-other-names.ts';
import { encode } from './gazetteer/encode.ts';
import { joinPlaces } from './gazetteer/join-places.ts';
import { readSources } from './gazetteer/sources.ts';
import { toAreas } from './gazetteer/to-areas.ts';
import { toColumns } from './gazetteer/to-columns.ts';
import { toPlaceRecord } from './gazetteer/to-place-record.ts';

/** Builds the gazetteer from the data packages; deterministic. */
export function buildGazetteer(): { bytes: Uint8Array; places: number } {
  const sources = readSources();
  const regions = new Set(sources.regions.map(({ code }) => code));
  const counties = new Set(sources.counties.map(({ code }) => code));
  const places = joinPlaces(sources.named, sources.counted).map((place) =>
    toPlaceRecord(place, regions, counties),
  );
  const records = [...places, ...toAreas(places, sources.regions)];
  addOtherNames(records, new URL('gazetteer/other-names.tsv', import.meta.url));
  const { index, column } = toColumns(records, sources.counties);
  const head = { dataDate: sources.dataDate, ...index };
  return { bytes: encode(head, column), places: places.length };
}

/** Writes the file atomically: readers see the old or the new file. */
export async function writeGazetteer(file: string): Promise<string> {
  const startedMs = performance.now();
  const { bytes, places } = buildGazetteer();
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, bytes);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  const megabytes = (bytes.length / 1e6).toFixed(1);
  return `${file}: ${places} places, ${megabytes} MB, in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
}

/** `node scripts/build-gazetteer.ts [outfile]` */
if (import.meta.main) {
  process.stdout.write(`${await writeGazetteer(process.argv[2] ?? 'build/gazetteer.bin')}\n`);
}

import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { foldText } from '../fold.ts';
import type { Place } from './gazetteer-record.ts';

/** A row or file that is not in GeoNames' dump format: https://download.geonames.org/export/dump/readme.txt */
export class GeoNamesError extends Error {
  override readonly name = 'GeoNamesError';
}

/** Names of places by their GeoNames number: language, then name; the empty language: any. */
export type OtherNames = ReadonlyMap<number, readonly (readonly [language: string, name: string])[]>;

const PLACE_COLUMNS = 19;
const NAME_COLUMNS = 4;
const PROGRESS_ROWS = 100_000;
/** Rows whose language is a language; the others are links, postal codes, airports and the like. */
const LANGUAGE = /^[a-z]{2,3}(?:-[A-Za-z]{2,8})*$/;
const NO_LANGUAGE = new Set(['link', 'post', 'iata', 'icao', 'faac', 'tcid', 'unlc', 'abbr', 'phon', 'wkdt']);

type Progress = (rows: number) => void;

async function* readRows(file: string, columns: number, progress: Progress): AsyncGenerator<string[]> {
  const lines = createInterface({
    input: createReadStream(file, 'utf8'),
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  let number = 0;
  for await (const line of lines) {
    number++;
    if (number % PROGRESS_ROWS === 0) progress(number);
    if (line === '') continue;
    const row = line.split('\t');
    if (row.length < columns)
      throw new GeoNamesError(`${file}, line ${number}: ${row.length} columns, but GeoNames has ${columns}`);
    yield row;
  }
}

/** Reads a dump of places such as `cities1000.txt`, line by line. @throws GeoNamesError */
export async function readGeoNames(
  file: string,
  progress: Progress,
): Promise<{ places: Place[]; dataDate: string }> {
  const places: Place[] = [];
  let dataDate = '';
  for await (const row of readRows(file, PLACE_COLUMNS, progress)) {
    const [id = '', name = '', ascii = '', others = '', lat = '', lng = '', , feature = '', country = ''] =
      row;
    const [admin1 = '', admin2 = '', population = '', modified = ''] = [row[10], row[11], row[14], row[18]];
    const isSound =
      Number(id) > 0 &&
      name !== '' &&
      /^[A-Z]{2}$/.test(country) &&
      isDegrees(lat, 90) &&
      isDegrees(lng, 180);
    if (!isSound) throw new GeoNamesError(`${file}: the row of ${id || 'no number'} is not that of a place`);
    if (modified > dataDate) dataDate = modified;
    places.push({
      name,
      folded: foldText(name),
      lat: Number(lat),
      lng: Number(lng),
      country,
      admin1,
      admin2,
      otherNames: [...new Set([ascii, ...others.split(',')])].filter(
        (other) => other !== '' && other !== name,
      ),
      population: Number(population) || 0,
      geonamesId: Number(id),
      feature,
    });
  }
  if (places.length === 0) throw new GeoNamesError(`${file} has no places`);
  return { places, dataDate };
}

const isDegrees = (text: string, most: number): boolean => text !== '' && Math.abs(Number(text)) <= most;

/** Reads `alternateNamesV2.txt`, line by line; keeps the names of the places given. @throws GeoNamesError */
export async function readOtherNames(
  file: string,
  places: readonly Place[],
  progress: Progress,
): Promise<OtherNames> {
  const names = new Map<number, [string, string][]>(places.map(({ geonamesId }) => [geonamesId, []]));
  for await (const [, id = '', language = '', name = '', preferred = ''] of readRows(
    file,
    NAME_COLUMNS,
    progress,
  )) {
    const known = names.get(Number(id));
    if (!known || name === '' || NO_LANGUAGE.has(language)) continue;
    if (language !== '' && !LANGUAGE.test(language)) continue;
    // The preferred name of a language comes before its others.
    if (preferred === '1') known.unshift([language, name]);
    else known.push([language, name]);
  }
  return names;
}

import { RecentMap } from '../../lib/recent-map.ts';
import { isArea } from './context.ts';
import { foldText } from './fold.ts';
import { KINDS, NO_REGION } from './gazetteer-format.ts';
import { toPoint } from './geometry.ts';
import type { Place } from './places.ts';
import type { Gazetteer } from './read-gazetteer.ts';

/** Converts records to places, with names in the requested language if they are known. */
export type ToPlace = (record: number, language: string | undefined) => Omit<Place, 'confidence'>;

/** Maximum number of languages whose country names are cached. */
const MAX_LANGUAGES = 32;

export function createToPlace(gazetteer: Gazetteer): ToPlace {
  const { column } = gazetteer;
  const countryNames = new RecentMap<string, Intl.DisplayNames>(MAX_LANGUAGES);
  const nameOf = (record: number, language: string | undefined): string =>
    localName(gazetteer, record, language) ?? toName(gazetteer, record);

  const countryNameOf = (record: number, code: string, language: string | undefined): string => {
    if (language === undefined) return toName(gazetteer, record);
    let names = countryNames.get(language);
    if (!names) {
      names = new Intl.DisplayNames([language, 'en'], { type: 'region' });
      countryNames.set(language, names);
    }
    return names.of(code) ?? code;
  };

  return (record, language) => {
    const countryCode = gazetteer.countries[column.country[record] as number] as string;
    const countryRecord = column.countryRecord[column.country[record] as number] as number;
    const country = countryNameOf(countryRecord, countryCode, language);
    const regionNumber = column.region[record] as number;
    const region =
      regionNumber === NO_REGION ? undefined : nameOf(column.regionRecord[regionNumber] as number, language);
    const layer = KINDS[column.kind[record] as number] ?? 'locality';
    const name = layer === 'country' ? country : nameOf(record, language);
    const isOfRegion = layer === 'locality' || layer === 'neighbourhood';
    return {
      id: toId(gazetteer, record, countryCode),
      name,
      label: toLabel(name, isOfRegion ? region : undefined, layer === 'country' ? undefined : country),
      layer,
      countryCode,
      region: isOfRegion ? region : undefined,
      population: column.population[record] || undefined,
      accuracy: isArea(gazetteer, record) ? 'estimate' : 'centroid',
      ...toPoint(gazetteer, record),
    };
  };
}

/** Omits a redundant region: `Zürich, Switzerland` in the canton of Zurich. */
function toLabel(name: string, region: string | undefined, country: string | undefined): string {
  const folded = region && foldText(region);
  const isNew = folded && folded !== foldText(name) && (!country || folded !== foldText(country));
  return [name, isNew ? region : '', country === name ? '' : country].filter(Boolean).join(', ');
}

/** The GeoNames id if it is known; otherwise derived from the kind or position of the place. */
function toId(gazetteer: Gazetteer, record: number, countryCode: string): string {
  const { column, regions } = gazetteer;
  const layer = KINDS[column.kind[record] as number];
  if (layer === 'country') return `country:${countryCode}`;
  if (layer === 'region') return `region:${regions[column.region[record] as number]}`;
  const geonamesId = column.geonamesId[record] as number;
  if (geonamesId > 0) return `geonames:${geonamesId}`;
  const { lat, lng } = toPoint(gazetteer, record);
  return `place:${countryCode}:${lat.toFixed(5)}:${lng.toFixed(5)}`;
}

function toName({ column }: Gazetteer, record: number): string {
  const bytes = column.nameText.subarray(column.nameStart[record], column.nameStart[record + 1]);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

/** Looks up the name by the complete tag, then by its language. */
function localName(
  { localNames }: Gazetteer,
  record: number,
  language: string | undefined,
): string | undefined {
  if (language === undefined) return undefined;
  const [base = language] = language.split('-');
  return lookUp(localNames, language)?.[record] ?? lookUp(localNames, base)?.[record];
}

const lookUp = <T>(table: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(table, key) ? table[key] : undefined;

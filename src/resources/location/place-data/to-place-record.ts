import { type GazetteerRecord, type Place, weightOf } from './gazetteer-record.ts';
import { toKeys, toWholeKey } from './to-keys.ts';

/** Added to the importance of a place, by its GeoNames feature code. */
const FEATURE_BONUS: Readonly<Record<string, number>> = {
  PPLC: 0.6,
  PPLA: 0.15,
  PPLX: -0.5,
  // Historical, abandoned, destroyed.
  PPLH: -1.5,
  PPLQ: -1.5,
  PPLW: -1.5,
  PPLCH: -0.5,
};

/** A place as a record. Regions and counties without a name are left out. */
export function toPlaceRecord(
  place: Place,
  regions: ReadonlySet<string>,
  counties: ReadonlySet<string>,
): GazetteerRecord {
  const region = `${place.country}.${place.admin1}`;
  const county = `${region}.${place.admin2}`;
  // A part of a town is not found by the name of the town: `Zürich (Kreis 11)`.
  const isPart = place.feature === 'PPLX';
  return {
    layer: isPart ? 'neighbourhood' : 'locality',
    name: place.name,
    lat: place.lat,
    lng: place.lng,
    country: place.country,
    region: regions.has(region) ? region : '',
    county: counties.has(county) ? county : '',
    population: place.population,
    geonamesId: place.geonamesId,
    importance: Math.max(0, Math.log10(weightOf(place.population)) + (FEATURE_BONUS[place.feature] ?? 0)),
    keys: new Set(isPart ? [toWholeKey(place.name)] : toKeys(place.name, place.country)),
    foreignKeys: new Set(place.otherNames.map(toWholeKey)),
    codes: new Set(),
    localNames: new Map(),
  };
}

import type { Place } from './join-places.ts';
import { toKeys } from './name-keys.ts';
import { type GazetteerRecord, weightOf } from './record.ts';

/** GeoNames feature codes that make a place more or less than its population says. */
const featureBonus: Readonly<Record<string, number>> = {
  PPLC: 0.6,
  PPLA: 0.15,
  PPLX: -0.5,
  // Historical, abandoned, destroyed.
  PPLH: -1.5,
  PPLQ: -1.5,
  PPLW: -1.5,
  PPLCH: -0.5,
};

/** A place as a record. Divisions that have no name are left out. */
export function toPlaceRecord(
  place: Place,
  regions: ReadonlySet<string>,
  counties: ReadonlySet<string>,
): GazetteerRecord {
  const region = `${place.country}.${place.admin1}`;
  const county = `${region}.${place.admin2}`;
  return {
    layer: place.feature === 'PPLX' ? 'neighbourhood' : 'locality',
    name: place.name,
    lat: place.lat,
    lng: place.lng,
    country: place.country,
    region: regions.has(region) ? region : '',
    county: counties.has(county) ? county : '',
    population: place.population,
    geonamesId: place.geonamesId,
    importance: Math.max(0, Math.log10(weightOf(place.population)) + (featureBonus[place.feature] ?? 0)),
    keys: new Set([place.name, ...place.otherNames].flatMap((name) => toKeys(name, place.country))),
    codes: new Set(),
    localNames: new Map(),
  };
}

import { type Division, type GazetteerRecord, weightOf } from './gazetteer-record.ts';
import { toKeys, toRegionKeys } from './to-keys.ts';

/** The languages of the country names, which come from Unicode CLDR. */
const LANGUAGES =
  'en de fr es it pt nl pl cs sk hu ro sv da nb fi et lv lt el tr ru uk bg sr hr sl zh zh-Hant ja ko ar he fa hi th vi id'.split(
    ' ',
  );
const toCountryNames = (language: string, style: 'long' | 'short') =>
  new Intl.DisplayNames(language, { type: 'region', fallback: 'none', style });
const english = toCountryNames('en', 'long');
const TABLES = LANGUAGES.flatMap((language) => [
  toCountryNames(language, 'long'),
  toCountryNames(language, 'short'),
]);

/** Countries rank above towns of the same name, regions below large towns. */
const COUNTRY_BONUS = 1.2;
const REGION_MALUS = 1.2;

/** One record for each country and region that has a place. */
export function toAreas(places: readonly GazetteerRecord[], regions: readonly Division[]): GazetteerRecord[] {
  const byCountry = Map.groupBy(places, (place) => place.country);
  const byRegion = Map.groupBy(places, (place) => place.region);
  return [
    ...[...byCountry].map(([code, members]) => toCountry(code, members)),
    ...regions.flatMap(({ code, name }) => {
      const members = byRegion.get(code);
      return members ? [toRegion(code, name, members)] : [];
    }),
  ];
}

function toCountry(code: string, members: readonly GazetteerRecord[]): GazetteerRecord {
  const name = english.of(code)?.replace(/ SAR China$/, '') ?? code;
  // Short names such as `US` are codes, which have an index of their own.
  const names = TABLES.map((table) => table.of(code)).filter(
    (known) => known && !/^[A-Z.]{1,4}$/.test(known),
  );
  const keys = new Set(toKeys(name, code));
  const importance = Math.log10(totalWeight(members)) + COUNTRY_BONUS;
  const chief = members.reduce((best, place) => (place.importance > best.importance ? place : best));
  const isCity = [...keys].some((key) => chief.keys.has(key));
  return {
    ...toArea(name, members),
    layer: 'country',
    country: code,
    region: '',
    // In a city state the city ranks above the country.
    importance: isCity ? Math.min(importance, chief.importance - 0.1) : importance,
    keys,
    foreignKeys: new Set(names.flatMap((known) => toKeys(known ?? '', code))),
    codes: new Set([code.toLowerCase()]),
  };
}

function toRegion(code: string, name: string, members: readonly GazetteerRecord[]): GazetteerRecord {
  const country = code.slice(0, 2);
  const letters = code.slice(3);
  return {
    ...toArea(name, members),
    layer: 'region',
    country,
    region: code,
    importance: Math.max(0, Math.log10(totalWeight(members)) - REGION_MALUS),
    keys: new Set(toRegionKeys(name, country)),
    foreignKeys: new Set(),
    // Numeric codes are left out: nobody types them.
    codes: new Set(/^[A-Z]{2,3}$/.test(letters) ? [letters.toLowerCase()] : []),
  };
}

/** The fields that countries and regions share; their point is the centre of their population. */
const toArea = (name: string, members: readonly GazetteerRecord[]) => ({
  name,
  ...centreOf(members),
  county: '',
  population: 0,
  geonamesId: 0,
  localNames: new Map<string, string>(),
});

const totalWeight = (members: readonly GazetteerRecord[]): number =>
  members.reduce((sum, place) => sum + (place.layer === 'locality' ? weightOf(place.population) : 0), 1);

/** The mean of the places on the sphere, weighed by population. */
function centreOf(members: readonly GazetteerRecord[]): { lat: number; lng: number } {
  let [x, y, z] = [0, 0, 0];
  for (const { lat, lng, population } of members) {
    const [phi, lambda] = [(lat * Math.PI) / 180, (lng * Math.PI) / 180];
    const weight = weightOf(population);
    x += weight * Math.cos(phi) * Math.cos(lambda);
    y += weight * Math.cos(phi) * Math.sin(lambda);
    z += weight * Math.sin(phi);
  }
  return {
    lat: (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI,
    lng: (Math.atan2(y, x) * 180) / Math.PI,
  };
}

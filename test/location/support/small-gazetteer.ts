import { joinPlaces } from '../../../scripts/gazetteer/join-places.ts';
import type { CountedPlace, NamedPlace } from '../../../scripts/gazetteer/sources.ts';
import { encode } from '../../../src/resources/location/place-data/encode.ts';
import { toAreas } from '../../../src/resources/location/place-data/to-areas.ts';
import { toColumns } from '../../../src/resources/location/place-data/to-columns.ts';
import { toPlaceRecord } from '../../../src/resources/location/place-data/to-place-record.ts';

export const named = (
  name: string,
  country: string,
  lat: number,
  lng: number,
  admin1 = '01',
): NamedPlace => ({
  name,
  country,
  lat: String(lat),
  lng: String(lng),
  admin1,
  admin2: '',
});

export const counted = (
  cityId: number,
  name: string,
  country: string,
  lat: number,
  lng: number,
  population: number,
): CountedPlace => ({
  cityId,
  name,
  country,
  featureCode: 'PPL',
  adminCode: '01',
  population,
  loc: { coordinates: [lng, lat] },
});

/** The gazetteer file for these rows. */
export function toBytes(places: readonly NamedPlace[], figures: readonly CountedPlace[]): Uint8Array {
  const regions = [...new Set(places.map(({ country, admin1 }) => `${country}.${admin1}`))];
  const records = joinPlaces(places, figures).map((place) =>
    toPlaceRecord(place, new Set(regions), new Set()),
  );
  const divisions = regions.map((code) => ({ code, name: `Region ${code}` }));
  const { index, column } = toColumns([...records, ...toAreas(records, divisions)], []);
  return encode({ dataDate: '2026-01-01', ...index }, column);
}

import { defineRoute, type Route } from '../../http/route.ts';
import {
  type GeocodeQuery,
  geocodeAnswer,
  geocodeQuery,
  reverseGeocodeAnswer,
  reverseGeocodeQuery,
} from './location-schemas.ts';
import type { Geocoder } from './places.ts';
import { toFeatureCollection, toFoundProperties, toNearbyProperties } from './to-feature-collection.ts';

export interface LocationDeps {
  readonly geocoder: Geocoder;
  /** Whether the geocoder always returns the same results for a query, so that they can be cached. */
  readonly isChangeless: boolean;
}

/** World Mappers: geocoding and reverse geocoding. */
export const locationRoutes = ({ geocoder, isChangeless }: LocationDeps): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/api/location/geocode',
    guard: { scopes: ['geocode:location'] },
    operationId: 'geocode',
    summary: 'Find places by name',
    description:
      'Answers GeoJSON (RFC 7946), the best match first and its `lat` and `lng` at the top; both are absent when ' +
      'nothing is found. Regions, countries and codes narrow a name down (`Springfield, Illinois, US`). Of a ' +
      'street address only the town is found, and `match_type` is then `fallback`. Place data: GeoNames (CC BY 4.0).',
    tag: 'World Mappers',
    query: geocodeQuery,
    responses: { 200: { description: 'The places found, perhaps none', schema: geocodeAnswer } },
    errors: [],
    ...(isChangeless && { pure: true }),
    handler: async ({ query }) => {
      const answer = await geocoder.find({
        text: query.q ?? query.address ?? '',
        limit: query.limit,
        countries: query.country,
        box: query.bbox,
        focus: query.focus,
        language: query.lang,
        autocomplete: query.autocomplete,
      });
      return { status: 200, body: toFeatureCollection(answer, toEcho(query), toFoundProperties) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/api/location/reverse-geocode',
    guard: { scopes: ['reverse-geocode:location'] },
    operationId: 'reverseGeocode',
    summary: 'Find the places around a point',
    description:
      'Answers GeoJSON (RFC 7946): the nearest places first, none farther than 50 km. Place data: GeoNames (CC BY 4.0).',
    tag: 'World Mappers',
    query: reverseGeocodeQuery,
    responses: { 200: { description: 'The places found, perhaps none', schema: reverseGeocodeAnswer } },
    errors: [],
    ...(isChangeless && { pure: true }),
    handler: async ({ query }) => {
      const { lat, lng, limit, lang } = query;
      const answer = await geocoder.nearby({ lat, lng, limit, language: lang });
      return { status: 200, body: toFeatureCollection(answer, query, toNearbyProperties) };
    },
  }),
];

/** The parsed query, as returned in the response. */
const toEcho = ({ bbox, focus, ...rest }: GeocodeQuery) => ({
  ...rest,
  ...(bbox && { bbox: [bbox.minLng, bbox.minLat, bbox.maxLng, bbox.maxLat] }),
  ...(focus && { focus: [focus.lng, focus.lat] }),
});

import { defineRoute, type Route } from '../../http/route.ts';
import { toPosition } from '../location/geometry.ts';
import type { Geocoder } from '../location/places.ts';
import type { FindRoute, FoundRoute, Profile } from './directions.ts';
import { type DirectionsAnswer, directionsAnswer, directionsQuery } from './directions-schemas.ts';
import { type ReadStops, readStops } from './read-stops.ts';

export interface DirectionsDeps {
  /** Finds stops by name. */
  readonly geocoder: Geocoder;
  readonly findRoute: FindRoute;
}

/** World Mappers: routes between places. */
export const directionsRoutes = ({ geocoder, findRoute }: DirectionsDeps): Route[] => [
  defineRoute({
    method: 'GET',
    path: '/api/directions',
    guard: { scopes: ['directions'] },
    operationId: 'directions',
    summary: 'Find a route between places',
    description:
      'Answers a GeoJSON Feature (RFC 7946) with a LineString. `quality` says how the route was found, and `attribution` ' +
      'whom to credit. Without road data, that is a straight line: its `duration_s` is null. Place data: GeoNames (CC BY ' +
      '4.0). Road data, where there is any: © OpenStreetMap contributors (ODbL 1.0).',
    tag: 'World Mappers',
    query: directionsQuery,
    responses: { 200: { description: 'The route', schema: directionsAnswer } },
    errors: ['no_route', 'no_road_near'],
    handler: async ({ query }) => {
      const { origin, destination, via = [], profile } = query;
      const fields = ['origin', ...via.map((_, n) => `via[${n}]`), 'destination'];
      const read = await readStops(geocoder, [origin, ...via, destination], fields, query.lang);
      const route = await findRoute({ stops: read.stops, profile });
      return { status: 200, body: toAnswer(route, read, profile) };
    },
  }),
];

function toAnswer(route: FoundRoute, read: ReadStops, profile: Profile): DirectionsAnswer {
  const warnings = [...read.warnings, ...route.warnings];
  return {
    type: 'Feature',
    geometry: { type: 'LineString', coordinates: route.points.map(toPosition) },
    properties: {
      distance_m: Math.round(route.distanceM),
      duration_s: toWhole(route.durationS),
      steps: route.steps.map(({ instruction, name, leg, distanceM, durationS }) => ({
        instruction,
        name,
        leg,
        distance_m: Math.round(distanceM),
        duration_s: toWhole(durationS),
      })),
      engine: route.engine,
      quality: route.quality,
      attribution: toAttribution([...read.attributions, route.attribution]),
      profile,
      waypoints: read.stops.map((stop) => ({
        label: stop.label,
        location: toPosition(stop),
        match_type: stop.place?.matchType,
      })),
      ...(warnings.length > 0 && { warnings }),
    },
  };
}

const toWhole = (value: number | undefined): number | null =>
  value === undefined ? null : Math.round(value);

const toAttribution = (credits: readonly (string | undefined)[]): string =>
  [...new Set(credits.filter((credit) => credit !== undefined))].join('; ') || 'none';

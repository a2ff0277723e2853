import { z } from 'zod';
import { matchType, position } from '../location/location-schemas.ts';
import type { Point } from '../location/places.ts';
import { languageValue, toLngLat, value } from '../location/query-values.ts';
import { PROFILES, QUALITIES } from './directions.ts';

const MAX_VIA = 23;
const MAX_STOP_LENGTH = 200;

/** A stop in a request: a point, or the name of a place. */
export type GivenStop = { readonly point: Point } | { readonly name: string };

/** Two numbers count as a point, even as an invalid one. */
const LOOKS_LIKE_POINT = /^\s*[-+\d.]+\s*,\s*[-+\d.]+\s*$/;

function toStop(text: string): GivenStop | undefined {
  if (text.trim() === '' || text.length > MAX_STOP_LENGTH) return undefined;
  if (!LOOKS_LIKE_POINT.test(text)) return { name: text };
  const point = toLngLat(text);
  return point && { point };
}

const stopMessage = `must be the name of a place, or lon,lat in degrees; at most ${MAX_STOP_LENGTH} characters`;
const stopValue = value(toStop, stopMessage);

function toStops(text: string): GivenStop[] | undefined {
  const stops = text.split(';').map(toStop);
  return stops.length <= MAX_VIA && stops.every((stop) => stop !== undefined) ? stops : undefined;
}

const stopText = (description: string, example: string) => ({
  description,
  example,
  override: { type: 'string' as const, minLength: 1 },
});

export const directionsQuery = z.strictObject({
  origin: stopValue.meta(
    stopText('Where the route begins: the name of a place, or `lon,lat`', 'Redmond, WA'),
  ),
  destination: stopValue.meta(
    stopText('Where it ends: the name of a place, or `lon,lat`', '-122.33207,47.60621'),
  ),
  via: value(toStops, `must be at most ${MAX_VIA} stops, separated by semicolons; each ${stopMessage}`)
    .optional()
    .meta({
      description: `Up to ${MAX_VIA} stops on the way, in their order, separated by semicolons, such as \`Bellevue, WA;-122.2,47.57\``,
    }),
  profile: z
    .enum(PROFILES)
    .default('car')
    .meta({ description: 'How to travel; a straight line is the same for all' }),
  lang: languageValue,
});

const waypoint = z
  .object({
    label: z.string().meta({ example: 'Redmond, Washington, United States' }),
    location: position,
    match_type: matchType.optional(),
  })
  .meta({ description: 'A stop as it was understood; `match_type` where it was given by name' });

const duration = z
  .number()
  .nullable()
  .meta({ description: 'In seconds; null if the engine does not provide it', example: null });
const distance = z.number().meta({ description: 'In metres', example: 17_532 });

export const directionsAnswer = z
  .object({
    type: z.literal('Feature'),
    geometry: z.object({ type: z.literal('LineString'), coordinates: z.array(position) }),
    properties: z.object({
      distance_m: distance,
      duration_s: duration,
      steps: z.array(
        z.object({
          instruction: z.string().meta({ example: 'Head south-west to Seattle, Washington, United States' }),
          name: z.string().optional().meta({ description: "The road's name, where it has one" }),
          leg: z.number().meta({ description: 'The leg of the step, from 0', example: 0 }),
          distance_m: distance,
          duration_s: duration,
        }),
      ),
      engine: z.string().meta({ description: 'The engine of the result', example: 'embedded' }),
      quality: z.enum(QUALITIES).meta({
        description:
          '`straight-line`: the great circle between the stops; `network`: over the roads of an OpenStreetMap extract; ' +
          '`upstream`: by another engine over its own roads',
      }),
      attribution: z
        .string()
        .meta({ description: 'The attribution of the data', example: 'GeoNames (CC BY 4.0)' }),
      profile: z.enum(PROFILES),
      waypoints: z.array(waypoint),
      warnings: z.array(z.string()).optional(),
    }),
  })
  .meta({ id: 'gatehouse.Directions' });
export type DirectionsAnswer = z.output<typeof directionsAnswer>;

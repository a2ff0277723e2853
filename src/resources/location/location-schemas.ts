import { z } from 'zod';
import { LAYERS } from './places.ts';
import {
  boxValue,
  countriesValue,
  flagValue,
  focusValue,
  languageValue,
  latValue,
  limitValue,
  lngValue,
} from './query-values.ts';

const text = z
  .string()
  .min(1)
  .max(200)
  .refine((value) => value.trim() !== '', 'must not be blank');

export const geocodeQuery = z
  .strictObject({
    q: text.optional().meta({
      description: 'The name of a place, with its region or country if you like; or an address',
      example: 'Redmond, WA',
    }),
    address: text.optional().meta({ description: 'The same as `q`' }),
    limit: limitValue,
    country: countriesValue,
    bbox: boxValue,
    focus: focusValue,
    lang: languageValue,
    autocomplete: flagValue.meta({ description: 'Whether the last word may be incomplete' }),
  })
  .refine(({ q, address }) => (q === undefined) !== (address === undefined), {
    message: 'exactly one of q and address is needed',
    path: ['q'],
  });
export type GeocodeQuery = z.output<typeof geocodeQuery>;

export const reverseGeocodeQuery = z.strictObject({
  lat: latValue,
  lng: lngValue,
  limit: limitValue,
  lang: languageValue,
});

export const position = z
  .tuple([z.number(), z.number()])
  .meta({ description: '`[longitude, latitude]` (RFC 7946)' });

const place = {
  id: z
    .string()
    .meta({ description: '`geonames:` and its number, where it is known', example: 'geonames:5808079' }),
  name: z.string().meta({ example: 'Redmond' }),
  label: z.string().meta({ example: 'Redmond, Washington, United States' }),
  layer: z.enum(LAYERS),
  country_code: z.string().meta({ description: 'ISO 3166-1 alpha-2', example: 'US' }),
  region: z.string().optional().meta({ example: 'Washington' }),
  population: z.number().optional().meta({ description: 'Absent if it is unknown', example: 60598 }),
};
const matchQuality = {
  accuracy: z.enum(['centroid', 'estimate', 'point']).meta({
    description:
      'The centre of the place; `estimate`: the centre of the population of a region or country; `point`: an address or a venue itself',
  }),
  confidence: z
    .number()
    .meta({ description: 'From 0 to 1; lower with other possible results', example: 0.97 }),
};
export const matchType = z.enum(['exact', 'prefix', 'fuzzy', 'fallback']).meta({
  description: '`fallback`: only a part of the query was used, such as the town of a street address',
});

const geocoding = <Q extends z.ZodType>(query: Q) =>
  z.object({
    engine: z.string().meta({ description: 'The engine of the result', example: 'embedded' }),
    data_date: z
      .string()
      .optional()
      .meta({ description: 'The date of its data, if it is known', example: '2026-09-26' }),
    attribution: z.string().meta({ example: 'GeoNames (CC BY 4.0)' }),
    query,
    warnings: z.array(z.string()).optional(),
  });

const collection = <Q extends z.ZodType, P extends z.ZodType>(query: Q, properties: P) =>
  z.object({
    type: z.literal('FeatureCollection'),
    lat: z.number().optional().meta({ description: 'Of the best match', example: 47.67399 }),
    lng: z.number().optional().meta({ description: 'Of the best match', example: -122.12151 }),
    geocoding: geocoding(query),
    features: z.array(
      z.object({
        type: z.literal('Feature'),
        geometry: z.object({ type: z.literal('Point'), coordinates: position }),
        properties,
      }),
    ),
  });

export const geocodeAnswer = collection(
  z.object({
    q: z.string().optional(),
    address: z.string().optional(),
    limit: z.number(),
    country: z.array(z.string()).optional(),
    bbox: z.array(z.number()).optional(),
    focus: position.optional(),
    lang: z.string().optional(),
    autocomplete: z.boolean().optional(),
  }),
  z.object({ ...place, match_type: matchType, ...matchQuality }),
).meta({ id: 'gatehouse.FoundPlaces' });
export type GeocodeAnswer = z.output<typeof geocodeAnswer>;

export const reverseGeocodeAnswer = collection(
  z.object({ lat: z.number(), lng: z.number(), limit: z.number(), lang: z.string().optional() }),
  z.object({
    ...place,
    ...matchQuality,
    distance_m: z.number().meta({ description: 'From the point to the centre of the place', example: 412 }),
  }),
).meta({ id: 'gatehouse.NearbyPlaces' });
export type ReverseGeocodeAnswer = z.output<typeof reverseGeocodeAnswer>;

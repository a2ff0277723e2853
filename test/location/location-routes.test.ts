import { beforeAll, describe, expect, it } from 'vitest';
import type { Route } from '../../src/http/route.ts';
import { createGeocoder } from '../../src/resources/location/geocoder.ts';
import { locationRoutes } from '../../src/resources/location/location-routes.ts';
import { geocodeAnswer, reverseGeocodeAnswer } from '../../src/resources/location/location-schemas.ts';
import type { FoundPlace, Geocoder } from '../../src/resources/location/places.ts';
import { buildTimeoutMs, openGazetteer } from './support/gazetteer.ts';

const rows = locationRoutes({ geocoder: createGeocoder(), isChangeless: true });
const rowAt = (path: string, among = rows): Route => {
  const row = among.find((candidate) => candidate.path === path);
  if (!row) throw new Error(`no row ${path}`);
  return row;
};
const geocodeRow = rowAt('/api/location/geocode');
const reverseRow = rowAt('/api/location/reverse-geocode');

beforeAll(async () => {
  await openGazetteer();
}, buildTimeoutMs);

/** Like the router: parses the input, calls the handler, parses the body by the response schema. */
async function call(row: Route, query: Record<string, string | string[]>) {
  const input = { params: {}, body: undefined, caller: undefined, query: row.query?.parse(query) };
  const { status, body } = await row.handler(input as never);
  return { status, body: row.responses[status]?.schema?.parse(body) as never };
}
const geocode = async (query: Record<string, string>) =>
  geocodeAnswer.parse((await call(geocodeRow, query)).body);
const reverse = async (query: Record<string, string>) =>
  reverseGeocodeAnswer.parse((await call(reverseRow, query)).body);

describe('the rows', () => {
  it('each require a scope, and are pure', () => {
    expect(rows.map(({ method, path, guard, pure }) => ({ method, path, guard, pure }))).toEqual([
      { method: 'GET', path: '/api/location/geocode', guard: { scopes: ['geocode:location'] }, pure: true },
      {
        method: 'GET',
        path: '/api/location/reverse-geocode',
        guard: { scopes: ['reverse-geocode:location'] },
        pure: true,
      },
    ]);
  });
});

describe('GET /api/location/geocode', () => {
  it('answers GeoJSON with the best match first', async () => {
    const { status, body } = await call(geocodeRow, { q: 'Redmond, WA', limit: '5' });
    expect(status).toBe(200);
    expect(JSON.parse(JSON.stringify(body))).toEqual({
      type: 'FeatureCollection',
      lat: 47.67399,
      lng: -122.12151,
      geocoding: {
        engine: 'embedded',
        data_date: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string,
        attribution: 'GeoNames (CC BY 4.0)',
        query: { q: 'Redmond, WA', limit: 5 },
      },
      features: [
        {
          type: 'Feature',
          geometry: { type: 'Point', coordinates: [-122.12151, 47.67399] },
          properties: {
            id: 'geonames:5808079',
            name: 'Redmond',
            label: 'Redmond, Washington, United States',
            layer: 'locality',
            country_code: 'US',
            region: 'Washington',
            population: 60598,
            match_type: 'exact',
            accuracy: 'centroid',
            confidence: 0.97,
          },
        },
      ],
    });
  });

  it('answers 200 without lat, lng and features when nothing is found', async () => {
    const answer = await geocode({ q: 'qwrtzpsdfgh' });
    expect(answer.features).toEqual([]);
    expect(answer).not.toHaveProperty('lat');
    expect(answer).not.toHaveProperty('lng');
    expect(answer.geocoding).not.toHaveProperty('warnings');
  });

  it('never returns a street address', async () => {
    const { features, geocoding } = await geocode({ address: '1600 Amphitheatre Pkwy, Mountain View, CA' });
    expect(features[0]?.properties).toMatchObject({ name: 'Mountain View', match_type: 'fallback' });
    expect(geocoding.warnings).toHaveLength(1);
    expect(geocoding.query).toMatchObject({ address: '1600 Amphitheatre Pkwy, Mountain View, CA' });
  });

  it('passes every parameter to the engine and echoes it', async () => {
    const { features, geocoding } = await geocode({
      q: 'redm',
      limit: '20',
      country: 'us,ca',
      bbox: '-125,41.9,-116.4,49.1',
      focus: '-121.3,44.06',
      lang: 'de',
      autocomplete: 'true',
    });
    expect(features[0]?.properties.label).toBe('Redmond, Oregon, Vereinigte Staaten');
    expect(geocoding.query).toEqual({
      q: 'redm',
      limit: 20,
      country: ['US', 'CA'],
      bbox: [-125, 41.9, -116.4, 49.1],
      focus: [-121.3, 44.06],
      lang: 'de',
      autocomplete: true,
    });
  });

  it('rounds the coordinates of any engine to five decimals, and names the engine', async () => {
    const place: FoundPlace = {
      id: 'x',
      name: 'X',
      label: 'X',
      layer: 'locality',
      countryCode: 'NO',
      lat: 59.123456789,
      lng: -0.000001,
      accuracy: 'centroid',
      confidence: 0.5,
      matchType: 'exact',
    };
    const answer = {
      engine: 'other',
      dataDate: '2026-01-01',
      attribution: 'Someone',
      warnings: [],
      places: [place],
    };
    const other: Geocoder = {
      find: async () => answer,
      nearby: () => Promise.reject(new Error('not asked')),
    };
    const { body } = await call(
      rowAt(geocodeRow.path, locationRoutes({ geocoder: other, isChangeless: false })),
      { q: 'x' },
    );
    expect(JSON.stringify(body)).toContain('"coordinates":[0,59.12346]');
    expect(body).toMatchObject({ lat: 59.12346, geocoding: { engine: 'other', attribution: 'Someone' } });
  });

  it.each([
    ['neither q nor address', {}],
    ['both', { q: 'Oslo', address: 'Oslo' }],
    ['an empty q', { q: '' }],
    ['a blank q', { q: ' \t' }],
    ['201 letters', { q: 'x'.repeat(201) }],
    ['q twice', { q: ['Oslo', 'Bergen'] }],
    ['an unknown key', { q: 'Oslo', size: '5' }],
    ['limit 0', { q: 'Oslo', limit: '0' }],
    ['limit 21', { q: 'Oslo', limit: '21' }],
    ['limit 1e1', { q: 'Oslo', limit: '1e1' }],
    ['limit 0x5', { q: 'Oslo', limit: '0x5' }],
    ['limit 5.0', { q: 'Oslo', limit: '5.0' }],
    ['a blank limit', { q: 'Oslo', limit: '' }],
    ['limit twice', { q: 'Oslo', limit: ['5', '6'] }],
    ['a country in three letters', { q: 'Oslo', country: 'NOR' }],
    ['a country that is none', { q: 'Oslo', country: 'XX' }],
    ['eleven countries', { q: 'Oslo', country: 'NO,SE,DK,FI,IS,DE,FR,GB,IE,ES,PT' }],
    ['an empty country', { q: 'Oslo', country: '' }],
    ['a box of three', { q: 'Oslo', bbox: '1,2,3' }],
    ['a box of five', { q: 'Oslo', bbox: '1,2,3,4,5' }],
    ['a box upside down', { q: 'Oslo', bbox: '0,50,10,40' }],
    ['a box beyond the pole', { q: 'Oslo', bbox: '0,50,10,91' }],
    ['a focus that is no number', { q: 'Oslo', focus: 'NaN,1' }],
    ['a focus with blanks', { q: 'Oslo', focus: '1, 2' }],
    ['a focus of one', { q: 'Oslo', focus: '1' }],
    ['a language that is none', { q: 'Oslo', lang: 'not a language' }],
    ['a language of a shape that is none', { q: 'Oslo', lang: 'de-de-de-de' }],
    ['autocomplete 1', { q: 'Oslo', autocomplete: '1' }],
  ])('refuses %s', (_fault, query) => {
    expect(geocodeRow.query?.safeParse(query).success).toBe(false);
  });
});

describe('GET /api/location/reverse-geocode', () => {
  it('answers the nearest places with their distance', async () => {
    const answer = await reverse({ lat: '47.674', lng: '-122.1215', limit: '3' });
    expect(answer).toMatchObject({ lat: 47.67399, lng: -122.12151 });
    expect(answer.features).toHaveLength(3);
    expect(answer.features[0]?.properties).toMatchObject({
      name: 'Redmond',
      distance_m: 1,
      accuracy: 'centroid',
    });
    const distances = answer.features.map(({ properties }) => properties.distance_m);
    expect(distances).toEqual(distances.toSorted((a, b) => a - b));
    expect(answer.geocoding.query).toEqual({ lat: 47.674, lng: -122.1215, limit: 3 });
  });

  it('answers 200 without features for an uninhabited area', async () => {
    for (const [lat, lng] of [
      ['0', '0'],
      ['90', '0'],
      ['-90', '180'],
      ['-48.9', '-123.4'],
    ] as const) {
      const answer = await reverse({ lat, lng });
      expect(answer.features).toEqual([]);
      expect(answer).not.toHaveProperty('lat');
    }
  });

  it.each([
    '',
    ' ',
    '90.0001',
    '-91',
    'NaN',
    'Infinity',
    '0x10',
    '1e1',
    '1,5',
    '47.',
    '.5',
    '+1',
    '٤',
    '1'.repeat(50),
  ])('refuses the latitude %j', (lat) => {
    expect(reverseRow.query?.safeParse({ lat, lng: '0' }).success).toBe(false);
  });

  it('refuses a longitude beyond 180, a missing and a repeated one', () => {
    for (const lng of ['180.1', '-181', '', undefined, ['1', '2']]) {
      expect(reverseRow.query?.safeParse({ lat: '0', lng }).success).toBe(false);
    }
  });
});

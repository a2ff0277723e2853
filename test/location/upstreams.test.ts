import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLogOutput } from '../../src/observe/logger.ts';
import { createEngines, type EngineOptions } from '../../src/resources/engines.ts';
import { locationRoutes } from '../../src/resources/location/location-routes.ts';
import { type FakeEngine, startFakeEngine } from '../directions/support/fake-engine.ts';
import { type CallApi, createMachine } from '../directions/support/machine.ts';
import { startWorld, type World } from '../support/world.ts';
import { buildTimeoutMs, openGazetteer } from './support/gazetteer.ts';

let engine: FakeEngine;
let world: World;
let call: CallApi;

const start = (kind: string) => async () => {
  await openGazetteer();
  engine = await startFakeEngine();
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false', GEOCODER_URL: engine.url, GEOCODER_KIND: kind });
  call = await createMachine(world);
};
const stop = async () => {
  await world.close();
  await engine.close();
};
const geocode = async (query: Record<string, string>) =>
  (await call('/api/location/geocode', query)).body as never as Found;
const reverse = async (query: Record<string, string>) =>
  (await call('/api/location/reverse-geocode', query)).body as never as Found;

interface Found {
  readonly lat: number;
  readonly geocoding: { readonly engine: string; readonly attribution: string; readonly warnings?: string[] };
  readonly features: { readonly geometry: object; readonly properties: Record<string, unknown> }[];
}
const lastQuery = () => Object.fromEntries(engine.calls.at(-1)?.target.searchParams ?? []);

describe('Photon', () => {
  beforeAll(start('photon'), buildTimeoutMs);
  afterAll(stop);
  beforeEach(() => {
    engine.answer = { status: 200, json: photon };
  });

  /** As `GET /api?q=…` answers. */
  const photon = {
    type: 'FeatureCollection',
    features: [
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [10.7522, 59.9127] },
        properties: {
          osm_type: 'R',
          osm_id: 406091,
          osm_key: 'place',
          osm_value: 'city',
          type: 'city',
          name: 'Oslo',
          country: 'Norway',
          countrycode: 'NO',
          extent: [10.48, 60.13, 10.95, 59.8],
        },
      },
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [10.7387, 59.9134] },
        properties: {
          osm_type: 'N',
          osm_id: 1234,
          osm_key: 'place',
          osm_value: 'house',
          type: 'house',
          housenumber: '1',
          street: 'Karl Johans gate',
          postcode: '0154',
          city: 'Oslo',
          country: 'Norway',
          countrycode: 'NO',
        },
      },
      {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [-95.7, 48.2] },
        properties: {
          osm_type: 'N',
          osm_id: 9,
          type: 'city',
          name: 'Oslo',
          state: 'Minnesota',
          country: 'United States',
          countrycode: 'US',
        },
      },
    ],
  };

  it('responses are converted to the API’s format, with attribution', async () => {
    const body = await geocode({ q: 'Oslo', limit: '3', focus: '10,60', lang: 'de-AT' });
    expect(body.geocoding).toMatchObject({
      engine: 'photon',
      attribution: '© OpenStreetMap contributors (ODbL 1.0)',
    });
    expect(body.lat).toBe(59.9127);
    expect(body.features.map(({ properties }) => properties)).toMatchObject([
      {
        id: 'osm:R406091',
        name: 'Oslo',
        label: 'Oslo, Norway',
        layer: 'locality',
        country_code: 'NO',
        match_type: 'exact',
      },
      {
        name: 'Karl Johans gate 1',
        layer: 'address',
        accuracy: 'point',
        label: 'Karl Johans gate 1, Oslo, Norway',
      },
      { layer: 'locality', region: 'Minnesota', country_code: 'US' },
    ]);
    expect(lastQuery()).toEqual({ q: 'Oslo', limit: '3', lang: 'de', lat: '60', lon: '10' });
  });

  it('a country filter is applied to its response, and a box is sent to it', async () => {
    const body = await geocode({ q: 'Oslo', limit: '1', country: 'US', bbox: '-100,40,-90,50', lang: 'nb' });
    expect(body.features.map(({ properties }) => properties['country_code'])).toEqual(['US']);
    expect(lastQuery()).toEqual({ q: 'Oslo', limit: '4', bbox: '-100,40,-90,50' });
  });

  it('finds places around a point, at most 50 km away', async () => {
    const body = await reverse({ lat: '59.913', lng: '10.75', limit: '3' });
    expect(body.features.map(({ properties }) => properties['name'])).toEqual(['Oslo', 'Karl Johans gate 1']);
    expect(body.features[0]?.properties['distance_m']).toBeLessThan(1000);
    expect(lastQuery()).toMatchObject({ lat: '59.913', lon: '10.75', radius: '50' });
  });

  it.each([
    ['500', { status: 500, json: {} }],
    ['another shape', { status: 200, json: { results: [] } }],
  ])(
    'after %s the embedded engine is used with a warning, and its result is not cached',
    async (what, answer) => {
      engine.answer = answer;
      const body = await geocode({ q: 'Bergen, Norway', limit: what === '500' ? '1' : '2' });
      expect(body.geocoding).toMatchObject({ engine: 'embedded', attribution: 'GeoNames (CC BY 4.0)' });
      expect(body.geocoding.warnings?.[0]).toBe('The geocoding server did not answer.');
      expect(body.features[0]?.properties['name']).toBe('Bergen');
      engine.answer = { status: 200, json: photon };
      world.clock.offsetS += 61;
      expect(
        (await geocode({ q: 'Bergen, Norway', limit: what === '500' ? '1' : '2' })).geocoding.engine,
      ).toBe('photon');
    },
  );
});

describe('Nominatim', () => {
  beforeAll(start('nominatim'), buildTimeoutMs);
  afterAll(stop);

  /** As `GET /search?format=jsonv2&addressdetails=1` answers. */
  const oslo = {
    place_id: 259_012_345,
    licence: 'Data © OpenStreetMap contributors, ODbL 1.0. http://osm.org/copyright',
    osm_type: 'relation',
    osm_id: 406_091,
    lat: '59.9133301',
    lon: '10.7389701',
    category: 'boundary',
    type: 'administrative',
    place_rank: 12,
    importance: 0.78,
    addresstype: 'city',
    name: 'Oslo',
    display_name: 'Oslo, Norway',
    address: {
      city: 'Oslo',
      state: 'Oslo',
      'ISO3166-2-lvl4': 'NO-03',
      country: 'Norway',
      country_code: 'no',
    },
    boundingbox: ['59.8', '60.13', '10.48', '10.95'],
  };

  it('responses are converted to the API’s format, with attribution', async () => {
    engine.answer = { status: 200, json: [oslo] };
    const body = await geocode({ q: 'Oslo', limit: '2', country: 'NO,SE', bbox: '4,58,31,71', lang: 'nb' });
    expect(body.geocoding.engine).toBe('nominatim');
    expect(body.features[0]?.properties).toMatchObject({
      id: 'osm:R406091',
      name: 'Oslo',
      label: 'Oslo, Norway',
      layer: 'locality',
      country_code: 'NO',
      region: 'Oslo',
      match_type: 'exact',
    });
    expect(lastQuery()).toEqual({
      q: 'Oslo',
      limit: '2',
      countrycodes: 'no,se',
      viewbox: '4,58,31,71',
      bounded: '1',
      'accept-language': 'nb',
      format: 'jsonv2',
      addressdetails: '1',
    });
  });

  it('finds the place at a point, and nothing in the sea', async () => {
    engine.answer = { status: 200, json: oslo };
    expect((await reverse({ lat: '59.913', lng: '10.74' })).features[0]?.properties['name']).toBe('Oslo');
    engine.answer = { status: 200, json: { error: 'Unable to geocode' } };
    expect((await reverse({ lat: '0', lng: '0' })).features).toEqual([]);
  });
});

it(
  'the public Nominatim server is never called for autocomplete',
  async () => {
    await openGazetteer();
    const options: EngineOptions = {
      geocoder: { url: 'https://nominatim.openstreetmap.org', kind: 'nominatim' },
      directions: { url: undefined, kind: undefined, osmFile: undefined },
      version: '0',
      clock: { now: () => 0 },
      log: createLogOutput('silent', { write: () => undefined }).log,
    };
    const engines = createEngines(options);
    const { engine: name, places } = await engines.geocoder.find({
      text: 'osl',
      limit: 1,
      autocomplete: true,
    });
    expect([name, places[0]?.name]).toEqual(['embedded', 'Oslo']);
    expect(locationRoutes(engines).some(({ pure }) => pure)).toBe(false);
    await engines.close();
  },
  buildTimeoutMs,
);

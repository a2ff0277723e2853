import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startWorld, type World } from '../support/world.ts';
import { type FakeEngine, startFakeEngine } from './support/fake-engine.ts';
import { type CallApi, createMachine } from './support/machine.ts';

let engine: FakeEngine;
let world: World;
let call: CallApi;
const fresh = { n: 0 };
/** A query of this test only, so that no cached response is returned. */
const toQuery = (more: Record<string, string> = {}) => ({
  origin: `10.${String(++fresh.n).padStart(3, '0')},59.9`,
  destination: '10.8,59.95',
  ...more,
});
const directions = (more?: Record<string, string>) => call('/api/directions', toQuery(more));

const start = (kind: string) => async () => {
  engine = await startFakeEngine();
  world = await startWorld({
    RATE_LIMIT_ENABLED: 'false',
    DIRECTIONS_URL: engine.url,
    DIRECTIONS_KIND: kind,
  });
  call = await createMachine(world);
};
const stop = async () => {
  await world.close();
  await engine.close();
};

describe('OSRM', () => {
  beforeAll(start('osrm'));
  afterAll(stop);
  beforeEach(() => {
    engine.answer = { status: 200, json: osrm };
  });

  /** As `GET /route/v1/driving/…?overview=full&geometries=geojson&steps=true` answers, cut to two steps. */
  const osrm = {
    code: 'Ok',
    routes: [
      {
        geometry: {
          type: 'LineString',
          coordinates: [
            [10.75, 59.91],
            [10.76, 59.92],
            [10.8, 59.95],
          ],
        },
        legs: [
          {
            steps: [
              {
                distance: 1200.4,
                duration: 95.1,
                name: 'Storgata',
                mode: 'driving',
                maneuver: { type: 'depart', location: [10.75, 59.91], bearing_before: 0, bearing_after: 24 },
              },
              {
                distance: 4300,
                duration: 300,
                name: 'Trondheimsveien',
                mode: 'driving',
                maneuver: { type: 'turn', modifier: 'slight right', location: [10.76, 59.92] },
              },
              {
                distance: 0,
                duration: 0,
                name: '',
                mode: 'driving',
                maneuver: { type: 'arrive', location: [10.8, 59.95] },
              },
            ],
            summary: '',
            weight: 395.1,
            duration: 395.1,
            distance: 5500.4,
          },
        ],
        weight_name: 'routability',
        weight: 395.1,
        duration: 395.1,
        distance: 5500.4,
      },
    ],
    waypoints: [{ name: 'Storgata', location: [10.75, 59.91] }],
  };

  it('responses are converted to the API’s format, with attribution', async () => {
    const { status, body } = await directions({ profile: 'bike' });
    expect(status).toBe(200);
    expect(body.geometry.coordinates).toEqual(osrm.routes[0]?.geometry.coordinates);
    expect(body.properties).toMatchObject({
      engine: 'osrm',
      quality: 'upstream',
      attribution: '© OpenStreetMap contributors (ODbL 1.0)',
      distance_m: 5500,
      duration_s: 395,
      steps: [
        { instruction: 'Start on Storgata', name: 'Storgata', leg: 0, distance_m: 1200, duration_s: 95 },
        { instruction: 'Turn slight right onto Trondheimsveien', distance_m: 4300 },
        { instruction: 'Arrive at the stop', distance_m: 0 },
      ],
    });
    const { target, userAgent } = engine.calls.at(-1) ?? {};
    expect(target?.pathname).toMatch(/^\/route\/v1\/cycling\/10\.\d+,59\.9;10\.8,59\.95$/);
    expect(Object.fromEntries(target?.searchParams ?? [])).toEqual({
      overview: 'full',
      geometries: 'geojson',
      steps: 'true',
    });
    expect(userAgent).toMatch(/^gatehouse\//);
  });

  it('are called once a minute for the same query', async () => {
    const query = toQuery();
    const before = engine.calls.length;
    await call('/api/directions', query);
    await call('/api/directions', query);
    expect(engine.calls).toHaveLength(before + 1);
    world.clock.offsetS += 61;
    await call('/api/directions', query);
    expect(engine.calls).toHaveLength(before + 2);
  });

  it.each([
    ['NoRoute', 'no_route'],
    ['NoSegment', 'no_road_near'],
  ])('%s is 422 %s', async (code, ours) => {
    engine.answer = { status: 400, json: { code, message: 'Impossible' } };
    const { status, body } = await directions();
    expect([status, body.code]).toEqual([422, ours]);
  });

  it.each([
    ['500', { status: 500, json: {} }],
    ['429', { status: 429, json: {} }],
    ['another shape', { status: 200, json: { code: 'Ok', routes: [] } }],
    ['a refusal of the query', { status: 400, json: { code: 'InvalidQuery' } }],
  ])('after %s the embedded engine is used, with a warning', async (_what, answer) => {
    engine.answer = answer;
    const { status, body } = await directions();
    expect(status).toBe(200);
    expect(body.properties).toMatchObject({ engine: 'embedded', quality: 'straight-line' });
    expect(body.properties.warnings?.[0]).toBe('The routing server did not answer.');
  });

  it('that does not respond is waited for 3 s, and after some failures not called', async () => {
    engine.answer = 'silence';
    const before = engine.calls.length;
    const answers = await Promise.all(Array.from({ length: 12 }, () => directions()));
    expect(answers.map(({ status, body }) => [status, body.properties.engine])).toEqual(
      answers.map(() => [200, 'embedded']),
    );
    expect(engine.calls.length).toBeGreaterThan(before);
    const asked = engine.calls.length;
    expect((await directions()).body.properties.engine).toBe('embedded');
    expect(engine.calls).toHaveLength(asked);
  });
});

describe('Valhalla', () => {
  beforeAll(start('valhalla'));
  afterAll(stop);

  /** As `POST /route` answers; the shape is the worked example of an encoded polyline, at six decimals. */
  const valhalla = {
    trip: {
      locations: [{ type: 'break', lat: 3.85, lon: -12.02 }],
      legs: [
        {
          maneuvers: [
            {
              type: 1,
              instruction: 'Drive north on Storgata.',
              street_names: ['Storgata'],
              time: 95.1,
              length: 1.2,
            },
            { type: 4, instruction: 'You have arrived at your destination.', time: 0, length: 0 },
          ],
          summary: { time: 95.1, length: 1.2 },
          shape: '_p~iF~ps|U_ulLnnqC_mqNvxq`@',
        },
      ],
      summary: { time: 95.1, length: 1.2 },
      status_message: 'Found route between points',
      status: 0,
      units: 'kilometers',
      language: 'en-US',
    },
  };

  it('responses are converted to the API’s format, with attribution', async () => {
    engine.answer = { status: 200, json: valhalla };
    const { status, body } = await directions({ profile: 'foot' });
    expect(status).toBe(200);
    expect(body.geometry.coordinates).toEqual([
      [-12.02, 3.85],
      [-12.095, 4.07],
      [-12.6453, 4.3252],
    ]);
    expect(body.properties).toMatchObject({
      engine: 'valhalla',
      quality: 'upstream',
      distance_m: 1200,
      duration_s: 95,
      steps: [
        { instruction: 'Drive north on Storgata.', name: 'Storgata', leg: 0, distance_m: 1200 },
        { instruction: 'You have arrived at your destination.', distance_m: 0 },
      ],
    });
    expect(engine.calls.at(-1)).toMatchObject({
      body: {
        locations: [{ lat: 59.9 }, { lat: 59.95, lon: 10.8 }],
        costing: 'pedestrian',
        units: 'kilometers',
      },
    });
  });

  it.each([
    [442, 'no_route'],
    [170, 'no_route'],
    [171, 'no_road_near'],
  ])('error_code %i is 422 %s', async (error_code, ours) => {
    engine.answer = {
      status: 400,
      json: { error_code, error: 'No', status_code: 400, status: 'Bad Request' },
    };
    const { status, body } = await directions();
    expect([status, body.code]).toEqual([422, ours]);
  });

  it('after an invalid polyline the embedded engine is used', async () => {
    const [leg] = valhalla.trip.legs;
    engine.answer = {
      status: 200,
      json: { trip: { ...valhalla.trip, legs: [{ ...leg, shape: '_p~iF~' }] } },
    };
    expect((await directions()).body.properties.engine).toBe('embedded');
  });
});

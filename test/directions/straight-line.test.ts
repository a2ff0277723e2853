import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { toBearing } from '../../src/resources/location/geometry.ts';
import { buildTimeoutMs, openGazetteer } from '../location/support/gazetteer.ts';
import { startWorld, type World } from '../support/world.ts';
import { type CallApi, createMachine } from './support/machine.ts';

let world: World;
let call: CallApi;
beforeAll(async () => {
  await openGazetteer();
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  call = await createMachine(world);
}, buildTimeoutMs);
afterAll(() => world.close());

const directions = (query: Record<string, string>) => call('/api/directions', query);

describe('GET /api/directions without road data', () => {
  it('returns the straight line between two places by name, and says so', async () => {
    const { status, body } = await directions({ origin: 'Oslo', destination: 'Bergen, Norway' });
    expect(status).toBe(200);
    expect(body).toMatchObject({ type: 'Feature', geometry: { type: 'LineString' } });
    const { properties } = body;
    expect(properties).toMatchObject({
      engine: 'embedded',
      quality: 'straight-line',
      attribution: 'GeoNames (CC BY 4.0)',
      duration_s: null,
      profile: 'car',
    });
    // 305 km in reference tables; town centres differ slightly.
    expect(properties.distance_m).toBeGreaterThan(295_000);
    expect(properties.distance_m).toBeLessThan(312_000);
    expect(properties.steps).toEqual([
      {
        instruction: 'Head west to Bergen, Vestland, Norway',
        leg: 0,
        distance_m: properties.distance_m,
        duration_s: null,
      },
    ]);
    expect(properties.waypoints.map(({ label, match_type }) => [label, match_type])).toEqual([
      ['Oslo, Norway', 'exact'],
      ['Bergen, Vestland, Norway', 'exact'],
    ]);
    expect(body.geometry.coordinates).toEqual(properties.waypoints.map(({ location }) => location));
    expect(properties.warnings).toEqual([expect.stringContaining('follows no roads')]);
  });

  it('accepts points as lon,lat, without attribution of place data', async () => {
    const { body } = await directions({ origin: '0,0', destination: '1,0', profile: 'foot' });
    // One degree of the equator of a sphere of 6,371 km.
    expect(body.properties.distance_m).toBe(111_195);
    expect(body.properties).toMatchObject({ attribution: 'none', profile: 'foot' });
    expect(body.geometry.coordinates).toEqual([
      [0, 0],
      [1, 0],
    ]);
  });

  it('passes through 23 stops in order, with one step per leg', async () => {
    const via = Array.from({ length: 23 }, (_, n) => (n === 22 ? 'Quito, Ecuador' : `-${100 - n},0`));
    const { status, body } = await directions({ origin: '-101,0', destination: '-70,0', via: via.join(';') });
    expect(status).toBe(200);
    expect(body.geometry.coordinates).toHaveLength(25);
    expect(body.properties.steps.map(({ leg }) => leg)).toEqual(Array.from({ length: 24 }, (_, n) => n));
    const sum = body.properties.steps.reduce((total, { distance_m }) => total + distance_m, 0);
    expect(Math.abs(body.properties.distance_m - sum)).toBeLessThan(24);
  });

  it('takes the shorter way across the antimeridian', async () => {
    const { body } = await directions({ origin: '179.5,0', destination: '-179.5,0' });
    expect(body.properties.distance_m).toBe(111_195);
    expect(body.properties.steps[0]?.instruction).toBe('Head east to -179.5,0');
  });

  it('includes the warning that only the town of an address was found', async () => {
    const { body } = await directions({
      origin: '1600 Amphitheatre Pkwy, Mountain View, CA',
      destination: 'Seattle',
    });
    expect(body.properties.waypoints[0]?.match_type).toBe('fallback');
    expect(body.properties.warnings?.[0]).toContain('Not used');
  });

  it('names each stop without a place of that name', async () => {
    const { status, body } = await directions({
      origin: 'qwrtzpsdfgh',
      via: 'Oslo;xkcdqqqq',
      destination: 'Bergen',
    });
    expect(status).toBe(400);
    expect(body.code).toBe('validation_failed');
    expect(body.errors.map(({ path }) => path)).toEqual(['origin', 'via[1]']);
  });

  it.each([
    ['no destination', { origin: 'Oslo' }],
    ['no origin', { destination: 'Oslo' }],
    ['a blank origin', { origin: ' ', destination: 'Oslo' }],
    ['an origin of 201 letters', { origin: 'x'.repeat(201), destination: 'Oslo' }],
    ['a latitude beyond the pole', { origin: '10,91', destination: 'Oslo' }],
    ['a point with blanks', { origin: '10, 59', destination: 'Oslo' }],
    ['24 stops on the way', { origin: 'Oslo', destination: 'Bergen', via: Array(24).fill('1,1').join(';') }],
    ['an empty stop on the way', { origin: 'Oslo', destination: 'Bergen', via: '1,1;' }],
    ['a profile that is none', { origin: 'Oslo', destination: 'Bergen', profile: 'train' }],
    ['an unknown key', { origin: 'Oslo', destination: 'Bergen', mode: 'car' }],
  ])('refuses %s', async (_fault, query) => {
    const { status, body } = await directions(query);
    expect([status, body.code]).toEqual([400, 'validation_failed']);
  });

  it('requires the scope directions', async () => {
    const other = await createMachine(world, 'geocode:location');
    const { status, body, headers } = await other('/api/directions', {
      origin: 'Oslo',
      destination: 'Bergen',
    });
    expect([status, body.code]).toEqual([403, 'insufficient_scope']);
    expect(headers.get('www-authenticate')).toContain('scope="directions"');
  });
});

it('the initial bearing of a great circle matches reference values', () => {
  // Baghdad to Osaka, a worked example of many textbooks: about 60°.
  expect(toBearing({ lat: 35, lng: 45 }, { lat: 35, lng: 135 })).toBeCloseTo(60.16, 1);
  expect(toBearing({ lat: 10, lng: 0 }, { lat: 0, lng: 0 })).toBeCloseTo(180);
});

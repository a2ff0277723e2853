import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOsm } from '../../src/resources/directions/network/read-osm.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from '../support/folder.ts';
import { startWorld, type World } from '../support/world.ts';
import { type ApiAnswer, type CallApi, createMachine } from './support/machine.ts';
import { writeOsmFile } from './support/osm-file.ts';
import { crossing, STEP, toText, toTown } from './support/town.ts';

/** Distances in the town's grid, in metres. */
const BLOCK_M = 111.195;

const file = path.join(makeFolder(), 'town.osm.pbf');
let world: World;
let call: CallApi;
beforeAll(async () => {
  const { nodes, ways } = toTown();
  await writeOsmFile(file, nodes, ways);
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false', DIRECTIONS_OSM_FILE: file });
  call = await createMachine(world);
});
afterAll(() => world.close());

type Place = ReturnType<typeof crossing>;
const route = (from: Place, to: Place, more: Record<string, string> = {}): Promise<ApiAnswer> =>
  call('/api/directions', { origin: toText(from), destination: toText(to), ...more });
const blocksOf = ({ body }: ApiAnswer): number => Math.round(body.properties.distance_m / BLOCK_M);

describe('directions over a road network', () => {
  it('start after a thread has read the file at the first query', async () => {
    const ask = async () => (await route(crossing(0, 0), crossing(0, 1))).body.properties.quality;
    await eventually(ask).toBe('network');
  });

  it('follow the roads, with duration, street names and attribution', async () => {
    const { status, body } = await route(crossing(0, 0), crossing(1, 3));
    expect(status).toBe(200);
    expect(body.properties).toMatchObject({
      engine: 'embedded',
      quality: 'network',
      attribution: '© OpenStreetMap contributors (ODbL 1.0)',
      distance_m: Math.round(4 * BLOCK_M),
      // 25 km/h
      duration_s: Math.round((4 * BLOCK_M * 3.6) / 25),
    });
    expect(body.properties).not.toHaveProperty('warnings');
    const { coordinates } = body.geometry;
    expect(coordinates[0]).toEqual([0, 0]);
    expect(coordinates.at(-1)).toEqual([3 * STEP, STEP]);
    for (const [n, [lng, lat]] of coordinates.slice(1).entries()) {
      const [lngBefore, latBefore] = coordinates[n] as [number, number];
      expect(lng === lngBefore || lat === latBefore, 'along a street').toBe(true);
    }
    const { steps } = body.properties;
    expect(steps.length).toBeGreaterThan(1);
    expect(steps[0]?.instruction).toMatch(/^Head (north|east) on (Row|Column) 0$/);
    expect(steps[1]?.instruction).toMatch(/^Turn (left|right) onto (Row|Column) \d$/);
    const sum = steps.reduce((total, { distance_m }) => total + distance_m, 0);
    expect(Math.abs(sum - body.properties.distance_m)).toBeLessThan(steps.length);
  });

  it('start and end between crossings, at the nearest point of a road', async () => {
    const { body } = await route({ lat: 0.0001, lng: 0.0005 }, { lat: -0.0001, lng: 0.0025 });
    expect(body.properties.distance_m).toBe(Math.round(2 * BLOCK_M));
    expect(body.geometry.coordinates[0]).toEqual([0.0005, 0]);
    expect(body.geometry.coordinates.at(-1)).toEqual([0.0025, 0]);
  });

  it('may lie within one segment of a street', async () => {
    const { body } = await route({ lat: 0, lng: 0.0002 }, { lat: 0, lng: 0.0007 });
    expect(body.properties.distance_m).toBe(Math.round(BLOCK_M / 2));
    expect(body.properties.steps).toHaveLength(1);
  });

  it('follow one-way streets, with both kinds of tags', async () => {
    expect(blocksOf(await route(crossing(2, 0), crossing(2, 3)))).toBe(3);
    expect(blocksOf(await route(crossing(2, 3), crossing(2, 0)))).toBe(5);
    expect(blocksOf(await route(crossing(3, 3), crossing(3, 0)))).toBe(3);
    expect(blocksOf(await route(crossing(3, 0), crossing(3, 3)))).toBe(5);
    const within = (row: number, column: number) => ({ lat: row * STEP, lng: column * STEP });
    expect(blocksOf(await route(within(2, 1.2), within(2, 1.8)))).toBe(1);
    // Around the block, because it is one-way: 0.8 and 0.2 of a block, and three blocks.
    expect((await route(within(2, 1.8), within(2, 1.2))).body.properties.distance_m).toBeGreaterThan(
      3 * BLOCK_M,
    );
  });

  it('allow pedestrians on footways and against one-way streets', async () => {
    const foot = { profile: 'foot' };
    expect(blocksOf(await route(crossing(2, 3), crossing(2, 0), foot))).toBe(3);
    const along = await route(crossing(1, 4), crossing(4, 4), foot);
    expect(blocksOf(along)).toBe(3);
    expect(along.body.properties.steps.map(({ name }) => name)).toEqual(['Column 4']);
    const byCar = await route(crossing(1, 4), crossing(4, 4));
    expect(byCar.body.properties.steps.map(({ name }) => name)).not.toContain('Column 4');
    const bike = await route(crossing(2, 3), crossing(2, 0), { profile: 'bike' });
    expect(blocksOf(bike)).toBe(5);
  });

  it('pass through stops on the way', async () => {
    const via = [crossing(4, 0), crossing(4, 3)].map(toText).join(';');
    const { body } = await route(crossing(0, 0), crossing(0, 3), { via });
    expect(Math.round(body.properties.distance_m / BLOCK_M)).toBe(11);
    expect([...new Set(body.properties.steps.map(({ leg }) => leg))]).toEqual([0, 1, 2]);
  });

  it('answer 422 no_route if a one-way road leads away and none leads back', async () => {
    const end = { lat: 0, lng: 4 * STEP + 0.008 };
    expect((await route(crossing(0, 0), end)).status).toBe(200);
    const { status, body } = await route(end, crossing(0, 0));
    expect([status, body.code]).toEqual([422, 'no_route']);
  });

  it('answer 422 no_road_near far from any road, and on roads apart from the network', async () => {
    for (const far of [
      { lat: -0.02, lng: 0 },
      { lat: 0.05, lng: 0 },
    ]) {
      const { status, body } = await route(crossing(0, 0), far);
      expect([status, body.code]).toEqual([422, 'no_road_near']);
    }
    // The motorway is a road, but not for people on foot.
    const onMotorway = { lat: -0.008, lng: 4 * STEP + 0.009 };
    expect((await route(crossing(0, 0), onMotorway)).status).toBe(200);
    expect((await route(crossing(0, 0), onMotorway, { profile: 'foot' })).body.code).toBe('no_road_near');
  });

  it('have a line of zero length from and to the same place', async () => {
    const { status, body } = await route(crossing(1, 1), crossing(1, 1));
    expect([status, body.properties.distance_m, body.properties.duration_s]).toEqual([200, 0, 0]);
    expect(body.geometry.coordinates).toHaveLength(2);
  });
});

describe('a file that is not an extract', () => {
  const write = (bytes: Uint8Array): string => {
    const broken = path.join(makeFolder(), 'broken.osm.pbf');
    writeFileSync(broken, bytes);
    return broken;
  };
  const nothing = { node: () => undefined, way: () => undefined };

  it.each([
    [
      'text',
      Buffer.from('This is no map at all, but long enough to be read as one.'),
      /too long|not valid|not a valid/,
    ],
    ['a blob header without an end', Buffer.from([0, 0, 0, 20, 1, 2]), /incomplete/],
    ['a few bytes', Buffer.from([0, 0]), /incomplete/],
  ])('%s is reported as invalid', async (_what, bytes, words) => {
    await expect(readOsm(write(bytes), nothing)).rejects.toThrow(words);
  });

  it('with an unsupported required feature is refused', async () => {
    const other = path.join(makeFolder(), 'history.osm.pbf');
    await writeOsmFile(other, [], [], ['OsmSchema-V0.6', 'HistoricalInformation']);
    await expect(readOsm(other, nothing)).rejects.toThrow('HistoricalInformation');
  });

  it('causes straight lines with a warning', async () => {
    const broken = await startWorld({ DIRECTIONS_OSM_FILE: write(Buffer.from('no map')) });
    const ask = await createMachine(broken);
    const { status, body } = await ask('/api/directions', { origin: '0,0', destination: '1,0' });
    expect(status).toBe(200);
    expect(body.properties).toMatchObject({ quality: 'straight-line', duration_s: null });
    expect(body.properties.warnings?.[0]).toBe('The road network is not available.');
    expect(broken.lines.some(({ msg }) => msg.startsWith('the road network is not available'))).toBe(true);
    await broken.close();
  });
});

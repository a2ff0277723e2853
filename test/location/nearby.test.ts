import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NamedPlace } from '../../scripts/gazetteer/sources.ts';
import { createEmbeddedEngine, type EmbeddedEngine } from '../../src/resources/location/embedded-engine.ts';
import { KINDS } from '../../src/resources/location/gazetteer-format.ts';
import type { Point } from '../../src/resources/location/places.ts';
import { type Gazetteer, parseGazetteer } from '../../src/resources/location/read-gazetteer.ts';
import { buildTimeoutMs, openGazetteer } from './support/gazetteer.ts';
import { named, toBytes } from './support/small-gazetteer.ts';

let gazetteer: Gazetteer;
let engine: EmbeddedEngine;

beforeAll(async () => {
  gazetteer = await openGazetteer();
  engine = createEmbeddedEngine(gazetteer);
}, buildTimeoutMs);

const nearby = (lat: number, lng: number, limit = 5) => engine.nearby({ lat, lng, limit }).places;

/** Great circle in metres by the spherical law of cosines on unit vectors, which the engine does not use. */
function plainDistanceM(a: Point, b: Point): number {
  const toVector = ({ lat, lng }: Point) => {
    const [phi, lambda] = [(lat * Math.PI) / 180, (lng * Math.PI) / 180];
    return [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)] as const;
  };
  const [[ax, ay, az], [bx, by, bz]] = [toVector(a), toVector(b)];
  const cross = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx);
  return 6_371_000 * Math.atan2(cross, ax * bx + ay * by + az * bz);
}

/** The distance of every place, without an index. */
function plainNearest(point: Point, limit: number): number[] {
  const { lat, lng, kind } = gazetteer.column;
  const distances: number[] = [];
  for (let record = 0; record < kind.length; record++) {
    const layer = KINDS[kind[record] ?? 0];
    if (layer === 'country' || layer === 'region') continue;
    const place = { lat: (lat[record] ?? 0) / 1e5, lng: (lng[record] ?? 0) / 1e5 };
    if (Math.abs(place.lat - point.lat) > 0.46) continue;
    const distance = plainDistanceM(point, place);
    if (distance <= 50_000) distances.push(distance);
  }
  return distances.toSorted((a, b) => a - b).slice(0, limit);
}

/** The names of the places around a point of a small gazetteer. */
function namesIn(places: readonly NamedPlace[]) {
  const bytes = Uint8Array.from(toBytes(places, []));
  const small = createEmbeddedEngine(parseGazetteer(bytes, 'small'));
  return (lat: number, lng: number) => small.nearby({ lat, lng, limit: 5 }).places.map(({ name }) => name);
}

describe('places around a point', () => {
  it('are the nearest, in order, with their distance', () => {
    const [first] = nearby(47.674, -122.1215);
    expect(first).toMatchObject({ label: 'Redmond, Washington, United States', population: 60598 });
    expect(first?.distanceM).toBeLessThan(20);
    expect(nearby(0, 0)).toEqual([]);
  });

  it('match a search without an index', () => {
    // Around places, where there are results, and around random points.
    const around = fc
      .tuple(
        fc.nat({ max: gazetteer.column.kind.length - 1 }),
        fc.double({ min: -0.5, max: 0.5, noNaN: true }),
      )
      .map(([record, off]) => ({
        lat: Math.max(-90, Math.min(90, (gazetteer.column.lat[record] ?? 0) / 1e5 + off)),
        lng: Math.max(-180, Math.min(180, (gazetteer.column.lng[record] ?? 0) / 1e5 - off)),
      }));
    const anywhere = fc.record({
      lat: fc.double({ min: -90, max: 90, noNaN: true }),
      lng: fc.double({ min: -180, max: 180, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.oneof(around, anywhere), fc.integer({ min: 1, max: 20 }), (point, limit) => {
        const found = nearby(point.lat, point.lng, limit).map(({ distanceM }) => distanceM);
        const expected = plainNearest(point, limit);
        expect(found.length).toBe(expected.length);
        for (const [n, distanceM] of found.entries()) {
          expect(Math.abs(distanceM - (expected[n] ?? 0))).toBeLessThanOrEqual(1);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('include places across the antimeridian', () => {
    const names = namesIn([named('West', 'FJ', -16.8, 179.92), named('East', 'FJ', -16.8, -179.9)]);
    expect(names(-16.8, 179.99)).toEqual(['West', 'East']);
    expect(names(-16.8, -179.99)).toEqual(['East', 'West']);
    expect(names(-16.8, 180)).toEqual(names(-16.8, -180));
  });

  it('are at most 50 km away, at the poles too', () => {
    const names = namesIn([
      named('Near Pole', 'NO', 89.6, 10),
      named('Beyond Pole', 'NO', 89.7, -170),
      named('Far', 'NO', 89.5, 100),
      named('South', 'AQ', -89.99, 0),
    ]);
    expect(names(90, 0)).toEqual(['Beyond Pole', 'Near Pole']);
    expect(names(90, 123.4)).toEqual(['Beyond Pole', 'Near Pole']);
    expect(names(-90, -77)).toEqual(['South']);
    expect(names(0, 0)).toEqual([]);
  });

  it('are named in the requested language', () => {
    const { places } = engine.nearby({ lat: 48.137, lng: 11.575, limit: 20, language: 'de' });
    expect(places.map(({ label }) => label)).toContain('München, Bayern, Deutschland');
  });
});

import { z } from 'zod';
import { GatewayError } from '../../../errors.ts';
import type { Point } from '../../location/places.ts';
import { EngineUnavailable, type UpstreamEngine } from '../../upstream-engine.ts';
import type { FindRoute, Profile } from '../directions.ts';

/** As Valhalla answers: https://valhalla.github.io/valhalla/api/turn-by-turn/api-reference/ */
const success = z.object({
  trip: z.object({
    summary: z.object({ length: z.number(), time: z.number() }),
    legs: z.array(
      z.object({
        shape: z.string(),
        maneuvers: z.array(
          z.object({
            instruction: z.string(),
            street_names: z.array(z.string()).optional(),
            length: z.number(),
            time: z.number(),
          }),
        ),
      }),
    ),
  }),
});
const failure = z.object({ error_code: z.number() });

const COSTINGS: Readonly<Record<Profile, string>> = { car: 'auto', bike: 'bicycle', foot: 'pedestrian' };
/** Unconnected regions, no suitable edge near, no path. */
const FAULTS: Readonly<Record<number, 'no_route' | 'no_road_near'>> = {
  170: 'no_route',
  171: 'no_road_near',
  442: 'no_route',
};
const METRES_PER_KM = 1000;

/** Directions by a Valhalla server. */
export const createValhalla =
  (upstream: UpstreamEngine): FindRoute =>
  async ({ stops, profile }) => {
    const { body } = await upstream.ask('/route', {
      locations: stops.map(({ lat, lng }) => ({ lat, lon: lng })),
      costing: COSTINGS[profile],
      units: 'kilometers',
    });
    const found = success.safeParse(body);
    if (!found.success) {
      const fault = FAULTS[failure.safeParse(body).data?.error_code ?? 0];
      throw fault ? new GatewayError(fault) : new EngineUnavailable('an unexpected response');
    }
    const { summary, legs } = found.data.trip;
    return {
      engine: 'valhalla',
      quality: 'upstream',
      attribution: '© OpenStreetMap contributors (ODbL 1.0)',
      // A leg starts at the end of the previous one.
      points: legs.flatMap(({ shape }, leg) => decodeShape(shape).slice(leg === 0 ? 0 : 1)),
      distanceM: summary.length * METRES_PER_KM,
      durationS: summary.time,
      steps: legs.flatMap(({ maneuvers }, leg) =>
        maneuvers.map(({ instruction, street_names: [name] = [], length, time }) => ({
          instruction,
          name,
          leg,
          distanceM: length * METRES_PER_KM,
          durationS: time,
        })),
      ),
      warnings: [],
    };
  };

const PRECISION = 1e6;

/** An encoded polyline of six decimals: https://valhalla.github.io/valhalla/decoding/ */
function decodeShape(shape: string): Point[] {
  const points: Point[] = [];
  let at = 0;
  const next = (): number => {
    let [value, shift, chunk] = [0, 0, 0];
    do {
      chunk = shape.charCodeAt(at++) - 63;
      // Beyond the end, the chunk is not a number.
      if (!(chunk >= 0) || shift > 30) throw new EngineUnavailable('a shape that is no polyline');
      value |= (chunk & 0x1f) << shift;
      shift += 5;
    } while (chunk >= 0x20);
    return value & 1 ? ~(value >> 1) : value >> 1;
  };
  let [lat, lng] = [0, 0];
  while (at < shape.length) {
    lat += next();
    lng += next();
    points.push({ lat: lat / PRECISION, lng: lng / PRECISION });
  }
  return points;
}

import { z } from 'zod';
import { GatewayError } from '../../../errors.ts';
import { EngineUnavailable, type UpstreamEngine } from '../../upstream-engine.ts';
import type { FindRoute, Profile } from '../directions.ts';

/** As OSRM answers: https://project-osrm.org/docs/v5.24.0/api/#route-service */
const success = z.object({
  code: z.literal('Ok'),
  routes: z.tuple(
    [
      z.object({
        distance: z.number(),
        duration: z.number(),
        geometry: z.object({ coordinates: z.array(z.tuple([z.number(), z.number()])) }),
        legs: z.array(
          z.object({
            steps: z.array(
              z.object({
                distance: z.number(),
                duration: z.number(),
                name: z.string(),
                maneuver: z.object({ type: z.string(), modifier: z.string().optional() }),
              }),
            ),
          }),
        ),
      }),
    ],
    z.unknown(),
  ),
});
type OsrmStep = z.output<typeof success>['routes'][0]['legs'][number]['steps'][number];

const failure = z.object({ code: z.string() });
const ROUTES: Readonly<Record<Profile, string>> = { car: 'driving', bike: 'cycling', foot: 'walking' };
const FAULTS: Readonly<Record<string, 'no_route' | 'no_road_near'>> = {
  NoRoute: 'no_route',
  NoSegment: 'no_road_near',
};

/** Directions by an OSRM server. A server has the roads of one profile and ignores the requested one. */
export const createOsrm =
  (upstream: UpstreamEngine): FindRoute =>
  async ({ stops, profile }) => {
    const points = stops.map(({ lat, lng }) => `${lng},${lat}`).join(';');
    const { body } = await upstream.ask(
      `/route/v1/${ROUTES[profile]}/${points}?overview=full&geometries=geojson&steps=true`,
    );
    const found = success.safeParse(body);
    if (!found.success) {
      const fault = FAULTS[failure.safeParse(body).data?.code ?? ''];
      throw fault ? new GatewayError(fault) : new EngineUnavailable('an unexpected response');
    }
    const [route] = found.data.routes;
    return {
      engine: 'osrm',
      quality: 'upstream',
      attribution: '© OpenStreetMap contributors (ODbL 1.0)',
      points: route.geometry.coordinates.map(([lng, lat]) => ({ lat, lng })),
      distanceM: route.distance,
      durationS: route.duration,
      steps: route.legs.flatMap(({ steps }, leg) =>
        steps.map((step) => ({
          instruction: toInstruction(step),
          name: step.name || undefined,
          leg,
          distanceM: step.distance,
          durationS: step.duration,
        })),
      ),
      warnings: [],
    };
  };

/** OSRM returns no texts for instructions. */
function toInstruction({ name, maneuver: { type, modifier = '' } }: OsrmStep): string {
  const onto = name && ` onto ${name}`;
  if (type === 'depart') return `Start${name && ` on ${name}`}`;
  if (type === 'arrive') return 'Arrive at the stop';
  if (type === 'roundabout' || type === 'rotary') return `Take the roundabout${onto}`;
  if (modifier === 'uturn') return `Turn around${onto}`;
  if (modifier === 'straight' || modifier === '' || type === 'new name') return `Continue${onto}`;
  return `${type === 'fork' ? 'Keep' : 'Turn'} ${modifier}${onto}`;
}

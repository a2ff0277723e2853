import type { FoundRoute, RouteQuery } from '../directions.ts';
import { createFindWay } from './find-way.ts';
import { findRoadNear, type RoadGraph } from './road-graph.ts';
import { toSteps } from './to-steps.ts';

/** Maximum distance from a stop to a road: the centre of a place can be in a park or a pedestrian area. */
const NEAR_M = 1000;

/** Why there is no route. `stop`: the number of the stop without a near road. */
export type NoRoute =
  | { readonly fault: 'no_road_near'; readonly stop: number }
  | { readonly fault: 'no_route' };

/** Whether there is no route for the query. */
export const isNoRoute = (result: FoundRoute | NoRoute): result is NoRoute => 'fault' in result;

/** Finds routes over a road network. Searches that last until `isLate` throw `SearchTimeout`. */
export function createFindNetworkRoute(graph: RoadGraph, isLate?: () => boolean) {
  const findWay = createFindWay(graph, isLate);
  return ({ stops, profile }: RouteQuery): FoundRoute | NoRoute => {
    const onRoads = stops.map((stop) => findRoadNear(graph, profile, stop, NEAR_M));
    const far = onRoads.indexOf(undefined);
    if (far !== -1) return { fault: 'no_road_near', stop: far };
    const roadPoints = onRoads.filter((point) => point !== undefined);
    const [first] = roadPoints;
    if (!first) return { fault: 'no_route' };
    const points = [{ lat: first.lat, lng: first.lng }];
    const route = { distanceM: 0, durationS: 0 };
    const steps = [];
    for (const [leg, to] of roadPoints.slice(1).entries()) {
      const from = roadPoints[leg] ?? first;
      const stretches = findWay(profile, from, to);
      if (!stretches) return { fault: 'no_route' };
      for (const { to: point, metres, seconds } of stretches) {
        points.push({ lat: point.lat, lng: point.lng });
        route.distanceM += metres;
        route.durationS += seconds;
      }
      steps.push(...toSteps(from, stretches, leg));
    }
    // A LineString has at least two positions (RFC 7946 §3.1.4).
    if (points.length === 1) points.push({ lat: first.lat, lng: first.lng });
    return {
      engine: 'embedded',
      quality: 'network',
      attribution: '© OpenStreetMap contributors (ODbL 1.0)',
      points,
      ...route,
      steps,
      warnings: [],
    };
  };
}

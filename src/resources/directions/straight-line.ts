import { kmBetween, toBearing } from '../location/geometry.ts';
import { type FindRoute, type Stop, toWind } from './directions.ts';

/** The great circle from stop to stop, with one step per leg and no duration. It needs no data, so it never fails. */
export const findStraightLine: FindRoute = async ({ stops }) => {
  const steps = stops.slice(1).map((to, leg) => toStep(stops[leg] as Stop, to, leg));
  return {
    engine: 'embedded',
    quality: 'straight-line',
    points: stops,
    distanceM: steps.reduce((sum, { distanceM }) => sum + distanceM, 0),
    durationS: undefined,
    steps,
    warnings: ['This is the straight line between the stops. It follows no roads.'],
  };
};

function toStep(from: Stop, to: Stop, leg: number) {
  const distanceM = kmBetween(from, to) * 1000;
  return {
    instruction: `Head ${toWind(toBearing(from, to))} to ${to.label}`,
    leg,
    distanceM,
    durationS: undefined,
  };
}

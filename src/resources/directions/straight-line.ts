import { kmBetween } from '../location/geometry.ts';
import type { Point } from '../location/places.ts';
import type { FindRoute, Stop } from './directions.ts';

const WINDS = ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'];

/** Along the great circle from stop to stop, with one step a leg and no duration. It needs no data, so it never fails. */
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
  const wind = WINDS[Math.round(toBearing(from, to) / 45) % 8] ?? '';
  return { instruction: `Head ${wind} to ${to.label}`, leg, distanceM, durationS: undefined };
}

/** The initial bearing of the great circle, in degrees from 0 to 360, clockwise from north. */
export function toBearing(from: Point, to: Point): number {
  const [fromLat, toLat, turn] = [from.lat, to.lat, to.lng - from.lng].map(toRadians) as [
    number,
    number,
    number,
  ];
  const east = Math.sin(turn) * Math.cos(toLat);
  const north = Math.cos(fromLat) * Math.sin(toLat) - Math.sin(fromLat) * Math.cos(toLat) * Math.cos(turn);
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

const toRadians = (degrees: number): number => (degrees * Math.PI) / 180;

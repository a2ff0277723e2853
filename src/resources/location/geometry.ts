import { distance } from 'geokdbush';
import type { Box, Point } from './places.ts';
import type { Gazetteer } from './read-gazetteer.ts';

/** The position of a record, in degrees. */
export function toPoint({ column }: Gazetteer, record: number): Point {
  return { lat: (column.lat[record] as number) / 1e5, lng: (column.lng[record] as number) / 1e5 };
}

/** The great-circle distance on a sphere with a radius of 6,371 km. */
export const kmBetween = (a: Point, b: Point): number => distance(a.lng, a.lat, b.lng, b.lat);

/** Whether the distance of two points is less than `km`; the latitudes alone exclude most pairs. */
export const areWithinKm = (a: Point, b: Point, km: number): boolean =>
  Math.abs(a.lat - b.lat) * KM_PER_DEGREE < km && kmBetween(a, b) < km;

/** Slightly less than the real value, to allow for rounding. */
const KM_PER_DEGREE = 111;

export function isWithin(box: Box, { lat, lng }: Point): boolean {
  if (lat < box.minLat || lat > box.maxLat) return false;
  return box.minLng <= box.maxLng
    ? lng >= box.minLng && lng <= box.maxLng
    : lng >= box.minLng || lng <= box.maxLng;
}

/** Rounds to five decimals, about a metre. */
export const roundDegrees = (degrees: number): number => Math.round(degrees * 1e5) / 1e5;

/** A position of GeoJSON: `[longitude, latitude]` (RFC 7946 §3.1.1). */
export const toPosition = ({ lat, lng }: Point): [lng: number, lat: number] => [
  roundDegrees(lng),
  roundDegrees(lat),
];

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

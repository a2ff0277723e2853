import type Flatbush from 'flatbush';
import type { Point } from '../../location/places.ts';
import { PROFILES, type Profile } from '../directions.ts';

/** Coordinates are stored in ten-millionths of a degree, about a centimetre. */
export const DEGREE = 1e7;
const SPEEDS_PER_WAY = 2 * PROFILES.length;
const MAX_CANDIDATES = 64;

/**
 * A road network in typed arrays. A vertex is a point on a road; a segment joins two neighbours on a way, and is known by
 * its number.
 */
export interface RoadGraph {
  /** By vertex. */
  readonly lat: Int32Array;
  readonly lng: Int32Array;
  /** Bits by profile: whether the vertex belongs to the largest part of that profile's network. */
  readonly component: Uint8Array;
  /** The segments at vertex n are `segmentsAt` from `firstAt[n]` to `firstAt[n + 1]`. */
  readonly firstAt: Uint32Array;
  readonly segmentsAt: Uint32Array;
  /** By segment: its ends in the direction of the way, the way, and the length. */
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly way: Uint32Array;
  readonly metres: Float32Array;
  /** By way and profile: km/h forward, then backward; 0: not that way. */
  readonly speeds: Uint8Array;
  /** By way, into `names`; 0: it has none. */
  readonly nameOf: Uint32Array;
  readonly names: readonly string[];
  /** Undefined: there are no roads. */
  readonly index: Flatbush | undefined;
}

/** The position of a vertex, in degrees. */
export const toPoint = ({ lat, lng }: Pick<RoadGraph, 'lat' | 'lng'>, vertex: number): Point => ({
  lat: (lat[vertex] as number) / DEGREE,
  lng: (lng[vertex] as number) / DEGREE,
});

/** km/h along a segment; 0: not that way. */
export function toSpeed(
  { speeds, way }: Pick<RoadGraph, 'speeds' | 'way'>,
  segment: number,
  profile: Profile,
  isForward: boolean,
): number {
  const at = (way[segment] as number) * SPEEDS_PER_WAY + 2 * PROFILES.indexOf(profile) + (isForward ? 0 : 1);
  return speeds[at] as number;
}

/** The point in the Mercator projection, in which a small area keeps its shape, in units of `DEGREE`. */
export function toFlat({ lat, lng }: Point): { x: number; y: number } {
  // The projection ends before the poles.
  const phi = (Math.max(-85, Math.min(85, lat)) * Math.PI) / 180;
  const y = (Math.asinh(Math.tan(phi)) * 180) / Math.PI;
  return { x: Math.round(lng * DEGREE), y: Math.round(y * DEGREE) };
}

/** A point on a segment. */
export interface RoadPoint extends Point {
  readonly segment: number;
  /** The position along the segment, from 0 to 1. */
  readonly share: number;
}

const METRES_PER_DEGREE = 111_195;

/** The nearest point, at most so many metres away, of the roads that a profile may use. */
export function findRoadNear(
  graph: RoadGraph,
  profile: Profile,
  point: Point,
  maxMetres: number,
): RoadPoint | undefined {
  const bit = 1 << PROFILES.indexOf(profile);
  const isUsable = (segment: number): boolean =>
    ((graph.component[graph.from[segment] as number] as number) & bit) !== 0 &&
    toSpeed(graph, segment, profile, true) + toSpeed(graph, segment, profile, false) > 0;
  const { x, y } = toFlat(point);
  const scale = Math.cos((Math.min(85, Math.abs(point.lat)) * Math.PI) / 180);
  const toUnits = DEGREE / (METRES_PER_DEGREE * scale);
  // A box can be nearer than its content, so several candidates are compared.
  const near = graph.index?.neighbors(x, y, MAX_CANDIDATES, maxMetres * toUnits, isUsable) ?? [];
  let best: RoadPoint | undefined;
  let least = maxMetres * toUnits;
  for (const segment of near) {
    const a = toFlat(toPoint(graph, graph.from[segment] as number));
    const b = toFlat(toPoint(graph, graph.to[segment] as number));
    const length = (b.x - a.x) ** 2 + (b.y - a.y) ** 2;
    const along = length === 0 ? 0 : ((x - a.x) * (b.x - a.x) + (y - a.y) * (b.y - a.y)) / length;
    const share = Math.max(0, Math.min(1, along));
    const units = Math.hypot(a.x + share * (b.x - a.x) - x, a.y + share * (b.y - a.y) - y);
    if (units > least) continue;
    least = units;
    best = { ...toPointBetween(graph, segment, share), segment, share };
  }
  return best;
}

function toPointBetween(graph: RoadGraph, segment: number, share: number): Point {
  const a = toPoint(graph, graph.from[segment] as number);
  const b = toPoint(graph, graph.to[segment] as number);
  return { lat: a.lat + share * (b.lat - a.lat), lng: a.lng + share * (b.lng - a.lng) };
}

import FlatQueue from 'flatqueue';
import { kmBetween } from '../../location/geometry.ts';
import type { Point } from '../../location/places.ts';
import type { Profile } from '../directions.ts';
import { type RoadGraph, type RoadPoint, toPoint, toSpeed } from './road-graph.ts';
import { FASTEST } from './road-rules.ts';

/** A part of a route from point to point. */
export interface Stretch {
  readonly to: Point;
  readonly name: string;
  readonly metres: number;
  readonly seconds: number;
}

const NONE = 0xffff_ffff;
const CHECK_EVERY = 4096;

/** A search exceeded its time limit. */
export class SearchTimeout extends Error {
  override readonly name = 'SearchTimeout';
}

/**
 * The fastest route between two points on roads, by A*, without costs or restrictions of turns. Undefined: there is none.
 * `findWay` reuses its arrays, so one call must end before the next starts.
 * @throws SearchTimeout when `isLate` returns true
 */
export function createFindWay(graph: RoadGraph, isLate: () => boolean = () => false) {
  const vertices = graph.lat.length;
  const seconds = new Float64Array(vertices);
  const cameBy = new Uint32Array(vertices);
  const queue = new FlatQueue();

  return function findWay(profile: Profile, from: RoadPoint, to: RoadPoint): Stretch[] | undefined {
    /** Seconds along a part of a segment; infinite against a one-way street. */
    const toSeconds = (segment: number, isForward: boolean, share = 1): number => {
      if (share === 0) return 0;
      const speed = toSpeed(graph, segment, profile, isForward);
      return speed === 0
        ? Number.POSITIVE_INFINITY
        : (3.6 * share * (graph.metres[segment] as number)) / speed;
    };
    const toLeast = (vertex: number): number =>
      (3600 * kmBetween(toPoint(graph, vertex), to)) / FASTEST[profile];
    const reach = (vertex: number, cost: number, segment: number): void => {
      if (cost >= (seconds[vertex] as number)) return;
      seconds[vertex] = cost;
      cameBy[vertex] = segment;
      queue.push(vertex, cost + toLeast(vertex));
    };

    const direct = toDirectSeconds(from, to, toSeconds);
    let best = direct;
    let end = NONE;
    const [endFrom, endTo] = [graph.from[to.segment] as number, graph.to[to.segment] as number];
    const arrive = (vertex: number, cost: number): void => {
      if (cost >= best) return;
      best = cost;
      end = vertex;
    };
    seconds.fill(Number.POSITIVE_INFINITY);
    queue.clear();
    reach(graph.to[from.segment] as number, toSeconds(from.segment, true, 1 - from.share), NONE);
    reach(graph.from[from.segment] as number, toSeconds(from.segment, false, from.share), NONE);
    for (let settled = 1; (queue.peekValue() ?? Number.POSITIVE_INFINITY) < best; settled++) {
      if (settled % CHECK_EVERY === 0 && isLate())
        throw new SearchTimeout('the search for the route takes too long');
      const estimate = queue.peekValue() as number;
      const vertex = queue.pop() as number;
      const cost = seconds[vertex] as number;
      // Reached again since then, by a faster route.
      if (estimate > cost + toLeast(vertex) + 1e-6) continue;
      if (vertex === endFrom) arrive(vertex, cost + toSeconds(to.segment, true, to.share));
      if (vertex === endTo) arrive(vertex, cost + toSeconds(to.segment, false, 1 - to.share));
      for (let at = graph.firstAt[vertex] as number; at < (graph.firstAt[vertex + 1] as number); at++) {
        const segment = graph.segmentsAt[at] as number;
        const isForward = graph.from[segment] === vertex;
        const next = (isForward ? graph.to[segment] : graph.from[segment]) as number;
        reach(next, cost + toSeconds(segment, isForward), segment);
      }
    }
    if (best === Number.POSITIVE_INFINITY) return undefined;
    return end === NONE
      ? [toPart(from.segment, Math.abs(to.share - from.share), direct, to)]
      : toStretches(from, to, end, toSeconds);
  };

  function toPart(segment: number, share: number, cost: number, to: Point): Stretch {
    const name = graph.names[graph.nameOf[graph.way[segment] as number] as number] ?? '';
    return { to, name, metres: share * (graph.metres[segment] as number), seconds: cost };
  }

  /** The stretches of a search that ended at a vertex, from its start. */
  function toStretches(
    from: RoadPoint,
    to: RoadPoint,
    end: number,
    toSeconds: (segment: number, isForward: boolean, share?: number) => number,
  ): Stretch[] {
    const endsForward = end === graph.from[to.segment];
    const lastShare = endsForward ? to.share : 1 - to.share;
    const back: Stretch[] = [
      toPart(to.segment, lastShare, toSeconds(to.segment, endsForward, lastShare), to),
    ];
    let vertex = end;
    while (cameBy[vertex] !== NONE) {
      const segment = cameBy[vertex] as number;
      const isForward = graph.to[segment] === vertex;
      back.push(toPart(segment, 1, toSeconds(segment, isForward), toPoint(graph, vertex)));
      vertex = (isForward ? graph.from[segment] : graph.to[segment]) as number;
    }
    const startsForward = vertex === graph.to[from.segment];
    const firstShare = startsForward ? 1 - from.share : from.share;
    const first = toSeconds(from.segment, startsForward, firstShare);
    back.push(toPart(from.segment, firstShare, first, toPoint(graph, vertex)));
    return back.toReversed().filter(({ metres }) => metres > 0);
  }
}

/** Between two points of one segment; infinite where they are on different ones, or against a one-way street. */
function toDirectSeconds(
  from: RoadPoint,
  to: RoadPoint,
  toSeconds: (segment: number, isForward: boolean, share: number) => number,
): number {
  if (from.segment !== to.segment) return Number.POSITIVE_INFINITY;
  const share = to.share - from.share;
  return share === 0 ? 0 : toSeconds(from.segment, share > 0, Math.abs(share));
}

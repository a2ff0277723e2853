import Flatbush from 'flatbush';
import { kmBetween } from '../../location/geometry.ts';
import { PROFILES } from '../directions.ts';
import { Growing } from './growing.ts';
import { readOsm } from './read-osm.ts';
import { DEGREE, type RoadGraph, toFlat, toPoint, toSpeed } from './road-graph.ts';
import { toRoadUses } from './road-rules.ts';

/** The coordinate of a node that ways reference but the file does not contain. */
const MISSING = -(2 ** 31);
const MAX_SPEED = 255;

interface Ways {
  /** The node ids of all ways, and the start of each way's ids. */
  readonly refs: Float64Array;
  readonly starts: Uint32Array;
  readonly speeds: Uint8Array;
  readonly nameOf: Uint32Array;
  readonly names: readonly string[];
}

/**
 * Reads the roads of an OpenStreetMap extract: first its ways, then the positions of their nodes. Memory depends on the
 * roads only, about 140 bytes per point.
 * @throws OsmFileError if the file cannot be read
 */
export async function buildGraph(file: string): Promise<RoadGraph> {
  const ways = await readWays(file);
  const ids = toDistinct(ways.refs);
  const { lat, lng } = await readPoints(file, ids);
  const segments = toSegments(ways, ids, { lat, lng });
  const graph = { ...ways, lat, lng, ...segments, ...toAdjacency(segments, lat.length) };
  return { ...graph, component: toComponents(graph), index: toIndex(graph) };
}

async function readWays(file: string): Promise<Ways> {
  const refs = new Growing((length) => new Float64Array(length));
  const starts = new Growing((length) => new Uint32Array(length));
  const speeds = new Growing((length) => new Uint8Array(length));
  const nameOf = new Growing((length) => new Uint32Array(length));
  const numbers = new Map<string, number>([['', 0]]);
  await readOsm(file, {
    way: ({ tags, refs: nodes }) => {
      const uses = toRoadUses(tags);
      if (!uses || nodes.length < 2) return;
      const name = tags.get('name') ?? tags.get('ref') ?? '';
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      nameOf.push(number);
      starts.push(refs.length);
      nodes.forEach((id) => refs.push(id));
      for (const profile of PROFILES)
        for (const speed of [uses[profile].forward, uses[profile].backward])
          speeds.push(Math.min(MAX_SPEED, Math.ceil(speed)));
    },
  });
  starts.push(refs.length);
  return {
    refs: refs.items(),
    starts: starts.items(),
    speeds: speeds.items(),
    nameOf: nameOf.items(),
    names: [...numbers.keys()],
  };
}

/** The ids, sorted and without duplicates. */
function toDistinct(ids: Float64Array): Float64Array {
  const sorted = ids.toSorted();
  let count = 0;
  for (const id of sorted) if (count === 0 || id !== sorted[count - 1]) sorted[count++] = id;
  return sorted.slice(0, count);
}

/** The index of an id in a sorted list; -1: none. */
function find(ids: Float64Array, id: number): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    const found = ids[middle] as number;
    if (found === id) return middle;
    if (found < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

async function readPoints(file: string, ids: Float64Array): Promise<Pick<RoadGraph, 'lat' | 'lng'>> {
  const lat = new Int32Array(ids.length).fill(MISSING);
  const lng = new Int32Array(ids.length).fill(MISSING);
  await readOsm(file, {
    node: (id, latDegrees, lngDegrees) => {
      const vertex = find(ids, id);
      if (vertex === -1) return;
      lat[vertex] = Math.round(latDegrees * DEGREE);
      lng[vertex] = Math.round(lngDegrees * DEGREE);
    },
  });
  return { lat, lng };
}

type Segments = Pick<RoadGraph, 'from' | 'to' | 'way' | 'metres'>;

/** The segments of the ways between nodes; parts with missing nodes are omitted. */
function toSegments(ways: Ways, ids: Float64Array, points: Pick<RoadGraph, 'lat' | 'lng'>): Segments {
  const { refs, starts } = ways;
  const most = refs.length - (starts.length - 1);
  const from = new Uint32Array(most);
  const to = new Uint32Array(most);
  const way = new Uint32Array(most);
  const metres = new Float32Array(most);
  let count = 0;
  for (let number = 0; number < starts.length - 1; number++) {
    let before = -1;
    for (let at = starts[number] as number; at < (starts[number + 1] as number); at++) {
      const found = find(ids, refs[at] as number);
      const vertex = points.lat[found] === MISSING ? -1 : found;
      if (before !== -1 && vertex !== -1 && vertex !== before) {
        from[count] = before;
        to[count] = vertex;
        way[count] = number;
        metres[count++] = 1000 * kmBetween(toPoint(points, before), toPoint(points, vertex));
      }
      before = vertex;
    }
  }
  return {
    from: from.slice(0, count),
    to: to.slice(0, count),
    way: way.slice(0, count),
    metres: metres.slice(0, count),
  };
}

/** The segments at each vertex. */
function toAdjacency({ from, to }: Segments, vertices: number): Pick<RoadGraph, 'firstAt' | 'segmentsAt'> {
  const firstAt = new Uint32Array(vertices + 1);
  for (const ends of [from, to])
    for (const vertex of ends) firstAt[vertex + 1] = (firstAt[vertex + 1] as number) + 1;
  for (let vertex = 0; vertex < vertices; vertex++)
    firstAt[vertex + 1] = (firstAt[vertex + 1] as number) + (firstAt[vertex] as number);
  const next = firstAt.slice();
  const segmentsAt = new Uint32Array(2 * from.length);
  for (let segment = 0; segment < from.length; segment++) {
    for (const vertex of [from[segment] as number, to[segment] as number]) {
      const at = next[vertex] as number;
      segmentsAt[at] = segment;
      next[vertex] = at + 1;
    }
  }
  return { firstAt, segmentsAt };
}

/** For each vertex, as bits by profile, whether it belongs to the largest connected part of the network. */
function toComponents(graph: Omit<RoadGraph, 'component' | 'index'>): Uint8Array {
  const vertices = graph.lat.length;
  const component = new Uint8Array(vertices);
  for (const [number, profile] of PROFILES.entries()) {
    const root = Uint32Array.from({ length: vertices }, (_, vertex) => vertex);
    const findRoot = (start: number): number => {
      let vertex = start;
      while (root[vertex] !== vertex) {
        const above = root[root[vertex] as number] as number;
        root[vertex] = above;
        vertex = above;
      }
      return vertex;
    };
    for (let segment = 0; segment < graph.from.length; segment++) {
      if (toSpeed(graph, segment, profile, true) + toSpeed(graph, segment, profile, false) === 0) continue;
      root[findRoot(graph.from[segment] as number)] = findRoot(graph.to[segment] as number);
    }
    const sizes = new Uint32Array(vertices);
    let largest = 0;
    for (let vertex = 0; vertex < vertices; vertex++) {
      const top = findRoot(vertex);
      sizes[top] = (sizes[top] as number) + 1;
      if (sizes[top] > (sizes[largest] as number)) largest = top;
    }
    for (let vertex = 0; vertex < vertices; vertex++)
      if (findRoot(vertex) === largest) component[vertex] = (component[vertex] as number) | (1 << number);
  }
  return component;
}

/** A spatial index of the segments; undefined without segments. */
function toIndex(graph: Omit<RoadGraph, 'component' | 'index'>): Flatbush | undefined {
  if (graph.from.length === 0) return undefined;
  const index = new Flatbush(graph.from.length, 16, Int32Array);
  for (let segment = 0; segment < graph.from.length; segment++) {
    const a = toFlat(toPoint(graph, graph.from[segment] as number));
    const b = toFlat(toPoint(graph, graph.to[segment] as number));
    index.add(Math.min(a.x, b.x), Math.min(a.y, b.y), Math.max(a.x, b.x), Math.max(a.y, b.y));
  }
  index.finish();
  return index;
}

import type { OsmNode, OsmWay } from './osm-file.ts';

const HOUSES_PER_CROSSING = 7;
const STEP = 0.001;

/**
 * A country on the equator, the same in each run: streets in a grid of `crossings` × `crossings`, and houses between them,
 * which are most of the file.
 */
export function toCountry(crossings = 1200): { nodes: Iterable<OsmNode>; ways: Iterable<OsmWay> } {
  return { nodes: toNodes(crossings), ways: toWays(crossings) };
}

/** The linear congruential generator of Numerical Recipes. */
function createRandom(): () => number {
  let value = 1;
  return () => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return value / 2 ** 32;
  };
}

function* toNodes(crossings: number): Generator<OsmNode> {
  const random = createRandom();
  let id = 0;
  for (let row = 0; row < crossings; row++)
    for (let column = 0; column < crossings; column++) {
      const [lat, lng] = [row * STEP, column * STEP];
      yield { id: id++, lat: lat + random() * STEP * 0.3, lng: lng + random() * STEP * 0.3 };
      for (let house = 0; house < HOUSES_PER_CROSSING; house++)
        yield { id: id++, lat: lat + random() * STEP, lng: lng + random() * STEP };
    }
}

function* toWays(crossings: number): Generator<OsmWay> {
  const idOf = (row: number, column: number): number =>
    (row * crossings + column) * (HOUSES_PER_CROSSING + 1);
  const numbers = [...Array(crossings).keys()];
  for (const n of numbers) {
    yield {
      id: n,
      refs: numbers.map((column) => idOf(n, column)),
      tags: { highway: 'residential', name: `Row ${n}` },
    };
    const refs = numbers.map((row) => idOf(row, n));
    yield { id: crossings + n, refs, tags: { highway: 'tertiary', name: `Column ${n}` } };
    // Buildings.
    for (const m of numbers) {
      const first = idOf(n, m) + 1;
      const corners = [first, first + 1, first + 2, first + 3, first + 4, first + 5, first];
      yield { id: 2 * crossings + first, refs: corners, tags: { building: 'yes' } };
    }
  }
}

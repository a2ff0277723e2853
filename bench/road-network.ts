import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildGraph } from '../src/resources/directions/network/build-graph.ts';
import { createFindNetworkRoute, isNoRoute } from '../src/resources/directions/network/find-network-route.ts';
import { type OsmNode, type OsmWay, writeOsmFile } from '../test/directions/support/osm-file.ts';

/**
 * Run by hand: `node --expose-gc bench/road-network.ts [file.osm.pbf]`. Without a file it writes a country of its own: a
 * grid of streets, and houses between them, more than 50 MB. Prints what reading it and searching it takes.
 */

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

const CROSSINGS = 1200;
const HOUSES_PER_CROSSING = 7;
const STEP = 0.001;

/** The same in each run: the linear congruential generator of Numerical Recipes. */
const seed = { value: 1 };
const random = (): number => {
  seed.value = (Math.imul(seed.value, 1_664_525) + 1_013_904_223) >>> 0;
  return seed.value / 2 ** 32;
};

function* toNodes(): Generator<OsmNode> {
  let id = 0;
  for (let row = 0; row < CROSSINGS; row++)
    for (let column = 0; column < CROSSINGS; column++) {
      const [lat, lng] = [row * STEP, column * STEP];
      yield { id: id++, lat: lat + random() * STEP * 0.3, lng: lng + random() * STEP * 0.3 };
      for (let house = 0; house < HOUSES_PER_CROSSING; house++)
        yield { id: id++, lat: lat + random() * STEP, lng: lng + random() * STEP };
    }
}

function* toWays(): Generator<OsmWay> {
  const idOf = (row: number, column: number): number =>
    (row * CROSSINGS + column) * (HOUSES_PER_CROSSING + 1);
  const numbers = [...Array(CROSSINGS).keys()];
  for (const n of numbers) {
    yield {
      id: n,
      refs: numbers.map((column) => idOf(n, column)),
      tags: { highway: 'residential', name: `Row ${n}` },
    };
    const refs = numbers.map((row) => idOf(row, n));
    yield { id: CROSSINGS + n, refs, tags: { highway: 'tertiary', name: `Column ${n}` } };
    // Buildings, which are no roads.
    for (const m of numbers) {
      const first = idOf(n, m) + 1;
      const corners = [first, first + 1, first + 2, first + 3, first + 4, first + 5, first];
      yield { id: 2 * CROSSINGS + first, refs: corners, tags: { building: 'yes' } };
    }
  }
}

const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;

async function measure(file: string): Promise<void> {
  print(`file       ${megabytes((await stat(file)).size)}`);
  globalThis.gc?.();
  const peak = { rss: process.memoryUsage().rss };
  const before = peak.rss;
  const watch = setInterval(() => (peak.rss = Math.max(peak.rss, process.memoryUsage().rss)), 20);
  const startedMs = performance.now();
  const graph = await buildGraph(file);
  const readMs = performance.now() - startedMs;
  clearInterval(watch);
  globalThis.gc?.();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  const held = `${megabytes(arrayBuffers)} outside the heap, ${megabytes(heapUsed)} in it`;
  print(
    `read       ${(readMs / 1000).toFixed(1)} s, peak ${megabytes(peak.rss - before)} above the start; keeps ${held}`,
  );
  print(`network    ${graph.lat.length} points, ${graph.from.length} segments`);
  const findRoute = createFindNetworkRoute(graph);
  for (const share of [0.05, 0.3, 0.9]) {
    const vertices = [0.01, share].map((part) => Math.floor(part * graph.lat.length));
    const stops = vertices.map((vertex) => ({
      lat: (graph.lat[vertex] as number) / 1e7,
      lng: (graph.lng[vertex] as number) / 1e7,
      label: String(vertex),
    }));
    const beganMs = performance.now();
    const found = findRoute({ stops, profile: 'car' });
    const took = (performance.now() - beganMs).toFixed(0);
    print(
      `search     ${isNoRoute(found) ? found.fault : `${(found.distanceM / 1000).toFixed(1)} km`} in ${took} ms`,
    );
  }
}

const given = process.argv[2];
const folder = await mkdtemp(path.join(tmpdir(), 'road-network-'));
try {
  const file = given ?? path.join(folder, 'country.osm.pbf');
  if (given === undefined) await writeOsmFile(file, toNodes(), toWays());
  await measure(file);
} finally {
  await rm(folder, { recursive: true, force: true });
}

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildGraph } from '../src/resources/directions/network/build-graph.ts';
import { createFindNetworkRoute, isNoRoute } from '../src/resources/directions/network/find-network-route.ts';
import { toCountry } from '../test/directions/support/country.ts';
import { writeOsmFile } from '../test/directions/support/osm-file.ts';

/**
 * Run by hand: `node --expose-gc bench/road-network.ts [file.osm.pbf]`. Without a file it writes a country of its own: a
 * grid of streets, and houses between them, more than 50 MB. Prints what reading it and searching it takes.
 */

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

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
  if (given === undefined) {
    const { nodes, ways } = toCountry();
    await writeOsmFile(file, nodes, ways);
  }
  await measure(file);
} finally {
  await rm(folder, { recursive: true, force: true });
}

import { parentPort, workerData } from 'node:worker_threads';
import type { FoundRoute, RouteQuery } from '../directions.ts';
import { buildGraph } from './build-graph.ts';
import { createFindNetworkRoute, type NoRoute } from './find-network-route.ts';

/** The start data of the worker. */
export interface WorkerInput {
  /** The `.osm.pbf` file. */
  readonly file: string;
}

/** A query, with a number of the caller and its deadline (`Date.now()`). */
export interface WorkerQuery {
  readonly id: number;
  readonly query: RouteQuery;
  readonly endsAtMs: number;
}

export type WorkerReport =
  | { readonly ready: { readonly points: number; readonly segments: number } }
  | { readonly failed: string }
  | { readonly id: number; readonly result: FoundRoute | NoRoute }
  | { readonly id: number; readonly failed: string };

/** The thread that reads and searches the roads, so that neither blocks the event loop. */
async function serveQueries(): Promise<void> {
  const port = parentPort;
  if (!port) throw new Error('this module runs as a worker');
  const report = (message: WorkerReport) => port.postMessage(message);
  const { file } = workerData as WorkerInput;
  try {
    const graph = await buildGraph(file);
    const now = { endsAtMs: 0 };
    const findRoute = createFindNetworkRoute(graph, () => Date.now() > now.endsAtMs);
    port.on('message', ({ id, query, endsAtMs }: WorkerQuery) => {
      if (Date.now() > endsAtMs) return;
      now.endsAtMs = endsAtMs;
      try {
        report({ id, result: findRoute(query) });
      } catch (error) {
        report({ id, failed: (error as Error).message });
      }
    });
    report({ ready: { points: graph.lat.length, segments: graph.from.length } });
  } catch (error) {
    report({ failed: (error as Error).message });
    port.close();
  }
}

await serveQueries();

import { Worker } from 'node:worker_threads';
import { GatewayError } from '../../../errors.ts';
import type { Logger } from '../../../observe/logger.ts';
import type { FindRoute, FoundRoute, RouteQuery } from '../directions.ts';
import { isNoRoute, type NoRoute } from './find-network-route.ts';
import type { WorkerInput, WorkerQuery, WorkerReport } from './network-worker.ts';

/** Time limit of a query with all its legs, including waiting. */
const QUERY_MS = 10_000;
const MAX_WAITING = 64;
const RETRY_AFTER_S = 2;

/** The road network is not available: it is still being read, or the file is invalid. */
export class NetworkUnavailable extends Error {
  override readonly name = 'NetworkUnavailable';
}

export interface NetworkEngine {
  /**
   * @throws GatewayError `no_route`, `no_road_near`, or `overloaded` if too many searches wait or one takes too long
   * @throws NetworkUnavailable
   */
  readonly findRoute: FindRoute;
  close(): Promise<void>;
}

export interface NetworkEngineOptions {
  /** The path of the `.osm.pbf` file. */
  readonly file: string;
  readonly log: Pick<Logger, 'info' | 'error'>;
  /** How long a query waits for the file to be read, in ms. Default: 2 s. */
  readonly loadWaitMs?: number;
}

interface Waiting {
  readonly resolve: (result: FoundRoute | NoRoute) => void;
  readonly reject: (error: Error) => void;
}

const overloaded = (cause?: unknown) => new GatewayError('overloaded', { retryAfterS: RETRY_AFTER_S, cause });

/**
 * Routes over the roads of an OpenStreetMap extract. A separate thread reads the file at the first query. Until then, and
 * after an error in the file, queries fail with `NetworkUnavailable`.
 */
export function createNetworkEngine({ file, log, loadWaitMs = 2000 }: NetworkEngineOptions): NetworkEngine {
  const waiting = new Map<number, Waiting>();
  let thread: { readonly worker: Worker; readonly loaded: Promise<void> } | undefined;
  let lastId = 0;

  function start() {
    const worker = new Worker(new URL('./network-worker.ts', import.meta.url), {
      workerData: { file } satisfies WorkerInput,
    });
    worker.unref();
    const { promise: loaded, resolve, reject } = Promise.withResolvers<void>();
    // Queries also await it; this handles the rejection without a query.
    loaded.catch(() => undefined);
    const fail = (fault: string): void => {
      log.error({ file, fault }, 'the road network is not available: directions are straight lines');
      reject(new NetworkUnavailable(fault));
      for (const { reject: refuse } of waiting.values()) refuse(new NetworkUnavailable(fault));
      waiting.clear();
    };
    worker.on('message', (report: WorkerReport) => {
      if ('ready' in report) {
        log.info({ file, ...report.ready }, 'road network read');
        resolve();
      } else if ('id' in report) {
        const query = waiting.get(report.id);
        waiting.delete(report.id);
        if ('result' in report) query?.resolve(report.result);
        else query?.reject(overloaded(report.failed));
      } else {
        fail(report.failed);
      }
    });
    worker.on('error', (error) => fail((error as Error).message));
    return { worker, loaded };
  }

  async function search(query: RouteQuery): Promise<FoundRoute | NoRoute> {
    thread ??= start();
    const { worker, loaded } = thread;
    await withinMs(loadWaitMs, loaded, () => new NetworkUnavailable('it is still being read'));
    if (waiting.size >= MAX_WAITING) throw overloaded();
    const id = ++lastId;
    const { promise, resolve, reject } = Promise.withResolvers<FoundRoute | NoRoute>();
    waiting.set(id, { resolve, reject });
    const message: WorkerQuery = { id, query, endsAtMs: Date.now() + QUERY_MS };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    worker.postMessage(message);
    try {
      return await withinMs(QUERY_MS, promise, overloaded);
    } finally {
      waiting.delete(id);
    }
  }

  return {
    async findRoute(query) {
      const result = await search(query);
      if (!isNoRoute(result)) return result;
      if (result.fault === 'no_route') throw new GatewayError('no_route');
      const label = query.stops[result.stop]?.label ?? '';
      throw new GatewayError('no_road_near', {
        detail: `No road for this profile is within a kilometre of ${label}: choose a stop near a road.`,
      });
    },
    async close() {
      await thread?.worker.terminate();
    },
  };
}

async function withinMs<T>(ms: number, work: Promise<T>, toError: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(toError()), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

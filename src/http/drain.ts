import { type Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LINGER_MS = 500;
const POLL_MS = 50;

export interface DrainOptions {
  /** Milliseconds in which requests are still accepted, so that load balancers notice. */
  readonly delayMs: number;
  /** Tells whether no request is under way. */
  readonly isIdle: () => boolean;
}

/**
 * Stops a server without dropping a request: goes on accepting for `delayMs`, then stops accepting and waits for
 * what runs. An idle connection is closed only after a moment in which its next request would still have been
 * answered (with `Connection: close`, which the writer says from the first moment of the drain).
 */
export async function drainServer(server: HttpServer, { delayMs, isIdle }: DrainOptions): Promise<void> {
  if (delayMs > 0) await sleep(delayMs);
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  // http.Server's own close() would cut idle connections at once, and a request on its way with them.
  NetServer.prototype.close.call(server);
  await sleep(LINGER_MS);
  while (!isIdle()) await sleep(POLL_MS);
  server.closeIdleConnections();
  const again = setInterval(() => server.closeIdleConnections(), POLL_MS);
  await closed;
  clearInterval(again);
}

import type { Server as HttpServer } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const LINGER_MS = 500;
const POLL_MS = 50;

export interface DrainOptions {
  /** How long requests are still accepted, so that load balancers notice the stop. */
  readonly delayMs: number;
  /** Whether no request is in flight. */
  readonly isIdle: () => boolean;
}

/**
 * Prepares a server for a graceful stop. The drain accepts requests for `delayMs`, then stops accepting and waits for
 * running requests. An idle connection is closed only after a moment in which a request on it would still be answered (with
 * `Connection: close`, which the writer sends during the drain).
 */
export function createDrain(server: HttpServer): (options: DrainOptions) => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async ({ delayMs, isIdle }) => {
    if (delayMs > 0) await sleep(delayMs);
    // http.Server's close() would close idle connections at once, even with a request on its way.
    NetServer.prototype.close.call(server);
    await sleep(LINGER_MS);
    while (sockets.size > 0 || !isIdle()) {
      // Also closes connections without any request yet, which Node does not count as idle.
      if (isIdle()) for (const socket of sockets) if (socket.writableLength === 0) socket.destroy();
      await sleep(POLL_MS);
    }
  };
}

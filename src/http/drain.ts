import type { Server as HttpServer } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
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
 * Prepares a server for its end. The drain goes on accepting for `delayMs`, then stops accepting and waits for what
 * runs. An idle connection is closed only after a moment in which its next request would still have been answered
 * (with `Connection: close`, which the writer says from the first moment of the drain).
 */
export function createDrain(server: HttpServer): (options: DrainOptions) => Promise<void> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return async ({ delayMs, isIdle }) => {
    if (delayMs > 0) await sleep(delayMs);
    // http.Server's own close() would cut idle connections at once, and a request on its way with them.
    NetServer.prototype.close.call(server);
    await sleep(LINGER_MS);
    while (sockets.size > 0 || !isIdle()) {
      // Also closes what Node does not call idle: a connection on which nothing was ever asked.
      if (isIdle()) for (const socket of sockets) if (socket.writableLength === 0) socket.destroy();
      await sleep(POLL_MS);
    }
  };
}

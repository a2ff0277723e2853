import type { RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { createServer } from '../lib/node-http.ts';
import { openListeners, portOf } from './open-listeners.ts';
import { sortByFirstByte } from './sort-by-first-byte.ts';

export interface TransportOptions {
  /** `127.0.0.1` also listens on `::1`, if available. */
  readonly host: string;
  /** 0 selects a free port. */
  readonly port: number;
  /** PEM. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** Timeout for a socket's first byte, TLS handshake and headers, in milliseconds. Default: 15 s. */
  readonly silenceMs?: number;
  /** How long `close` waits for pending responses, in milliseconds. Default: 2 s. */
  readonly graceMs?: number;
}

export interface Transport {
  readonly port: number;
  /** Sets the request handler. Requests that arrived before it wait for it. */
  serve(handler: RequestListener): void;
  /** Stops accepting connections, closes idle ones, waits for pending responses, then closes the rest. */
  close(): Promise<void>;
}

const MAX_HEADER_BYTES = 16 * 1024;
const KEEP_ALIVE_MS = 60_000;
const BODY_MS = 60_000;
const SWEEP_MS = 50;

const failedStart: RequestListener = (_request, response) => {
  response.writeHead(503, { 'content-type': 'text/plain' }).end('The tenant failed to start.\n');
};

function track(socket: Socket, set: Set<Socket>): void {
  set.add(socket);
  socket.once('close', () => set.delete(socket));
}

/**
 * One port for http and https: Auth0's SDKs always use `https://<domain>`, and over http browsers on loopback see no
 * certificate warning. The TLS server only decrypts; one http server handles both.
 */
export async function listenTransport(options: TransportOptions): Promise<Transport> {
  const { host, port, silenceMs = 15_000, graceMs = 2_000 } = options;
  const starting = Promise.withResolvers<RequestListener>();
  let handler: RequestListener = (request, response) =>
    void starting.promise.then((started) => started(request, response));
  let closed: Promise<void> | undefined;
  const sockets = new Set<Socket>();
  /** Sockets without a request so far, which node does not count as idle. */
  const silent = new Set<Socket>();
  const http = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: silenceMs,
      requestTimeout: Math.max(BODY_MS, silenceMs),
      connectionsCheckingInterval: Math.min(silenceMs, 5_000),
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    (request, response) => {
      silent.delete(request.socket);
      if (closed) response.shouldKeepAlive = false;
      handler(request, response);
    },
  );
  const tls = createTlsServer({ ...options.tls, ALPNProtocols: ['http/1.1'], handshakeTimeout: silenceMs });
  tls.on('secureConnection', (socket) => {
    track(socket, silent);
    if (closed) socket.destroy();
    else http.emit('connection', socket);
  });
  tls.on('tlsClientError', (_error, socket) => socket.destroy());
  // The listeners accept sockets for the http server; its header and body timeouts start with this event.
  http.emit('listening');
  // It never listened, so `close` reports an error, which can be ignored.
  const stopTimers = (): unknown => http.close(() => undefined);

  const listeners = await openListeners(host, port, (socket) => {
    track(socket, sockets);
    track(socket, silent);
    sortByFirstByte(socket, silenceMs, {
      plain: () => http.emit('connection', socket),
      tls: () => {
        silent.delete(socket);
        // A half-open socket would outlive a client that disconnects during the handshake.
        socket.allowHalfOpen = false;
        tls.emit('connection', socket);
      },
    });
  }).catch((error: unknown) => {
    stopTimers();
    throw error;
  });

  async function close(): Promise<void> {
    starting.resolve(failedStart);
    const shut = listeners.map((listener) => new Promise<void>((done) => listener.close(() => done())));
    for (const socket of silent) socket.destroy();
    http.closeIdleConnections();
    const sweep = setInterval(() => http.closeIdleConnections(), SWEEP_MS);
    const end = setTimeout(() => {
      for (const socket of sockets) socket.destroy();
    }, graceMs);
    await Promise.all(shut);
    clearInterval(sweep);
    clearTimeout(end);
    stopTimers();
  }

  return {
    port: portOf(listeners[0]),
    serve: (next) => {
      handler = next;
      starting.resolve(next);
    },
    close: () => (closed ??= close()),
  };
}

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/**
 * Changes a chunk of the server: returns the part to forward, after which the connection ends; undefined closes it
 * immediately.
 */
export type Meddle = (piece: Buffer) => Buffer | undefined;

export interface TcpProxy {
  readonly port: number;
  /** Undefined: chunks are forwarded unchanged. */
  meddle: Meddle | undefined;
  close(): Promise<void>;
}

/** A proxy on loopback in front of a server on `port` that can change its responses. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, '127.0.0.1');
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    let isCut = false;
    upstream.on('data', (piece) => {
      if (isCut) return;
      const told = proxy.meddle ? proxy.meddle(piece) : piece;
      isCut = told !== undefined && told.length < piece.length && piece.subarray(0, told.length).equals(told);
      if (told) client.write(told);
      else client.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy: TcpProxy = {
    port: (server.address() as AddressInfo).port,
    meddle: undefined,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
  return proxy;
}

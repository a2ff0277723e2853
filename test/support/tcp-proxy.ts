import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What becomes of a piece that the server answers: the beginning of it is the last that comes, undefined cuts the connection. */
export type Meddle = (piece: Buffer) => Buffer | undefined;

export interface TcpProxy {
  readonly port: number;
  /** Undefined: pieces pass as they are. */
  meddle: Meddle | undefined;
  close(): Promise<void>;
}

/** A proxy on loopback before a server on `port` that can meddle with the answers. */
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

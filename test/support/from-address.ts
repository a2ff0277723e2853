import { connect, type Socket } from 'node:net';

/** Sockets to one port from different loopback addresses, each a different caller for the gateway. */
export interface Callers {
  /** Opens a connection and sends bytes on it. */
  open(address: string, bytes: string): Socket;
  /** The status of a GET from an address. */
  get(address: string, path: string): Promise<number>;
  /** Closes all open sockets. */
  close(): void;
}

export function createCallers(port: number): Callers {
  const sockets = new Set<Socket>();
  function open(address: string, bytes: string): Socket {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address });
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
    socket.write(bytes);
    return socket;
  }
  return {
    open,
    get: (address, path) =>
      new Promise((resolve) => {
        const socket = open(address, `GET ${path} HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n`);
        let text = '';
        socket.on('data', (chunk) => {
          text += chunk.toString('latin1');
        });
        socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0)));
      }),
    close() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

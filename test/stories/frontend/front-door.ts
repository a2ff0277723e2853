import { once } from 'node:events';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Certificates } from '../../../packages/tenant/test/support/certificates.ts';

/** A proxy in front of a gateway. It terminates TLS if it has certificates, and records all traffic of browsers. */
export interface FrontDoor {
  /** The public URL of the gateway behind it. */
  readonly origin: string;
  /** The gateway's port, set after its start. */
  leadTo(port: number): void;
  /** The recorded traffic, in both directions. */
  heard(): string;
  close(): Promise<void>;
}

export async function startFrontDoor(certificates?: Certificates): Promise<FrontDoor> {
  const sockets = new Set<Socket>();
  const pieces: Buffer[] = [];
  let target = 0;

  function pass(client: Socket): void {
    const gateway = connect(target, '127.0.0.1');
    for (const socket of [client, gateway]) {
      sockets.add(socket);
      socket.on('data', (piece: Buffer) => pieces.push(piece));
      socket.on('close', () => sockets.delete(socket));
      socket.on('error', () => {
        client.destroy();
        gateway.destroy();
      });
    }
    client.pipe(gateway).pipe(client);
  }

  const server = certificates
    ? createTlsServer({ key: certificates.keyPem, cert: certificates.certPem }, pass)
    : createTcpServer(pass);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `${certificates ? 'https' : 'http'}://localhost:${(server.address() as AddressInfo).port}`,
    leadTo(port) {
      target = port;
    },
    heard: () => Buffer.concat(pieces).toString('latin1'),
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

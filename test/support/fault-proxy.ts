import type { AddressInfo } from 'node:net';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A network fault of an upstream's responses. */
export interface Fault {
  /** Delay of every chunk. */
  latencyMs?: number;
  /** Resets the connection immediately, or after this many bytes. */
  resetAfterBytes?: number;
  /** Ends the connection regularly after this many bytes: a truncated response. */
  endAfterBytes?: number;
  /** Delay of the end of the connection. */
  slowCloseMs?: number;
  bytesPerS?: number;
  /** Forwards nothing. */
  isHung?: boolean;
}

/** A TCP proxy in front of an upstream, with faults that tests set and remove. */
export interface FaultProxy {
  readonly url: string;
  fault: Fault;
  /** Number of opened connections. */
  readonly connections: number;
  close(): Promise<void>;
}

export async function startFaultProxy(upstreamUrl: string): Promise<FaultProxy> {
  const { hostname, port } = new URL(upstreamUrl);
  const sockets = new Set<Socket>();
  let connections = 0;

  /** Forwards the upstream's bytes according to the current fault. */
  async function passBack(upstream: Socket, client: Socket): Promise<void> {
    let passed = 0;
    for await (const chunk of upstream as AsyncIterable<Buffer>) {
      const { latencyMs, resetAfterBytes, endAfterBytes, bytesPerS, isHung } = proxy.fault;
      if (isHung) continue;
      if (latencyMs !== undefined) await sleep(latencyMs);
      const limit = resetAfterBytes ?? endAfterBytes ?? Number.POSITIVE_INFINITY;
      const part = chunk.subarray(0, Math.max(0, limit - passed));
      passed += part.length;
      if (bytesPerS !== undefined) await sleep((part.length / bytesPerS) * 1000);
      if (part.length > 0) await new Promise((resolve) => client.write(part, resolve));
      if (passed < limit) continue;
      if (resetAfterBytes !== undefined) client.resetAndDestroy();
      else client.end();
      upstream.destroy();
      return;
    }
    await sleep(proxy.fault.slowCloseMs ?? 0);
    client.end();
  }

  const server = createServer({ noDelay: true }, (client) => {
    connections++;
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('close', () => upstream.destroy());
    if (proxy.fault.resetAfterBytes === 0) {
      client.once('data', () => client.resetAndDestroy());
      return;
    }
    client.pipe(upstream);
    passBack(upstream, client).catch(() => client.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fault: {},
    get connections() {
      return connections;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  return proxy;
}

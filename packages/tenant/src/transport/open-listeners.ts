import { createServer, isIPv6, type Server, type Socket } from 'node:net';

type OnSocket = (socket: Socket) => void;

const PORT_ATTEMPTS = 20;

/** Error codes of a machine without IPv6 loopback: `::1` is skipped. */
const isNoSuchAddress = (error: unknown): boolean =>
  ['EADDRNOTAVAIL', 'EAFNOSUPPORT', 'EINVAL'].includes((error as NodeJS.ErrnoException).code ?? '');

const isInUse = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE';

export const portOf = (listener: Server | undefined): number => {
  const address = listener?.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** The http origin at which this machine reaches a port that listens on `host`. */
export function toReachableOrigin(host: string, port: number): string {
  const reached = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${isIPv6(reached) ? `[${reached}]` : reached}:${port}`;
}

/**
 * Listens on `host`, and for IPv4 loopback on `::1` too, because `localhost` may resolve to either. Both use the same
 * port; with port 0, one that is free on both. Rejects with node's error if a port is in use.
 */
export async function openListeners(host: string, port: number, onSocket: OnSocket): Promise<Server[]> {
  const twin = host === '127.0.0.1' || host === 'localhost';
  if (!twin) return [await openListener(host, port, onSocket)];
  for (let attempt = 1; ; attempt += 1) {
    const first = await openListener('127.0.0.1', port, onSocket);
    try {
      return [first, await openListener('::1', portOf(first), onSocket)];
    } catch (error) {
      if (isNoSuchAddress(error)) return [first];
      await new Promise<void>((done) => first.close(() => done()));
      if (port !== 0 || !isInUse(error) || attempt >= PORT_ATTEMPTS) throw error;
    }
  }
}

/** Half-open and without Nagle's algorithm, like sockets of node's http server. */
function openListener(host: string, port: number, onSocket: OnSocket): Promise<Server> {
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
  return new Promise((resolve, reject) => {
    listener.once('error', reject);
    listener.listen({ host, port }, () => {
      listener.off('error', reject);
      // A failed accept (no free file descriptor) is temporary and must not end the process.
      listener.on('error', () => undefined);
      resolve(listener);
    });
  });
}

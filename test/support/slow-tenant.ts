import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TenantLink } from '../../src/deps.ts';
import { unreachableTenant } from './lonely-gateway.ts';

export interface SlowTenant {
  readonly link: TenantLink;
  /** Number of requested sign-ins. */
  readonly asked: number;
  close(): void;
}

/** A tenant without keys that refuses each sign-in after `delayMs`. */
export async function startSlowTenant(delayMs: number): Promise<SlowTenant> {
  let asked = 0;
  const server = createServer((request, response) => {
    if (request.method === 'GET') {
      response.writeHead(503).end();
      return;
    }
    asked++;
    request.resume();
    void sleep(delayMs).then(() =>
      response.writeHead(403, { 'Content-Type': 'application/json' }).end('{"error":"invalid_grant"}'),
    );
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    get asked() {
      return asked;
    },
    link: { ...unreachableTenant, baseUrl: `http://127.0.0.1:${port}` },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

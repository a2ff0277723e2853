import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type KeyServer, startKeyServer } from '../bearer/support/key-server.ts';
import { clientId, issuer, makeRsaKey } from '../bearer/support/signer.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from '../support/folder.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';

let tenant: KeyServer;
let upstream: Server;
/** Ends the pending responses of the upstream. */
let release: () => void;
let folder: string;
let gateway: GatewayProcess;

beforeAll(async () => {
  tenant = await startKeyServer(issuer, [makeRsaKey('k1').jwk]);
  const held: (() => void)[] = [];
  release = () => held.splice(0).forEach((end) => end());
  upstream = createServer((request, response) => {
    if (request.url === '/events' || request.url === '/kept-events')
      response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 0\n\n');
    else if (request.url === '/slow') held.push(() => response.end('late'));
    else response.end('at once');
  }).listen(0, '127.0.0.1');
  await once(upstream, 'listening');
});
afterAll(async () => {
  upstream.closeAllConnections();
  upstream.close();
  await tenant.close();
});

const toRow = (path: string) => ({
  path,
  methods: ['GET'],
  upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`,
  guard: 'public',
  stream: path.endsWith('events'),
});
const writeRoutes = (...paths: string[]) =>
  writeFileSync(join(folder, 'routes.json'), JSON.stringify({ routes: paths.map(toRow) }));
const statusOf = (path: string) => fetch(gateway.url + path).then(({ status }) => status);
const linesWith = (text: string) => gateway.lines.filter((line) => line.includes(text));

/** Sends SIGHUP and waits until the gateway has logged its result this many times. */
async function reload(saying: string, times = 1): Promise<void> {
  process.kill(gateway.pid, 'SIGHUP');
  await eventually(() => linesWith(saying).length).toBe(times);
}

const start = (env: Readonly<Record<string, string>>) =>
  startGatewayProcess(
    {
      tenant: { domain: new URL(issuer).host, caPem: '' },
      link: { clientId, credential: { secret: 'a-secret-of-the-tests' } },
    },
    { AUTH0_BASE_URL: tenant.url, STORE_URL: 'sqlite::memory:', ...env },
  );

describe('SIGHUP with ROUTES_FILE', () => {
  beforeEach(async () => {
    folder = makeFolder();
    writeRoutes('/stays', '/slow', '/events', '/kept-events', '/goes');
    gateway = await start({ ROUTES_FILE: join(folder, 'routes.json') });
  });
  afterEach(() => gateway.kill());

  it('applies the file without dropping a request', async () => {
    const load = { isOver: false };
    const seen: number[] = [];
    const clients = Array.from({ length: 5 }, async () => {
      while (!load.isOver) seen.push(await statusOf('/stays'));
    });
    const late = fetch(`${gateway.url}/slow`);
    await eventually(() => seen.length).toBeGreaterThan(20);
    writeRoutes('/stays', '/comes');
    await reload('routes reloaded');
    expect(await statusOf('/comes')).toBe(200);
    expect([await statusOf('/goes'), await statusOf('/slow')]).toEqual([404, 404]);
    release();
    expect(await (await late).text()).toBe('late');
    writeRoutes('/stays', '/goes');
    await reload('routes reloaded', 2);
    expect([await statusOf('/goes'), await statusOf('/comes')]).toEqual([200, 404]);
    load.isOver = true;
    await Promise.all(clients);
    expect(seen.filter((status) => status !== 200)).toEqual([]);
  });

  it('ends the open streams of a removed row within 5 s, and no others', async () => {
    const [removed, kept] = await Promise.all(
      ['/events', '/kept-events'].map(async (path) => {
        const reader = (await fetch(gateway.url + path)).body?.getReader();
        await reader?.read();
        return reader;
      }),
    );
    const state = { isKeptOver: false };
    void kept?.closed.then(
      () => (state.isKeptOver = true),
      () => (state.isKeptOver = true),
    );
    writeRoutes('/stays', '/kept-events');
    await reload('routes reloaded');
    const reloadedAt = performance.now();
    await removed?.read().catch(() => undefined);
    expect(performance.now() - reloadedAt).toBeLessThan(5_000);
    expect(state.isKeptOver).toBe(false);
    await kept?.cancel();
  });

  it('changes nothing if the file is invalid, and logs every fault', async () => {
    writeFileSync(
      join(folder, 'routes.json'),
      JSON.stringify({
        routes: [toRow('/comes'), { ...toRow('/a'), guard: 'maybe' }, { ...toRow('/b'), upstream: 7 }],
      }),
    );
    await reload('ROUTES_FILE has faults');
    expect(linesWith('ROUTES_FILE has faults')[0]).toMatch(/routes\[1\]\.guard.*routes\[2\]\.upstream/);
    expect([await statusOf('/goes'), await statusOf('/comes')]).toEqual([200, 404]);
    writeRoutes('/comes');
    await reload('routes reloaded');
    expect(await statusOf('/comes')).toBe(200);
  });
});

describe('SIGHUP without ROUTES_FILE', () => {
  it('drains like SIGTERM: exit 0', async () => {
    gateway = await start({});
    process.kill(gateway.pid, 'SIGHUP');
    await eventually(() => gateway.exitCode).toBe(0);
    expect(linesWith('"msg":"stopped"')).toHaveLength(1);
  });
});

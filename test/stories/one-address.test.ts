import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ProxyWorld, startProxyWorld } from '../proxy/support/proxy-world.ts';
import { eventually } from '../support/eventually.ts';
import { type Callers, createCallers } from '../support/from-address.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';

const attacker = '127.0.0.66';
const exempt = '127.0.0.77';
const victim = '127.0.0.1';
const MAX_IN_FLIGHT = 40;
const SHARE = MAX_IN_FLIGHT / 4;
const SOCKETS = 60;

let upstream: RecordingUpstream;
let world: ProxyWorld;
let callers: Callers;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const row = { methods: ['GET', 'POST'], upstream: upstream.url, guard: 'public', timeout_ms: 60_000 };
  world = await startProxyWorld(
    [
      { ...row, path: '/upload', max_in_flight: 8 },
      { ...row, path: '/wide', max_in_flight: 4000 },
    ],
    { MAX_IN_FLIGHT: String(MAX_IN_FLIGHT), ADDRESS_SHARE_EXEMPT: exempt },
  );
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
  callers = createCallers(world.port);
});
afterEach(async () => {
  callers.close();
  await eventually(async () => (await fetch(`${world.url}/upload`)).status).toBe(200);
});

const head = (path: string, length = 1000): string =>
  `POST ${path} HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

const openMany = (address: string, bytes: string): void => {
  for (let i = 0; i < SOCKETS; i++) callers.open(address, bytes);
};

describe('an address that occupies all it can', () => {
  it('with uploads without bodies occupies no slot at the upstream', async () => {
    openMany(attacker, head('/upload'));
    await eventually(() => callers.get(attacker, '/upload')).toBe(503);
    expect(await callers.get(victim, '/upload')).toBe(200);
    expect(upstream.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('with started uploads gets its share of the upstream, and others are not affected', async () => {
    openMany(attacker, `${head('/upload')}x`);
    await eventually(() => upstream.seen.length).toBe(2);
    expect(await callers.get(attacker, '/upload')).toBe(503);
    expect(await callers.get(victim, '/upload')).toBe(200);
  });

  it('with sign-ins without a body gets its share of the gateway, and others are not affected', async () => {
    openMany(attacker, head('/v1/auth/signin'));
    await eventually(() => callers.get(attacker, '/problems/not_found')).toBe(503);
    expect(await callers.get(victim, '/problems/not_found')).toBe(200);
    expect(await callers.get(attacker, '/healthz')).toBe(200);
  });

  it('with pending responses gets its share, and others are not affected', async () => {
    upstream.answer = (request, response) => {
      if (request.url === '/upload') response.end();
    };
    openMany(attacker, 'GET /wide HTTP/1.1\r\nHost: gw\r\n\r\n');
    await eventually(() => upstream.seen.length).toBe(SHARE);
    expect(await callers.get(attacker, '/problems/not_found')).toBe(503);
    expect(await callers.get(victim, '/upload')).toBe(200);
  });

  it('is not limited if it calls for many users', async () => {
    upstream.answer = (request, response) => {
      if (request.url === '/upload') response.end();
    };
    for (let i = 0; i < 30; i++) callers.open(exempt, 'GET /wide HTTP/1.1\r\nHost: gw\r\n\r\n');
    await eventually(() => upstream.seen.length).toBe(30);
    expect(await callers.get(victim, '/problems/not_found')).toBe(200);
  });
});

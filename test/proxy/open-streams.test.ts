import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { GatewayError } from '../../src/errors.ts';
import type { Exchange } from '../../src/http/exchange.ts';
import { createTravelClock } from '../../src/lib/clock.ts';
import { createStreams } from '../../src/proxy/streams.ts';
import { eventually } from '../support/eventually.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { bearerHeader, type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

const PLACES = 2;
const MAX_IN_FLIGHT = 4;
const PER_CALLER = 20;

let upstream: RecordingUpstream;
let echo: WebSocketServer;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  echo = new WebSocketServer({ server: upstream.server });
  upstream.answer = (request, response) => {
    if (request.url !== '/events') response.end('plain');
    else response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 0\n\n');
  };
  const row = {
    methods: ['GET'],
    upstream: upstream.url,
    guard: { scopes: ['read:things'] },
    max_in_flight: PLACES,
  };
  world = await startProxyWorld(
    [
      { ...row, path: '/events', stream: true },
      { ...row, path: '/socket', websocket: true },
      { ...row, path: '/plain' },
      { ...row, path: '/open', guard: 'public', websocket: true },
    ],
    { MAX_IN_FLIGHT: String(MAX_IN_FLIGHT), ADDRESS_SHARE: '1' },
  );
});
afterAll(async () => {
  await world.close();
  echo.close();
  await upstream.close();
});

const closers: (() => void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) close();
  await eventually(() => echo.clients.size).toBe(0);
});

const as = (sub: string) => bearerHeader({ sub });

/** Opens a WebSocket; returns the status of a refusal. */
function openSocket(sub: string | undefined, path = '/socket'): Promise<number> {
  const headers = sub === undefined ? {} : as(sub);
  const socket = new WebSocket(`ws://127.0.0.1:${world.port}${path}`, { headers });
  closers.push(() => socket.terminate());
  return new Promise((resolve) => {
    socket.on('open', () => resolve(101));
    socket.on('unexpected-response', (_request, response) => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    socket.on('error', () => {});
  });
}

/** Opens an event stream and waits for its first event. */
async function openEvents(sub: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const controller = new AbortController();
  closers.push(() => controller.abort());
  return fetch(`${world.url}/events`, {
    headers: { ...as(sub), ...headers },
    signal: controller.signal,
  });
}

const times = <T>(count: number, work: (i: number) => Promise<T>): Promise<T[]> =>
  Array.from({ length: count }).reduce<Promise<T[]>>(
    async (before, _, i) => [...(await before), await work(i)],
    Promise.resolve([]),
  );

const refused = async (answer: Response) => ({
  status: answer.status,
  retryAfter: answer.headers.get('retry-after'),
  code: ((await answer.json()) as { code: string }).code,
});

describe('open WebSockets and event streams', () => {
  it('use no request slot, at the gateway or their upstream', async () => {
    const opened = await times(MAX_IN_FLIGHT + 2, (i) => openSocket(`auth0|${i}`));
    expect(new Set(opened)).toEqual(new Set([101]));
    for (let i = 0; i < MAX_IN_FLIGHT + 2; i++) expect((await openEvents(`auth0|${i}`)).status).toBe(200);
    const plain = await fetch(`${world.url}/plain`, { headers: as('auth0|plain') });
    expect([plain.status, await plain.text()]).toEqual([200, 'plain']);
  });

  it('are limited to twenty per caller, both kinds together, without affecting others', async () => {
    await times(PER_CALLER / 2, () => openSocket('auth0|many'));
    await times(PER_CALLER / 2, () => openEvents('auth0|many'));
    const before = upstream.seen.length;
    expect(await openSocket('auth0|many')).toBe(503);
    const accepting = await openEvents('auth0|many', { accept: 'text/event-stream' });
    expect(await refused(accepting)).toEqual({ status: 503, code: 'overloaded', retryAfter: '5' });
    expect(upstream.seen.length).toBe(before);
    // Only its response identifies it as an event stream.
    expect(await refused(await openEvents('auth0|many'))).toMatchObject({ status: 503, code: 'overloaded' });
    await eventually(() => upstream.last().isAborted).toBe(true);
    expect(await openSocket('auth0|other')).toBe(101);
    closers[0]?.();
    await eventually(async () => openSocket('auth0|many')).toBe(101);
  });

  it('without a known caller are limited to twenty per address', async () => {
    const opened = await times(PER_CALLER + 1, () => openSocket(undefined, '/open'));
    expect(opened.slice(0, -1).every((status) => status === 101)).toBe(true);
    expect(opened.at(-1)).toBe(503);
  });

  it('opened in parallel have the same limit', async () => {
    const opened = await Promise.all(
      Array.from({ length: PER_CALLER * 2 }, async () => {
        // The handshake itself is a request.
        for (;;) {
          const status = await openSocket('auth0|racer');
          const isBusy = status === 503 && echo.clients.size < PER_CALLER;
          if (!isBusy) return status;
        }
      }),
    );
    expect(opened.filter((status) => status === 101).length).toBe(PER_CALLER);
  });
});

describe('the streams of an upstream', () => {
  const from = (ip: string, subject?: string): Exchange =>
    ({
      ip,
      caller: subject === undefined ? undefined : { kind: 'bearer', subject, claims: {} },
    }) as unknown as Exchange;
  const make = (perUpstream?: number) =>
    createStreams({
      isRevoked: () => false,
      clock: createTravelClock(),
      watchSession: () => () => undefined,
      addressShare: { share: 0.25, isExempt: (address) => address.startsWith('203.0.113.') },
      ...(perUpstream !== undefined && { perUpstream }),
    });
  const end = (): void => {};

  it('are limited, without those of another upstream', () => {
    const streams = make(2);
    const forget = streams.open('http://a', from('203.0.113.1', '1'), end);
    streams.open('http://a', from('203.0.113.1', '2'), end);
    const third = from('203.0.113.1', '3');
    expect(() => streams.open('http://a', third, end)).toThrow(GatewayError);
    expect(() => streams.requireCapacity('http://a', third)).toThrow(GatewayError);
    streams.open('http://b', third, end);
    forget();
    streams.requireCapacity('http://a', third);
    streams.open('http://a', third, end);
    streams.endAll();
  });

  it('are limited to 2,000, of which an address gets its share', () => {
    const streams = make();
    const open = (address: string, count: number): void => {
      for (let i = 0; i < count; i++) streams.open('http://a', from(address, `${address} ${i}`), end);
    };
    open('192.0.2.1', 500);
    expect(() => open('192.0.2.1', 1)).toThrow(
      expect.objectContaining({ detail: expect.stringContaining('This address') }),
    );
    open('203.0.113.1', 1_500);
    expect(() => open('203.0.113.1', 1)).toThrow(
      expect.objectContaining({ detail: expect.stringContaining('The service') }),
    );
    streams.endAll();
  });

  it('of an exempt address without a known caller are not limited', () => {
    const streams = make();
    for (let i = 0; i < 100; i++) streams.open('http://a', from('203.0.113.1'), end);
    streams.endAll();
  });
});

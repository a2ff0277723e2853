import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

let upstream: RecordingUpstream;
let faults: FaultProxy;
let healthy: RecordingUpstream;
let world: ProxyWorld;

/** Each test has its own gateway, because breakers and budgets have state. */
async function start(): Promise<void> {
  const common = { methods: ['GET', 'POST'], upstream: faults.url, guard: 'public', timeout_ms: 60_000 };
  world = await startProxyWorld(
    [
      { ...common, path: '/plain' },
      { ...common, path: '/quick', timeout_ms: 300 },
      { ...common, path: '/again', retry: 1 },
      { ...common, path: '/idle', idle_timeout_ms: 300 },
      { ...common, path: '/few', max_in_flight: 10 },
      { ...common, path: '/healthy', upstream: healthy.url },
      { ...common, path: '/nowhere', upstream: 'http://127.0.0.1:1' },
    ],
    { ADDRESS_SHARE: '1' },
  );
}

beforeAll(async () => {
  upstream = await startRecordingUpstream();
  healthy = await startRecordingUpstream();
});
beforeEach(async () => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
  await world?.close();
  await faults?.close();
  faults = await startFaultProxy(upstream.url);
  await start();
});
afterAll(async () => {
  await world.close();
  await faults.close();
  await upstream.close();
  await healthy.close();
});

const get = (path: string, init?: RequestInit) => fetch(world.url + path, init);
const codeOf = async (answer: Response) => ({
  status: answer.status,
  code: ((await answer.json()) as { code: string }).code,
});

describe('an upstream that is slow', () => {
  it('to respond is 504, and its request is aborted', async () => {
    upstream.answer = () => {};
    const answer = await get('/quick');
    expect(await codeOf(answer)).toEqual({ status: 504, code: 'upstream_timeout' });
    await eventually(() => upstream.last().isAborted).toBe(true);
  });

  it('to respond to a body is 504 too, measured from the end of the body', async () => {
    upstream.answer = (request) => void request.resume();
    const answer = await get('/quick', { method: 'POST', body: 'x' });
    expect(await codeOf(answer)).toEqual({ status: 504, code: 'upstream_timeout' });
  });

  it('is waited for within its timeout', async () => {
    faults.fault = { latencyMs: 500 };
    expect((await get('/plain')).status).toBe(200);
  });

  it('in the middle of its response causes a cut connection, not a complete response', async () => {
    upstream.answer = (_request, response) => void response.writeHead(200).write('half');
    const answer = await get('/idle');
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
    await eventually(() => upstream.last().isAborted).toBe(true);
    await eventually(() => world.lines.find(({ route }) => route === '/idle')).toMatchObject({
      status: 200,
      code: 'upstream_timeout',
      reason: 'idle',
    });
  });

  it('to send is forwarded at its own speed', async () => {
    faults.fault = { bytesPerS: 2_000 };
    expect(await (await get('/plain')).json()).toEqual({ ok: true });
  });

  it('to close does not delay the caller', async () => {
    upstream.answer = (_request, response) =>
      void response.writeHead(200, { Connection: 'close', 'Content-Length': '2' }).end('ok');
    faults.fault = { slowCloseMs: 15_000 };
    expect(await (await get('/plain')).text()).toBe('ok');
  });
});

describe('an upstream that fails', () => {
  it('to take a connection is 503', async () => {
    const answer = await get('/nowhere');
    expect(answer.headers.get('retry-after')).toBe('2');
    expect(await codeOf(answer)).toEqual({ status: 503, code: 'upstream_unavailable' });
  });

  it('by a reset before its response is 502', async () => {
    faults.fault = { resetAfterBytes: 0 };
    expect(await codeOf(await get('/plain'))).toEqual({ status: 502, code: 'upstream_error' });
    expect(await codeOf(await get('/plain', { method: 'POST', body: 'x' }))).toMatchObject({ status: 502 });
  });

  it.each([{ resetAfterBytes: 400 }, { endAfterBytes: 400 }])(
    'in the middle of its response causes a cut connection: %j',
    async (fault) => {
      upstream.answer = (_request, response) => void response.end('x'.repeat(2000));
      faults.fault = fault;
      const answer = await get('/plain');
      expect(answer.status).toBe(200);
      await expect(answer.text()).rejects.toThrow();
    },
  );

  it('in the middle of its head is 502', async () => {
    faults.fault = { endAfterBytes: 10 };
    expect(await codeOf(await get('/plain'))).toEqual({ status: 502, code: 'upstream_error' });
  });
});

describe('a retry', () => {
  it('is made for GET, once, if the row allows it', async () => {
    let calls = 0;
    upstream.answer = (request, response) => {
      calls++;
      if (calls === 1) request.socket.destroy();
      else response.end('second');
    };
    expect(await (await get('/again')).text()).toBe('second');
    expect(calls).toBe(2);
  });

  it('is never made for POST, for a GET with a body, or without the row’s setting', async () => {
    upstream.answer = (request) => void request.socket.destroy();
    expect((await get('/again', { method: 'POST', body: 'x' })).status).toBe(502);
    expect((await get('/plain')).status).toBe(502);
    expect(upstream.seen).toHaveLength(2);
  });

  it('is made for at most a fifth of the calls, until the breaker opens', async () => {
    // One in three calls fails: too few for the breaker.
    let calls = 0;
    upstream.answer = (request, response) => {
      calls++;
      if (calls % 3 === 0) request.socket.destroy();
      else response.end();
    };
    const asked = 60;
    for (let i = 0; i < asked; i++) await get('/again');
    expect(calls).toBeGreaterThan(asked);
    expect(calls).toBeLessThanOrEqual(asked * 1.2);
  });
});

describe('a breaker', () => {
  it('stops calls to a failing upstream, and allows them soon after its recovery', async () => {
    faults.fault = { resetAfterBytes: 0 };
    await eventually(async () => (await get('/plain')).status).toBe(503);
    const before = faults.connections;
    const refused = await Promise.all(Array.from({ length: 20 }, () => get('/plain')));
    const last = refused.findLast(({ status }) => status === 503);
    expect(last?.headers.get('retry-after')).toMatch(/^[12]$/);
    // Only one probe every two seconds.
    expect(faults.connections - before).toBeLessThanOrEqual(3);
    expect((await get('/healthy')).status).toBe(200);
    faults.fault = {};
    await eventually(async () => (await get('/plain')).status, { timeout: 10_000, interval: 200 }).toBe(200);
    expect((await get('/plain')).status).toBe(200);
  });

  it('counts failures of the upstream, but not errors of a single call', async () => {
    upstream.answer = (_request, response) => void response.writeHead(500).end();
    for (let i = 0; i < 10; i++) await get('/plain');
    expect((await get('/plain')).status).toBe(500);
    upstream.answer = (_request, response) => void response.writeHead(503).end();
    await eventually(async () => (await get('/plain')).headers.get('retry-after')).toMatch(/^[12]$/);
  });

  it('is not opened by callers that disconnect', async () => {
    upstream.answer = () => {};
    for (let i = 0; i < 8; i++) {
      const controller = new AbortController();
      const call = get('/plain', { signal: controller.signal }).catch(() => undefined);
      await eventually(() => upstream.seen.length).toBe(i + 1);
      controller.abort();
      await call;
    }
    upstream.answer = undefined;
    expect((await get('/plain')).status).toBe(200);
  });
});

it('a slow upstream can occupy only the slots of its row, without slowing others', async () => {
  upstream.answer = () => {};
  const controller = new AbortController();
  const slow = Array.from({ length: 20 }, () =>
    get('/few', { signal: controller.signal }).catch(() => undefined),
  );
  await eventually(() => upstream.seen.length).toBe(10);
  const refused = await get('/few');
  expect(await codeOf(refused)).toEqual({ status: 503, code: 'upstream_unavailable' });
  expect((await get('/healthy')).status).toBe(200);
  upstream.answer = undefined;
  expect((await get('/plain')).status).toBe(200);
  controller.abort();
  await Promise.all(slow);
  await eventually(async () => (await get('/few')).status).toBe(200);
});

it('the metrics have the duration and result of calls by upstream', async () => {
  await get('/healthy');
  await get('/nowhere');
  const text = await (await fetch(`http://127.0.0.1:${world.gateway.adminPort}/metrics`)).text();
  const counts = text
    .split('\n')
    .filter((line) => line.startsWith('gatehouse_upstream_request_duration_seconds_count'));
  expect(counts).toContain(
    `gatehouse_upstream_request_duration_seconds_count{upstream="${healthy.url}",outcome="200"} 1`,
  );
  expect(counts.some((line) => line.includes('outcome="upstream_unavailable"'))).toBe(true);
});

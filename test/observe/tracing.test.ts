import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { signInUser } from '../session/support/person.ts';
import type { Browser } from '../support/browser.ts';
import { makeFolder } from '../support/folder.ts';
import { type GatewayProcess, startGatewayProcess } from '../support/gateway-process.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { startWorld, type World } from '../support/world.ts';
import { type ReceivedSpan, startCollector } from './support/collector.ts';

const CANARY = 'CANARY-91c2';
const PATIENCE = { timeout: 15_000, interval: 50 };

/** The header of a trace that a frontend has started. */
const toTraceParent = (traceId: string, flags = '01') => `00-${traceId}-00f067aa0ba902b7-${flags}`;

let world: World;
let upstream: RecordingUpstream;
let collector: Awaited<ReturnType<typeof startCollector>>;
let gateway: GatewayProcess;
let browser: Browser;

beforeAll(async () => {
  world = await startWorld();
  upstream = await startRecordingUpstream();
  collector = await startCollector();
  const common = { methods: ['GET'], upstream: upstream.url };
  const routes = [
    { ...common, path: '/api/appointments', guard: {}, token: 'user', audience: 'urn:organizer' },
    { ...common, path: '/api/open', guard: 'public' },
  ];
  const file = path.join(makeFolder({ 'routes.json': JSON.stringify({ routes }) }), 'routes.json');
  gateway = await startGatewayProcess(world, {
    ROUTES_FILE: file,
    OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    OTEL_BSP_SCHEDULE_DELAY: '50',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=tests',
  });
  browser = await signInUser(gateway.url, 'traced@example.com');
});
afterAll(async () => {
  await gateway?.kill();
  await collector?.close();
  await upstream?.close();
  await world?.close();
});

/** The spans of a trace, after the arrival of its server span, which ends last. */
async function spansOf(traceId: string): Promise<{ server: ReceivedSpan; others: ReceivedSpan[] }> {
  return await vi.waitFor(() => {
    const all = collector.spans().filter((span) => span.traceId === traceId);
    const server = all.find(({ kind }) => kind === 2);
    if (!server) throw new Error('no server span yet');
    return { server, others: all.filter((span) => span !== server) };
  }, PATIENCE);
}

describe('with OTEL_EXPORTER_OTLP_ENDPOINT', () => {
  it('one trace covers the browser, the gateway, its call to the tenant, and the upstream', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: toTraceParent(traceId) };
    const answer = await browser.send('GET', '/api/appointments', { headers });
    expect(answer.status).toBe(200);
    const { server, others } = await spansOf(traceId);
    expect(server).toMatchObject({
      name: 'GET /api/appointments',
      parentSpanId: '00f067aa0ba902b7',
      attributes: {
        'http.request.method': 'GET',
        'http.route': '/api/appointments',
        'http.response.status_code': 200,
        'gatehouse.request_id': answer.headers.get('x-request-id'),
      },
    });
    expect(others.every(({ kind, parentSpanId }) => kind === 3 && parentSpanId === server.spanId)).toBe(true);
    const tenantSpan = others.find(({ name }) => name === 'POST /oauth/token');
    expect(tenantSpan?.attributes).toMatchObject({
      'server.address': 'localhost',
      'http.response.status_code': 200,
      'url.full': `https://${world.tenant.domain}/oauth/token`,
    });
    const storeSpan = others.find(({ name }) => name.startsWith('sessions.'));
    expect(storeSpan?.attributes).toMatchObject({ 'db.system.name': 'sqlite' });
    const upstreamSpan = others.find(({ name }) => name === 'GET');
    expect(upstreamSpan?.attributes).toMatchObject({ 'url.full': upstream.url });
    expect(upstream.last().headers['traceparent']).toBe(`00-${traceId}-${upstreamSpan?.spanId}-01`);
  });

  it('a request without a trace starts one, which its log line contains', async () => {
    const answer = await browser.send('GET', '/v1/auth/session');
    const id = answer.headers.get('x-request-id');
    const line = await vi.waitFor(() => {
      const found = gateway.lines.find((text) => text.includes(`"request_id":"${id}"`));
      if (found === undefined) throw new Error('no line yet');
      return JSON.parse(found) as { trace_id: string };
    }, PATIENCE);
    const { server } = await spansOf(line.trace_id);
    expect(server).toMatchObject({ name: 'GET /v1/auth/session', isError: false });
    expect(server.parentSpanId).toBeUndefined();
  });

  it('a failure of the upstream marks the spans of the call and of the request', async () => {
    const traceId = 'a3ce929d0e0e47364bf92f3577b34da6';
    upstream.answer = (_, response) => response.writeHead(503).end();
    const headers = { traceparent: toTraceParent(traceId) };
    expect((await browser.send('GET', '/api/open', { headers })).status).toBe(503);
    upstream.answer = undefined;
    const { server, others } = await spansOf(traceId);
    expect([server, ...others].map(({ isError }) => isError)).toEqual([true, true]);
  });

  it('a trace that its caller does not record is forwarded, but not exported', async () => {
    const traceId = '0e0e47364bf92f3577b34da6a3ce929d';
    await browser.send('GET', '/api/open', { headers: { traceparent: toTraceParent(traceId, '00') } });
    expect(upstream.last().headers['traceparent']).toMatch(new RegExp(`^00-${traceId}-[\\da-f]{16}-00$`));
    await browser.send('GET', '/v1/auth/session');
    await spansOf(lastTraceId());
    expect(collector.spans().filter((span) => span.traceId === traceId)).toEqual([]);
  });

  it('health checks have no spans, and no secret of a request is in any', async () => {
    await browser.send('GET', '/healthz');
    await browser.send('GET', `/nowhere/${CANARY}?q=${CANARY}`, { headers: { 'X-Test': CANARY } });
    await browser.send('POST', '/v1/auth/signin', {
      body: { email: `${CANARY}@example.com`, password: CANARY },
    });
    await browser.send('GET', `/api/open?token=${CANARY}`);
    await spansOf(lastTraceId());
    expect(collector.spans().map(({ name }) => name)).not.toContain('GET /healthz');
    expect(collector.text()).not.toMatch(new RegExp(`${CANARY}|traced@example\\.com|eyJ|auth0\\|`, 'i'));
  });

  it('the resource has the name, the version and what OTEL_RESOURCE_ATTRIBUTES adds', () => {
    expect(collector.resources()[0]).toMatchObject({
      'service.name': 'gatehouse',
      'service.version': expect.any(String),
      'deployment.environment.name': 'tests',
    });
  });

  it('an outage of the collector affects no request', async () => {
    await collector.close();
    for (let i = 0; i < 3; i += 1) expect((await browser.send('GET', '/v1/auth/session')).status).toBe(200);
  });
});

/** The trace of the latest line of the log. */
function lastTraceId(): string {
  const line = gateway.lines.findLast((text) => text.includes('"trace_id"')) ?? '{}';
  return (JSON.parse(line) as { trace_id: string }).trace_id;
}

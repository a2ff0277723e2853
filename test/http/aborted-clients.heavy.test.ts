import { readdirSync, readlinkSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { spawnGateway } from '../proxy/support/spawn-gateway.ts';
import { eventually } from '../support/eventually.ts';
import { startRecordingUpstream } from '../support/recording-upstream.ts';

const CLIENTS = 10_000;
const AT_ONCE = 200;
const PATIENCE = { timeout: 20_000, interval: 200 };

/** The number of sockets that a process has open. */
const countSockets = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`).startsWith('socket:');
    } catch {
      // Closed meanwhile.
      return false;
    }
  }).length;

/** What clients have sent when they leave. */
const STAGES: readonly string[] = [
  '',
  'GET / HT',
  'GET /problems/not_found HTTP/1.1\r\nHost: a\r\n',
  'GET /problems/not_found HTTP/1.1\r\nHost: a\r\n\r\n',
  'POST /v1/auth/signin HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{',
  'POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc',
  'POST /upload HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n',
  // The upstream never answers it.
  'GET /silent HTTP/1.1\r\nHost: a\r\n\r\n',
  // Its answer never ends.
  'GET /endless HTTP/1.1\r\nHost: a\r\n\r\n',
  'GET /silent HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3),
];

async function abort(port: number, n: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  socket.on('error', () => undefined);
  socket.on('data', () => undefined);
  socket.write(STAGES[n % STAGES.length] ?? '');
  await sleep((n % 7) * 5);
  if (n % 2 === 0) socket.destroy();
  else socket.resetAndDestroy();
  await closed;
}

it('ten thousand clients that leave at any stage of a request leave no socket, no place and no call behind', async () => {
  const upstream = await startRecordingUpstream();
  let open = 0;
  upstream.answer = (request, response) => {
    open++;
    response.once('close', () => open--);
    request.resume();
    if (request.url === '/endless') {
      const timer = setInterval(() => response.write('x'.repeat(1000)), 5);
      response.once('close', () => clearInterval(timer));
    } else if (request.url === '/quick') response.end('ok');
  };
  const row = { upstream: upstream.url, guard: 'public', max_in_flight: 500 };
  const gateway = await spawnGateway(
    [
      { ...row, path: '/silent', methods: ['GET'] },
      { ...row, path: '/endless', methods: ['GET'] },
      { ...row, path: '/quick', methods: ['GET'] },
      { ...row, path: '/upload', methods: ['POST'] },
    ],
    { RATE_LIMIT_ENABLED: 'false', ADDRESS_SHARE: '1' },
  );
  const port = Number(new URL(gateway.url).port);
  const baseline = countSockets(gateway.pid);
  for (let n = 0; n < CLIENTS; n += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => abort(port, n + i)));
  expect(upstream.seen.length).toBeGreaterThan(CLIENTS / 5);
  await eventually(() => open, PATIENCE).toBe(0);
  await eventually(() => gateway.readMetric('gatehouse_in_flight_requests'), PATIENCE).toBe(0);
  // Idle connections to the upstream and to the metrics are closed after some seconds.
  await eventually(() => countSockets(gateway.pid), PATIENCE).toBeLessThanOrEqual(baseline);
  expect((await fetch(`${gateway.url}/quick`)).status).toBe(200);
  await upstream.close();
}, 180_000);

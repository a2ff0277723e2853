import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startRecordingUpstream } from '../support/recording-upstream.ts';
import { startProxyWorld } from './support/proxy-world.ts';

const MAX_IN_FLIGHT = 40;
const AT_ONE_UPSTREAM = 10;

/** Sends bytes, waits, and disconnects without waiting for a response. */
async function sendAndGo(port: number, bytes: string, afterMs: number): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  socket.resume();
  socket.write(bytes);
  await sleep(afterMs);
  socket.destroy();
}

it('every slot is released after any failure of callers and upstreams', async () => {
  const upstream = await startRecordingUpstream();
  const faults = await startFaultProxy(upstream.url);
  const world = await startProxyWorld(
    [
      {
        path: '/x',
        methods: ['GET', 'POST'],
        upstream: faults.url,
        guard: 'public',
        retry: 1,
        timeout_ms: 200,
        idle_timeout_ms: 200,
        max_in_flight: AT_ONE_UPSTREAM,
      },
    ],
    { MAX_IN_FLIGHT: String(MAX_IN_FLIGHT), ADDRESS_SHARE: '1' },
  );
  const head = 'HTTP/1.1\r\nHost: gw\r\n';
  const step = fc.record({
    bytes: fc.constantFrom(
      `GET /x ${head}\r\n`,
      `HEAD /x ${head}\r\n`,
      `GET /x ${head}\r\nGET /x ${head}\r\nGET /x ${head}\r\n`,
      `POST /x ${head}Content-Length: 4\r\n\r\nbody`,
      `POST /x ${head}Content-Length: 400\r\n\r\nbody`,
      `POST /x ${head}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n`,
      `POST /x ${head}Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\nzz`,
      `POST /x ${head}Content-Length: 4\r\nExpect: 100-continue\r\n\r\n`,
    ),
    afterMs: fc.constantFrom(0, 1, 5, 50, 300),
    fault: fc.constantFrom(
      {},
      { resetAfterBytes: 0 },
      { resetAfterBytes: 50 },
      { endAfterBytes: 20 },
      { endAfterBytes: 200 },
      { latencyMs: 150 },
      { latencyMs: 300 },
      { isHung: true },
      { bytesPerS: 500 },
    ),
  });
  const steps = fc.sample(step, { numRuns: 300, seed: 99 });
  const countAtOnce = async (path: string, count: number): Promise<number> => {
    const answers = await Promise.all(
      Array.from({ length: count }, async () => (await fetch(world.url + path)).status),
    );
    return answers.filter((status) => status === 200).length;
  };
  for (let i = 0; i < steps.length; i += 10) {
    const batch = steps.slice(i, i + 10);
    // Enough successful calls before the failing ones that the breaker stays closed.
    faults.fault = {};
    for (let good = 0; good < 30; good += 5) await countAtOnce('/x', 5);
    faults.fault = batch[0]?.fault ?? {};
    await Promise.all(batch.map(({ bytes, afterMs }) => sendAndGo(world.port, bytes, afterMs)));
  }
  faults.fault = {};
  // The breaker may be open, and the last uploads may still be pending.
  await eventually(() => countAtOnce('/x', AT_ONE_UPSTREAM), { timeout: 15_000, interval: 500 }).toBe(
    AT_ONE_UPSTREAM,
  );
  await eventually(() => countAtOnce('/problems/not_found', MAX_IN_FLIGHT - 1), {
    timeout: 15_000,
    interval: 500,
  }).toBe(MAX_IN_FLIGHT - 1);
  expect(upstream.seen.length).toBeGreaterThan(steps.length);
  expect(world.lines.filter(({ msg }) => msg === 'unexpected error')).toEqual([]);
  await world.close();
  await faults.close();
  await upstream.close();
}, 90_000);

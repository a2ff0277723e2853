import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { spawnGateway } from '../proxy/support/spawn-gateway.ts';
import { eventually } from '../support/eventually.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';

/** The capacity is that of four places, each taken for 100 ms: 40 requests a second, so that the processor is not what is overloaded. */
const PLACES = 4;
const HOLD_MS = 100;
const CAPACITY_PER_S = (PLACES * 1000) / HOLD_MS;
const OFFERED_PER_S = 5 * CAPACITY_PER_S;
const LASTS_MS = 8_000;
const TICK_MS = 10;
const NORMAL_WITHIN_MS = 5_000;

interface Outcome {
  readonly status: number | undefined;
  readonly retryAfter: string | undefined;
  readonly error: string | undefined;
  readonly ms: number;
}

let upstream: RecordingUpstream;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  upstream.answer = (_, response) => void setTimeout(() => response.end('ok'), HOLD_MS);
});
afterAll(() => upstream.close());

function get(agent: Agent, url: string): Promise<Outcome> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const end = (status?: number, retryAfter?: string, error?: string) =>
      resolve({ status, retryAfter, error, ms: performance.now() - startedAt });
    const call = request(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => end(response.statusCode, response.headers['retry-after']));
    });
    call.on('error', ({ message }) => end(undefined, undefined, message));
    call.end();
  });
}

const percentile = (outcomes: readonly Outcome[], share: number): number =>
  outcomes.map(({ ms }) => ms).toSorted((a, b) => a - b)[Math.floor(outcomes.length * share)] ?? 0;

it('a gateway that is offered five times its capacity refuses the rest with Retry-After, answers what it accepts in time, and is normal within 5 s', async () => {
  const gateway = await spawnGateway(
    [{ path: '/held', methods: ['GET'], upstream: upstream.url, guard: 'public' }],
    { MAX_IN_FLIGHT: String(PLACES), ADDRESS_SHARE: '1' },
  );
  const agent = new Agent({ keepAlive: true });
  const ask = () => get(agent, `${gateway.url}/held`);
  await ask();
  const calls: Promise<Outcome>[] = [];
  const direct: Promise<Outcome>[] = [];
  const startedAt = performance.now();
  // An open load: it does not slow down when answers are late.
  for (let ms = 0; ms < LASTS_MS; ms = performance.now() - startedAt) {
    while (calls.length < (ms * OFFERED_PER_S) / 1000) calls.push(ask());
    while (direct.length < (ms * CAPACITY_PER_S) / 1000) direct.push(get(agent, upstream.url));
    await sleep(TICK_MS);
  }
  const outcomes = await Promise.all(calls);
  const accepted = outcomes.filter(({ status }) => status === 200);
  const refused = outcomes.filter(({ status }) => status === 503);
  expect(outcomes.filter(({ status }) => status !== 200 && status !== 503)).toEqual([]);
  expect(outcomes.length).toBeGreaterThan(0.8 * OFFERED_PER_S * (LASTS_MS / 1000));
  // It goes on near its capacity: refusals take no places. The load comes in bursts where the machine is busy.
  expect(accepted.length).toBeGreaterThan(0.3 * CAPACITY_PER_S * (LASTS_MS / 1000));
  expect(new Set(refused.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['1']));
  // On a busy machine an answer without the gateway is late, too.
  expect(percentile(accepted, 0.99)).toBeLessThan(
    Math.max(500, 4 * percentile(await Promise.all(direct), 0.99)),
  );
  await eventually(
    async () => {
      const normal = await Promise.all(Array.from({ length: PLACES }, ask));
      return normal.every(({ status, ms }) => status === 200 && ms < 3 * HOLD_MS);
    },
    { timeout: NORMAL_WITHIN_MS },
  ).toBe(true);
  agent.destroy();
}, 60_000);

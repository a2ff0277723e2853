import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, it } from 'vitest';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type SpawnedGateway, spawnGateway } from './support/spawn-gateway.ts';

const MB = 1024 * 1024;
/** PROXY_VOLUME_MB=1024 sends a gigabyte, which takes long. */
const VOLUME = Number(process.env['PROXY_VOLUME_MB'] ?? 256) * MB;
const WARM_UP = 64 * MB;
const ADDED = 30 * MB;
const ROUNDS = 4;
const WATCH_EVERY_MS = 100;

const chunk = Buffer.alloc(64 * 1024, 'x');
const makeBytes = (volume: number) =>
  Readable.from(
    (function* () {
      for (let left = volume; left > 0; left -= chunk.length) yield chunk;
    })(),
  );

async function countBytes(stream: AsyncIterable<Buffer>): Promise<number> {
  let count = 0;
  for await (const part of stream) count += part.length;
  return count;
}

/** Sends this volume up or down, and returns how much arrived. */
async function passThrough(way: 'up' | 'down', volume: number, upstream: RecordingUpstream, url: string) {
  upstream.answer = (received, response) => {
    if (way === 'down') void pipeline(makeBytes(volume), response);
    else void countBytes(received).then((count) => response.end(String(count)));
  };
  const call = request(`${url}/big`, { method: way === 'up' ? 'POST' : 'GET' });
  const answered = once(call, 'response');
  if (way === 'up') await pipeline(makeBytes(volume), call);
  else call.end();
  const [answer] = (await answered) as [AsyncIterable<Buffer>];
  if (way === 'down') return countBytes(answer);
  const parts: Buffer[] = [];
  for await (const part of answer) parts.push(part);
  return Number(Buffer.concat(parts).toString());
}

/** The maximum additional memory of a process during some work. */
async function watchMemory(gateway: SpawnedGateway, work: Promise<unknown>): Promise<number> {
  const before = await gateway.readResidentBytes();
  let most = 0;
  const watched = { isOver: false };
  const ended = work.finally(() => {
    watched.isOver = true;
  });
  while (!watched.isOver) {
    most = Math.max(most, (await gateway.readResidentBytes()) - before);
    await new Promise((resolve) => {
      setTimeout(resolve, WATCH_EVERY_MS);
    });
  }
  await ended;
  return most;
}

it.each(['up', 'down'] as const)(
  'a body of any size goes %s with less than 30 MB of added memory',
  async (way) => {
    const upstream = await startRecordingUpstream();
    const row = { path: '/big', methods: ['GET', 'POST'], upstream: upstream.url, guard: 'public' };
    const gateway = await spawnGateway([{ ...row, max_body: 'unlimited', timeout_ms: 600_000 }]);
    await passThrough(way, WARM_UP, upstream, gateway.url);
    // Uncollected garbage counts too. If bytes were buffered, every round would need at least its volume.
    let least = Number.POSITIVE_INFINITY;
    for (let round = 0; round < ROUNDS && least >= ADDED; round++) {
      const work = passThrough(way, VOLUME, upstream, gateway.url).then((count) =>
        expect(count).toBe(VOLUME),
      );
      least = Math.min(least, await watchMemory(gateway, work));
    }
    expect(least).toBeLessThan(ADDED);
    await upstream.close();
  },
  600_000,
);

import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ProxyWorld, startProxyWorld } from '../proxy/support/proxy-world.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';

let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  world = await startProxyWorld([
    { path: '/upload', methods: ['POST'], upstream: upstream.url, guard: 'public', max_body: 'unlimited' },
  ]);
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});

interface Sent {
  readonly text: string;
  readonly ms: number;
}

/** Sends the head of a long body, then parts of it, until a response arrives or everything is sent. */
async function send(
  path: string,
  length: number,
  piece: string,
  everyMs: number,
  headers = 'Content-Type: application/json\r\n',
): Promise<Sent> {
  const startedAt = performance.now();
  const socket: Socket = connect(world.port, '127.0.0.1');
  let text = '';
  socket.on('error', () => {});
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  socket.write(`POST ${path} HTTP/1.1\r\nHost: gw\r\n${headers}Content-Length: ${length}\r\n\r\n`);
  for (let sent = 0; sent < length && !text.includes('HTTP/1.1 4') && !socket.destroyed; ) {
    socket.write(piece);
    sent += piece.length;
    await sleep(everyMs);
  }
  if (!text.includes('HTTP/1.1 4')) socket.end();
  await closed;
  return { text, ms: performance.now() - startedAt };
}

const statusOf = ({ text }: Sent): string => text.match(/HTTP\/1\.1 ([2-5]\d\d)/)?.[1] ?? '';

const slow: readonly (readonly [path: string, length: number, piece: string, headers?: string])[] = [
  ['/v1/auth/signin', 1_000, ''],
  ['/v1/auth/signin', 1_000, 'x'],
  ['/upload', 1_000, ''],
  ['/upload', 1_000, 'x'],
  ['/upload', 100_000, 'x'.repeat(200)],
  ['/upload', 1_000, '', 'Expect: 100-continue\r\n'],
];

describe('a body', { timeout: 60_000 }, () => {
  it.concurrent('that does not arrive, or slower than 1 kB a second, is 408 soon after 10 s', async () => {
    const answers = await Promise.all(
      slow.map(([path, length, piece, headers]) => send(path, length, piece, 1_000, headers)),
    );
    for (const [i, answer] of answers.entries()) {
      const what = JSON.stringify(slow[i]);
      expect(statusOf(answer), what).toBe('408');
      expect(answer.text, what).toMatch(/"code":"request_timeout"/);
      expect(answer.ms, what).toBeGreaterThan(9_000);
      expect(answer.ms, what).toBeLessThan(25_000);
    }
  });

  it.concurrent('of 2 kB a second is accepted, regardless of its duration', async () => {
    const answer = await send('/upload', 28_000, 'x'.repeat(1_000), 500);
    expect(statusOf(answer)).toBe('200');
    expect(answer.ms).toBeGreaterThan(12_000);
  });
});

import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { bearerHeader, type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

let upstream: RecordingUpstream;
let world: ProxyWorld;
let response: ServerResponse | undefined;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  upstream.answer = (_request, answer) => {
    response = answer;
    answer.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 0\n\n');
  };
  world = await startProxyWorld([
    {
      path: '/events',
      methods: ['GET'],
      upstream: upstream.url,
      guard: { scopes: ['read:things'] },
      stream: true,
    },
  ]);
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  response = undefined;
});

/** An open stream of events, and the events received so far. */
async function open() {
  const answer = await fetch(`${world.url}/events`, { headers: bearerHeader() });
  const state = { text: '', isOver: false, isCut: false };
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const part of answer.body ?? []) state.text += decoder.decode(part as Uint8Array);
  };
  void read()
    .catch(() => {
      state.isCut = true;
    })
    .finally(() => {
      state.isOver = true;
    });
  return state;
}

it('events are forwarded one by one, as they arrive', async () => {
  const stream = await open();
  await eventually(() => stream.text).toBe('data: 0\n\n');
  response?.write('data: 1\n\n');
  await eventually(() => stream.text).toBe('data: 0\n\ndata: 1\n\n');
  response?.end();
  await eventually(() => stream.isOver).toBe(true);
  expect(stream.isCut).toBe(false);
});

it('a stream ends regularly when the token of its caller expires', async () => {
  const stream = await open();
  await eventually(() => stream.text).not.toBe('');
  world.clock.offsetS = 3_700;
  await eventually(() => stream.isOver).toBe(true);
  world.clock.offsetS = 0;
  expect(stream.isCut).toBe(false);
  await eventually(() => upstream.last().isAborted).toBe(true);
});

it('a drain ends open streams', async () => {
  const other = await startProxyWorld([
    { path: '/events', methods: ['GET'], upstream: upstream.url, guard: 'public', stream: true },
  ]);
  const answer = await fetch(`${other.url}/events`);
  const text = answer.text();
  await other.close();
  expect(await text).toBe('data: 0\n\n');
});

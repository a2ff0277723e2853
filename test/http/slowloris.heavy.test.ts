import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';

const SOCKETS = 1000;
const PIECE_EVERY_MS = 1000;
const CLOSED_WITHIN_MS = 15_000;

let gateway: GatewayUnderTest;
beforeAll(async () => {
  gateway = await startLonelyGateway();
});
afterAll(() => gateway.close());

/** 99 % of so many requests, one after the other, are answered within this time. */
async function p99Ms(count: number, onStatus: (status: number) => void): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    onStatus((await fetch(`${gateway.url}/healthz`)).status);
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((a, b) => a - b)[Math.floor(count * 0.99)] ?? 0;
}

it('a thousand clients that send an endless header get 408 and are closed within 15 s, and others are served as fast as before', async () => {
  const port = Number(new URL(gateway.url).port);
  const statuses = new Set<number>();
  const onStatus = (status: number) => void statuses.add(status);
  const before = await p99Ms(500, onStatus);
  const startedAt = performance.now();
  const answers: string[] = [];
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    socket.write('GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ');
    const dripping = setInterval(() => socket.write('a'), PIECE_EVERY_MS);
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString();
    });
    socket.on('close', () => {
      clearInterval(dripping);
      answers.push(text);
    });
    return socket;
  };
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, open));
  // The clients are in this process too: their pieces take most of the difference.
  expect(await p99Ms(500, onStatus)).toBeLessThan(2 * before + 50);
  while (answers.length < SOCKETS) onStatus((await fetch(`${gateway.url}/healthz`)).status);
  expect(performance.now() - startedAt).toBeLessThan(CLOSED_WITHIN_MS);
  expect(sockets).toHaveLength(SOCKETS);
  expect(statuses).toEqual(new Set([200]));
  expect(answers.filter((text) => !text.startsWith('HTTP/1.1 408'))).toEqual([]);
});

import { connect, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { sendRawRequest } from '../support/raw-http.ts';

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startLonelyGateway({ MAX_IN_FLIGHT: '2', ADDRESS_SHARE: '1' });
});
afterAll(() => under.close());

const open: Socket[] = [];
afterEach(free);

/** Occupies both slots with requests whose bodies never end. */
async function fill(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    const socket = connect(under.gateway.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      'POST /v1/auth/signin HTTP/1.1\r\nHost: gw\r\nContent-Type: application/json\r\nContent-Length: 33\r\n\r\n{',
    );
    open.push(socket);
  }
  await expect.poll(statusOfAny, { timeout: 10_000 }).toBe(503);
}

/** Ends the requests of `fill`, and waits until their slots are free. */
async function free(): Promise<void> {
  for (const socket of open.splice(0)) socket.destroy();
  await expect.poll(statusOfAny, { timeout: 10_000 }).toBe(200);
}

const statusOfAny = async (): Promise<number> => (await fetch(`${under.url}/problems/not_found`)).status;

describe('a gateway at its limit of requests in flight', () => {
  it('still answers liveness and readiness', async () => {
    await fill();
    expect(await statusOfAny()).toBe(503);
    const lives = await Promise.all(Array.from({ length: 10 }, () => fetch(`${under.url}/healthz`)));
    expect(new Set(lives.map(({ status }) => status))).toEqual(new Set([200]));
    const ready = await fetch(`${under.url}/readyz`);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'unavailable', parts: { keys: 'not loaded' } });
  });

  it('answers 503 in the error format of the row, with no-store below /v1', async () => {
    await fill();
    const token = await fetch(`${under.url}/v1/oauth/token`, { method: 'POST' });
    expect(token.status).toBe(503);
    expect(token.headers.get('content-type')).toMatch(/^application\/json/);
    expect(token.headers.get('cache-control')).toBe('no-store');
    expect(token.headers.get('retry-after')).toBe('1');
    expect(await token.json()).toMatchObject({ error: 'temporarily_unavailable' });
    const other = await fetch(`${under.url}/v1/auth/signin`, { method: 'POST' });
    expect(other.headers.get('cache-control')).toBe('no-store');
    expect(await other.json()).toMatchObject({ code: 'overloaded' });
  });

  it('accepts requests again as soon as those have ended, up to the same limit', async () => {
    for (let round = 0; round < 3; round++) {
      await fill();
      await free();
    }
    await fill();
    expect(await statusOfAny()).toBe(503);
  });
});

describe('a request refused by the edge', () => {
  const token = (headers: string) =>
    sendRawRequest(
      under.gateway.port,
      `POST /v1/oauth/token HTTP/1.1\r\n${headers}Content-Length: 0\r\n\r\n`,
    );

  it('has the OAuth error format of its row', async () => {
    for (const headers of ['', 'Host: a b\r\n', 'Host: gw\r\nUpgrade: x\r\n', 'Host: gw\r\nExpect: x\r\n']) {
      const [answer] = await token(headers);
      expect(JSON.parse(answer?.body ?? ''), headers).toMatchObject({ error: 'invalid_request' });
      expect(answer?.head).toMatch(/^cache-control: no-store/im);
    }
  });

  it('is not cacheable below /v1 or without a known row', async () => {
    const bad = 'Host: gw\r\n\r\n';
    for (const request of [
      `GET /v1/a%2fb HTTP/1.1\r\n${bad}`,
      `GARBAGE\r\n\r\n`,
      `CONNECT a:1 HTTP/1.1\r\n${bad}`,
    ]) {
      const [answer] = await sendRawRequest(under.gateway.port, request);
      expect(answer?.status, request).toBe(400);
      expect(answer?.head, request).toMatch(/^cache-control: no-store/im);
    }
  });

  it('with another method on an OAuth row is a problem', async () => {
    const response = await fetch(`${under.url}/v1/oauth/token`);
    expect(response.status).toBe(405);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
  });
});

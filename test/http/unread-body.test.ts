import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';

let under: GatewayUnderTest;
beforeAll(async () => {
  under = await startLonelyGateway({ RATE_LIMIT_ENABLED: 'false' });
});
afterAll(() => under.close());

/** Sends a head, then one byte of the body every 100 ms, until the connection is closed. */
function drip(head: string, wholeBody = ''): Promise<{ text: string; ms: number }> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let text = '';
    const socket = connect(under.gateway.port, '127.0.0.1', () => {
      socket.write(`${head}Host: gw\r\n\r\n${wholeBody}`);
    });
    const timer = setInterval(() => wholeBody === '' && socket.writable && socket.write('x'), 100);
    socket.on('error', () => {});
    socket.on('data', (chunk) => {
      text += chunk.toString();
    });
    socket.on('close', () => {
      clearInterval(timer);
      resolve({ text, ms: performance.now() - startedAt });
    });
  });
}

const long = 'Content-Length: 1000000\r\n';
const chunked = 'Transfer-Encoding: chunked\r\n';

describe('a client that slowly continues its body after the response', () => {
  it.concurrent.each([
    ['200', 'GET /healthz', long],
    ['200', 'HEAD /healthz', long],
    ['200', 'GET /docs/swagger-ui.css', long],
    ['204', 'OPTIONS /v1/auth/signin', long],
    ['401', 'GET /api/location/geocode?q=a', long],
    ['404', 'POST /nowhere', long],
    ['413', 'POST /v1/auth/signin', `${long}Content-Type: application/json\r\n`],
    ['415', 'POST /v1/auth/signin', long],
    ['400', 'GET /%00', long],
    ['200', 'GET /healthz', chunked],
  ])(
    'gets its %s, and is disconnected soon after: %s',
    { timeout: 10_000 },
    async (status, line, headers) => {
      const { text, ms } = await drip(`${line} HTTP/1.1\r\n${headers}`);
      expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status}`));
      expect(text).toMatch(/^connection: close/im);
      if (headers !== chunked) expect(ms).toBeGreaterThan(500);
      expect(ms).toBeLessThan(5000);
    },
  );

  it('is not disconnected if the body ends', async () => {
    const { text, ms } = await drip('GET /healthz HTTP/1.1\r\nContent-Length: 3\r\n', 'abc');
    expect(text).toMatch(/^HTTP\/1.1 200/);
    expect(ms).toBeLessThan(500);
  });

  it('may disconnect meanwhile', async () => {
    await Promise.all(
      Array.from(
        { length: 30 },
        (_, i) =>
          new Promise<void>((resolve) => {
            const socket = connect(under.gateway.port, '127.0.0.1', () => {
              socket.write(`GET /healthz HTTP/1.1\r\n${long}Host: gw\r\n\r\nabc`);
              setTimeout(() => (i % 2 ? socket.destroy() : socket.resetAndDestroy()), i);
            });
            socket.on('close', () => resolve());
          }),
      ),
    );
    expect((await fetch(`${under.url}/healthz`)).status).toBe(200);
  });

  it('loses no response while it sends fast', async () => {
    for (let i = 0; i < 10; i++) {
      const { text } = await drip(
        'POST /nowhere HTTP/1.1\r\nContent-Length: 3000000\r\n',
        'x'.repeat(3_000_000),
      );
      expect(text).toMatch(/^HTTP\/1.1 404/);
      expect(text).toMatch(/\}$/);
    }
  });
});

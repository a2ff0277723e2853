import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import framings from '../fixtures/http-framing.json' with { type: 'json' };
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { sendRaw, sendRawRequest } from '../support/raw-http.ts';

let under: GatewayUnderTest;
let port: number;

beforeAll(async () => {
  under = await startLonelyGateway();
  port = under.gateway.port;
});
afterAll(() => under.close());

const raw = (bytes: string) => sendRawRequest(port, bytes);
const codeOf = (body: string): string => (JSON.parse(body) as { code: string }).code;

describe('the server', () => {
  it('accepts valid framings, and refuses ambiguous ones with a problem and a closed connection', async () => {
    const sound = new Set(['chunk ext', 'GET w/ body', 'pipelined x2', 'Upgrade h2c']);
    for (const { name, raw: bytes } of framings.cases) {
      const answers = await raw(bytes);
      if (sound.has(name)) {
        // There is no row at these paths: a valid framing counts as one request each.
        expect(
          answers.map(({ status }) => status),
          name,
        ).toEqual(name === 'pipelined x2' ? [404, 404] : [404]);
        continue;
      }
      expect(answers, name).toHaveLength(1);
      const [answer] = answers;
      expect([400, 405], name).toContain(answer?.status);
      expect(answer?.head, name).toMatch(/content-type: application\/problem\+json/i);
      if (answer?.status === 400) expect(answer.head, name).toMatch(/connection: close/i);
    }
  });

  it('answers headers over 16 kB with 431', async () => {
    const [answer] = await raw(`GET / HTTP/1.1\r\nHost: gw\r\nX-Big: ${'a'.repeat(17_000)}\r\n\r\n`);
    expect(answer?.status).toBe(431);
    expect(codeOf(answer?.body ?? '')).toBe('headers_too_large');
  });

  it('refuses an unknown Expect', async () => {
    const [answer] = await raw(
      'POST /v1/auth/signin HTTP/1.1\r\nHost: gw\r\nExpect: gold\r\nContent-Length: 2\r\n\r\n{}',
    );
    expect(answer?.status).toBe(400);
  });

  it('sends 100 Continue only if a row reads a body', async () => {
    const head =
      'HTTP/1.1\r\nHost: gw\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n';
    expect(await sendRaw(port, `POST /v1/auth/signin ${head}`)).toMatch(/^HTTP\/1\.1 100 Continue/);
    expect(await sendRaw(port, `POST /nowhere ${head}`)).toMatch(/^HTTP\/1\.1 404/);
  });

  it('closes a connection with incomplete headers', async () => {
    const startedAt = performance.now();
    const text = await sendRaw(port, 'GET / HTTP/1.1\r\nHost: gw\r\nX-Slow: ', 15_000);
    expect(text).toMatch(/^HTTP\/1\.1 408/);
    expect(performance.now() - startedAt).toBeLessThan(14_000);
  });

  it('keeps working after aborted, empty and invalid connections', async () => {
    await Promise.all(
      Array.from(
        { length: 50 },
        (_, i) =>
          new Promise<void>((resolve) => {
            const socket = connect(port, '127.0.0.1', () => {
              if (i % 3 === 0) socket.write('\x16\x03\x01garbage');
              if (i % 3 === 1) socket.write('GET /healthz HTTP/1.1\r\nHost: gw\r\n\r\n');
              socket.destroy();
              resolve();
            });
          }),
      ),
    );
    expect((await fetch(`${under.url}/healthz`)).status).toBe(200);
  });

  it('checks pipelined requests one by one, in order', async () => {
    const one = (target: string) => `GET ${target} HTTP/1.1\r\nHost: gw\r\n\r\n`;
    const targets = Array.from(
      { length: 30 },
      (_, i) => ['/healthz', '/api/location/geocode?q=a', '/nowhere'][i % 3] ?? '',
    );
    const answers = await raw(targets.map(one).join(''));
    expect(answers.map(({ status }) => status)).toEqual(targets.map((_, i) => [200, 401, 404][i % 3]));
  });

  it('treats a header named __proto__ as a header', async () => {
    const [answer] = await raw('GET /healthz HTTP/1.1\r\nHost: gw\r\n__proto__: x\r\nconstructor: y\r\n\r\n');
    expect(answer?.status).toBe(200);
  });
});

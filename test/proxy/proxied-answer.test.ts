import { connect } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendRaw } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  world = await startProxyWorld(
    [{ path: '/*', methods: ['GET', 'POST'], upstream: upstream.url, guard: 'public' }],
    { ALLOWED_ORIGINS: 'https://app.example.com' },
  );
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
});

/** The result of a response that the upstream writes raw, without normalization. */
async function answerWith(head: string, body = '', init: RequestInit = {}): Promise<Response> {
  upstream.answer = (request) => {
    request.socket.end(`${head}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`);
  };
  return fetch(`${world.url}/page`, { redirect: 'manual', ...init });
}

describe('a response of an upstream', () => {
  it('is stripped of hop-by-hop headers, those that Connection names, and those of the gateway', async () => {
    const answer = await answerWith(
      'HTTP/1.1 200 OK\r\nKeep-Alive: timeout=9\r\nX-Named: 1\r\nConnection: x-named\r\nProxy-Authenticate: Basic\r\n' +
        'Trailer: X-After\r\nUpgrade: h2c\r\nAlt-Svc: h3=":443"\r\nX-Request-Id: theirs\r\n' +
        'Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\nX-Kept: yes',
    );
    for (const name of ['x-named', 'proxy-authenticate', 'trailer', 'upgrade', 'alt-svc'])
      expect(answer.headers.has(name), name).toBe(false);
    expect(answer.headers.get('keep-alive')).not.toContain('timeout=9');
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    expect(answer.headers.get('x-request-id')).not.toBe('theirs');
    expect(answer.headers.get('x-kept')).toBe('yes');
  });

  it('has only the gateway’s CORS headers', async () => {
    const answer = await answerWith('HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\nVary: Accept', '', {
      headers: { origin: 'https://app.example.com' },
    });
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    expect(answer.headers.get('vary')).toBe('Accept, Origin');
  });

  it('may set cookies, but none of the gateway, in any spelling', async () => {
    const ours = [
      '__Host-gatehouse=x; Path=/; Secure',
      '__host-gatehouse=x',
      'gatehouse=x',
      ' gatehouse =x',
      '=gatehouse=x',
      '= __Host-gatehouse=x',
      'gatehouse-tx-abc=x',
      '__Host-gatehouse-tx-abc=x',
      'gatehouse',
    ];
    const lines = [...ours, 'theme=dark; Path=/', 'gatehouses=1'].map((one) => `\r\nSet-Cookie: ${one}`);
    const answer = await answerWith(`HTTP/1.1 200 OK${lines.join('')}`);
    expect(answer.headers.getSetCookie()).toEqual(['theme=dark; Path=/', 'gatehouses=1']);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('gets the security headers that it lacks and keeps its own', async () => {
    const answer = await answerWith(
      'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nReferrer-Policy: origin',
      '<p>',
    );
    expect(answer.headers.get('referrer-policy')).toBe('origin');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.has('content-security-policy')).toBe(false);
    const json = await answerWith('HTTP/1.1 200 OK\r\nContent-Type: application/json', '{}');
    expect(json.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('that redirects is forwarded, not followed', async () => {
    const answer = await answerWith('HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/latest');
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe('http://169.254.169.254/latest');
    expect(upstream.seen).toHaveLength(1);
  });

  it('that refuses is not cacheable', async () => {
    for (const status of ['401 Unauthorized', '403 Forbidden']) {
      const answer = await answerWith(
        `HTTP/1.1 ${status}\r\nCache-Control: public, max-age=60\r\nCDN-Cache-Control: max-age=60\r\nSurrogate-Control: max-age=60`,
      );
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.has('cdn-cache-control')).toBe(false);
      expect(answer.headers.has('surrogate-control')).toBe(false);
    }
    const other = await answerWith('HTTP/1.1 200 OK\r\nCache-Control: public, max-age=60');
    expect(other.headers.get('cache-control')).toBe('public, max-age=60');
  });

  it.each([204, 304])('%i has no body and keeps the connection', async (status) => {
    upstream.answer = (_request, response) => response.writeHead(status, { ETag: '"a"' }).end();
    const text = await sendRaw(
      world.port,
      'GET /a HTTP/1.1\r\nHost: gw\r\n\r\nGET /b HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n',
      10_000,
    );
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual([`HTTP/1.1 ${status}`, `HTTP/1.1 ${status}`]);
    expect(text).toContain('etag: "a"');
  });

  it('to HEAD keeps the length that a GET would have', async () => {
    upstream.answer = (_request, response) => response.writeHead(200, { 'Content-Length': '1234' }).end();
    const answer = await fetch(`${world.url}/a`, { method: 'HEAD' });
    expect(answer.headers.get('content-length')).toBe('1234');
  });

  it('of unknown length is forwarded as it arrives, without trailers', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(200, { Trailer: 'X-After' });
      response.write('one');
      response.addTrailers({ 'X-After': 'secret' });
      response.end('two');
    };
    const text = await sendRaw(
      world.port,
      'GET /a HTTP/1.1\r\nHost: gw\r\nConnection: close\r\n\r\n',
      10_000,
    );
    expect(text).toContain('one');
    expect(text).toContain('two');
    expect(text.toLowerCase()).not.toContain('x-after');
  });

  it('with a header named like a built-in member of objects is forwarded', async () => {
    const answer = await answerWith('HTTP/1.1 200 OK\r\n__proto__: x\r\nConstructor: y\r\n__proto__: z');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('constructor')).toBe('y');
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a bad length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n'],
    ['an unrequested protocol', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n'],
    ['64 kB of headers', `HTTP/1.1 200 OK\r\nX-Big: ${'x'.repeat(65_536)}\r\n\r\n`],
  ])('that is %s is 502 without details', async (_what, bytes) => {
    upstream.answer = (request) => void request.socket.end(bytes);
    const answer = await fetch(`${world.url}/a`);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ code: 'upstream_error' });
  });

  it('that arrives before the body was sent is forwarded, and the connection is closed', async () => {
    upstream.answer = (_request, response) =>
      response.writeHead(413, { Connection: 'close', 'Content-Length': '4' }).end('huge');
    const text = await new Promise<string>((resolve) => {
      const socket = connect(world.port, '127.0.0.1');
      let received = '';
      socket.on('data', (chunk) => (received += chunk.toString()));
      socket.on('close', () => resolve(received));
      socket.on('error', () => {});
      socket.write('POST /a HTTP/1.1\r\nHost: gw\r\nContent-Length: 1000000\r\n\r\nsome');
    });
    expect(text).toMatch(/^HTTP\/1\.1 413 /);
    expect(text).toMatch(/connection: close/i);
    expect(text).toContain('huge');
  });
});

it('the gateway’s own headers are never forwarded, for any row', async () => {
  for (const path of ['/v1/auth/nothing', '/v1', '/.well-known/x', '/problems/x/y', '/docs/x', '/readyz/x'])
    expect((await fetch(world.url + path)).status, path).toBe(404);
  expect(upstream.seen).toEqual([]);
});

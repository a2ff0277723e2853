import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERROR_TABLE } from '../../src/errors.ts';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { sendRawRequest } from '../support/raw-http.ts';

let under: GatewayUnderTest;
let url: string;

beforeAll(async () => {
  under = await startLonelyGateway({ ALLOWED_ORIGINS: 'https://app.example', NODE_ENV: 'development' });
  url = under.url;
});
afterAll(() => under.close());

interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly request_id: string;
  readonly errors?: readonly { path: string; message: string }[];
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  return (await response.json()) as Problem;
}

/** JSON of an object with so many keys. */
const toObject = (keys: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, 1])));

/** The headers of a raw head, as name and value. */
const toPairs = (head: string): [string, string][] =>
  head
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(/: (.*)/s, 2))
    .filter((pair): pair is [string, string] => pair.length === 2);

const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(`${url}${path}`, {
    method: 'POST',
    body,
    headers: { 'Content-Type': 'application/json', ...headers },
  });

describe('every response', () => {
  it('has security headers and a request id, which the caller can choose', async () => {
    const response = await fetch(`${url}/healthz`, { headers: { 'X-Request-Id': 'abc.DEF_1-2' } });
    expect(response.headers.get('x-request-id')).toBe('abc.DEF_1-2');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'/);
    expect(response.headers.get('x-powered-by')).toBeNull();
    expect(response.headers.get('etag')).toBeNull();
  });

  it('forbids sniffing, framing, referrers and use by other origins: for API, page, redirect, error and refused request', async () => {
    const [refused] = await sendRawRequest(under.gateway.port, 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n');
    const heads = [new Headers(toPairs(refused?.head ?? ''))];
    for (const path of [
      '/healthz',
      '/openapi.json',
      '/docs',
      '/',
      '/v1/auth/signed-out',
      '/nowhere',
      '/v1/auth/sessions',
    ])
      heads.push((await fetch(`${url}${path}`, { redirect: 'manual' })).headers);
    for (const headers of heads) {
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      const policy = headers.get('content-security-policy')?.split('; ');
      expect(policy).toEqual(
        expect.arrayContaining(["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"]),
      );
    }
  });

  it.each(['a b', 'a'.repeat(129), 'ü', ''])(
    'replaces a request id that is not well formed: %j',
    async (id) => {
      const [answer] = await sendRawRequest(
        under.gateway.port,
        Buffer.from(`GET /healthz HTTP/1.1\r\nHost: gw\r\nX-Request-Id: ${id}\r\n\r\n`),
      );
      expect(answer?.head).toMatch(/x-request-id: [\w-]{22}$/im);
    },
  );

  it('that is an error is a problem with a resolvable type', async () => {
    const response = await fetch(`${url}/nowhere`);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 404, code: 'not_found' });
    expect(problem.request_id).toBe(response.headers.get('x-request-id'));
    const explained = await fetch(problem.type.replace('localhost', '127.0.0.1'));
    expect(await explained.json()).toEqual({ code: 'not_found', ...ERROR_TABLE.not_found });
  });
});

describe('/problems', () => {
  it('has a page for every code of the table, and no others', async () => {
    for (const code of Object.keys(ERROR_TABLE))
      expect((await fetch(`${url}/problems/${code}`)).status, code).toBe(200);
    for (const code of ['constructor', '__proto__', 'toString', 'x'])
      expect((await fetch(`${url}/problems/${code}`)).status, code).toBe(404);
  });
});

describe('methods', () => {
  it('that a row does not list answer 405 with Allow', async () => {
    const response = await fetch(`${url}/healthz`, { method: 'DELETE' });
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    expect(await problemOf(response)).toMatchObject({ code: 'method_not_allowed' });
  });

  it('HEAD has the guard of GET', async () => {
    const response = await fetch(`${url}/healthz`, { method: 'HEAD' });
    expect(response.status).toBe(200);
    expect(Number(response.headers.get('content-length'))).toBeGreaterThan(0);
    expect((await fetch(`${url}/api/location/geocode?q=a`, { method: 'HEAD' })).status).toBe(401);
  });

  it('OPTIONS is answered by the gateway, without a token', async () => {
    const response = await fetch(`${url}/api/location/geocode`, { method: 'OPTIONS' });
    expect(response.status).toBe(204);
    expect(response.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
    const [star] = await sendRawRequest(under.gateway.port, 'OPTIONS * HTTP/1.1\r\nHost: gw\r\n\r\n');
    expect(star?.status).toBe(204);
  });
});

describe('paths', () => {
  it.each(['/HEALTHZ', '/healthz/', '/problems/', '/v1', '/v1/auth'])(
    'are compared byte for byte: %s is not found',
    async (path) => {
      expect((await fetch(`${url}${path}`)).status).toBe(404);
    },
  );

  it('of an invalid target answer 400 bad_request_target', async () => {
    const [answer] = await sendRawRequest(
      under.gateway.port,
      'GET /problems/..%2fx HTTP/1.1\r\nHost: gw\r\n\r\n',
    );
    expect(answer?.status).toBe(400);
    expect(answer?.body).toMatch(/bad_request_target/);
  });
});

describe('a body', () => {
  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', ''])(
    'of type %j answers 415',
    async (type) => {
      expect(await problemOf(await post('/v1/auth/signin', '{}', { 'Content-Type': type }))).toMatchObject({
        code: 'unsupported_media_type',
      });
    },
  );

  it('that is compressed answers 415', async () => {
    expect((await post('/v1/auth/signin', 'x', { 'Content-Encoding': 'gzip' })).status).toBe(415);
  });

  it('over 16 kB answers 413, with and without a length', async () => {
    const big = JSON.stringify({ email: 'a'.repeat(17_000) });
    expect(await problemOf(await post('/v1/auth/signin', big))).toMatchObject({ code: 'payload_too_large' });
    const stream = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(big));
        controller.close();
      },
    });
    const chunked = await fetch(`${url}/v1/auth/signin`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: { 'Content-Type': 'application/json' },
    });
    expect(chunked.status).toBe(413);
  });

  it.each([
    ['JSON, nested 50,000 deep', '/v1/auth/signin', 'json', '['.repeat(50_000), 413],
    ['JSON of 100,000 keys', '/v1/auth/signin', 'json', toObject(100_000), 413],
    ['JSON of 1,000 keys', '/v1/auth/signin', 'json', toObject(1_000), 400],
    [
      'a form with 100,000 times a[]',
      '/v1/oauth/token',
      'x-www-form-urlencoded',
      'a[]=&'.repeat(100_000),
      413,
    ],
    ['a form with 3,000 times a[]', '/v1/oauth/token', 'x-www-form-urlencoded', 'a[]=&'.repeat(3_000), 400],
  ])('of %s is refused', async (_what, path, type, body, status) => {
    expect((await post(path, body, { 'Content-Type': `application/${type}` })).status).toBe(status);
  });

  it.each([
    ['broken', '{"email":'],
    ['nested 33 deep', `${'['.repeat(33)}${']'.repeat(33)}`],
    ['nested 7,000 deep', `${'['.repeat(7000)}${']'.repeat(7000)}`],
    ['not an object', '"x"'],
    ['null', 'null'],
    ['an array', '[]'],
    ['with __proto__', '{"email":"a@b.c","password":"x","__proto__":{"isAdmin":true}}'],
    ['with an escaped __proto__', '{"email":"a@b.c","password":"x","\\u005f_proto__":{}}'],
    ['with constructor', '{"email":"a@b.c","password":"x","constructor":{}}'],
    ['with an unknown key', '{"email":"a@b.c","password":"x","realm":"other"}'],
  ])('%s answers 400 validation_failed', async (_what, body) => {
    const problem = await problemOf(await post('/v1/auth/signin', body));
    expect(problem).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(problem.errors?.length).toBeGreaterThan(0);
  });

  it('names the fault by its path without the sent value', async () => {
    const problem = await problemOf(
      await post('/v1/auth/signin', '{"email":["canary-value"],"password":7,"canary_key":1}'),
    );
    expect(problem.errors?.map(({ path }) => path).toSorted()).toEqual(['canary_key', 'email', 'password']);
    expect(JSON.stringify(problem)).not.toMatch(/canary-value/);
  });
});

describe('a query', () => {
  it('with an unknown or repeated name is checked after the guard', async () => {
    expect((await fetch(`${url}/api/location/geocode?nonsense=1`)).status).toBe(401);
  });
});

describe('CORS', () => {
  const preflight = (origin: string) =>
    fetch(`${url}/v1/auth/signin`, {
      method: 'OPTIONS',
      headers: {
        Origin: origin,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'content-type,x-csrf',
      },
    });

  it('allows a listed origin, with credentials', async () => {
    const response = await preflight('https://app.example');
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'Content-Type, Authorization, X-CSRF, X-MFA-Handle, X-Request-Id, traceparent',
    );
    expect(response.headers.get('vary')).toBe('Origin');
    expect(Number(response.headers.get('access-control-max-age'))).toBeGreaterThan(0);
  });

  it('in development allows every http://localhost:<port>', async () => {
    expect((await preflight('http://localhost:5173')).headers.get('access-control-allow-origin')).toBe(
      'http://localhost:5173',
    );
  });

  it.each([
    'null',
    'https://app.example.evil',
    'https://appXexample',
    'https://app.example:8443',
    'http://app.example',
    'https://app.example/',
    'http://localhost.evil:1',
    'http://localhost:1@evil',
  ])('has no headers for %s', async (origin) => {
    const response = await preflight(origin);
    expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(response.headers.get('vary')).toBe('Origin');
  });

  it('applies to errors too', async () => {
    const response = await fetch(`${url}/nowhere`, { headers: { Origin: 'https://app.example' } });
    expect(response.status).toBe(404);
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.example');
    expect(response.headers.get('access-control-expose-headers')).toContain('Retry-After');
  });
});

describe('the API document', () => {
  it('contains every row, and its page loads nothing from other origins', async () => {
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as {
      openapi: string;
      paths: Record<string, unknown>;
    };
    expect(document.openapi).toBe('3.1.0');
    expect(Object.keys(document.paths)).toContain('/v1/auth/signin');
    const page = await fetch(`${url}/docs`);
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toMatch(/script-src 'self'/);
    for (const [, source] of html.matchAll(/(?:src|href)="((?!data:)[^"]+)"/g)) {
      expect(source).toMatch(/^\/(?!\/)/);
      expect((await fetch(`${url}${source}`)).status, source).toBe(200);
    }
  });
});

import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendRaw, sendRawRequest } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { makeBearer, type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';

const corpusFile = 'test/fixtures/http-framing.json';
const { cases } = JSON.parse(readFileSync(corpusFile, 'utf8')) as { cases: { name: string; raw: string }[] };

/** The unambiguous framings. */
const sound: Readonly<Record<string, number>> = {
  'chunk ext': 1,
  'GET w/ body': 1,
  'pipelined x2': 1,
  'Upgrade h2c': 1,
};

let upstream: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const common = { methods: ['GET', 'POST'], upstream: upstream.url };
  world = await startProxyWorld([
    { ...common, path: '/api/public/*', guard: 'public' },
    { ...common, path: '/api/admin/*', guard: { scopes: ['admin'] } },
  ]);
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
});

const raw = (bytes: string) => sendRawRequest(world.port, bytes, 1000);

describe('a framing of the corpus', () => {
  it.each(cases)(
    '$name is valid, or refused without a request to the upstream and with the connection closed',
    async ({ name, raw: bytes }) => {
      const answers = await raw(bytes);
      expect(upstream.seen.length).toBe(sound[name] ?? 0);
      if (name in sound) expect(answers[0]?.status).toBe(200);
      else {
        expect(answers).toHaveLength(1);
        expect([400, 405]).toContain(answers[0]?.status);
        expect(answers[0]?.head).toMatch(/^connection: close/im);
      }
      expect(upstream.seen.filter(({ url }) => url.startsWith('/api/admin'))).toEqual([]);
    },
  );
});

describe('a header of a caller with a name of the gateway', () => {
  const forged = [
    'X-User-Id: admin',
    'X_User_Id: admin',
    'x-USER_scopes: admin',
    'X-User-Email: admin@x',
    'X-Client-Id: admin',
    'X_Client_Id: admin',
    'X-Forwarded-For: 6.6.6.6',
    'X_Forwarded_For: 6.6.6.6',
    'X-Forwarded-Host: evil',
    'X-Forwarded-Proto: gopher',
    'X-Forwarded-Prefix: /evil',
    'X-Forwarded: for=6.6.6.6',
    'X-Real-IP: 6.6.6.6',
    'Forwarded: for=6.6.6.6',
    'X.User.Id: admin',
  ];

  it('is never forwarded', async () => {
    const [answer] = await raw(
      `GET /api/public/x HTTP/1.1\r\nHost: gw\r\n${forged.join('\r\n')}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer?.status).toBe(200);
    const { rawHeaders } = upstream.last();
    expect(rawHeaders.join('\n')).not.toMatch(/admin|6\.6\.6\.6|evil|gopher/);
    const names = rawHeaders.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
    expect(names.filter((name) => name.includes('_') || name.includes('user'))).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  it('and Connection cannot remove the gateway’s headers', async () => {
    const token = makeBearer({ scope: 'admin' });
    const [answer] = await raw(
      `GET /api/admin/x HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer ${token}\r\nX-Mine: 1\r\nX-Other: 2\r\n` +
        'Connection: x-user-id, authorization, X-Forwarded-For, x-request-id, host, X_Mine, close\r\n\r\n',
    );
    expect(answer?.status).toBe(200);
    const { headers } = upstream.last();
    expect(headers).toMatchObject({
      'x-user-id': 'auth0|alice',
      'x-forwarded-for': '127.0.0.1',
      'x-other': '2',
    });
    expect(headers['x-request-id']).toBeDefined();
    expect(headers['x-mine']).toBeUndefined();
  });

  it('that is hop-by-hop, overrides the method or is a cookie of the gateway is not forwarded', async () => {
    const [answer] = await raw(
      'GET /api/public/x HTTP/1.1\r\nHost: gw\r\nTE: trailers\r\nKeep-Alive: timeout=1\r\nProxy-Authorization: Basic x\r\n' +
        'Proxy-Connection: keep-alive\r\nTrailer: X-A\r\nHTTP2-Settings: AAM\r\nX-HTTP-Method-Override: DELETE\r\n' +
        'Cookie: __Host-gatehouse=secret; gatehouse=secret\r\nConnection: close\r\n\r\n',
    );
    expect(answer?.status).toBe(200);
    const { rawHeaders, headers } = upstream.last();
    expect(rawHeaders.join('\n')).not.toMatch(/trailers|timeout=1|Basic|AAM|DELETE|secret/);
    expect(headers.connection).toBe('keep-alive');
  });

  it.each(['__proto__: x', 'constructor: x', 'toString: x', 'hasOwnProperty: x'])(
    'named %s changes nothing',
    async (line) => {
      const [answer] = await raw(
        `GET /api/public/x HTTP/1.1\r\nHost: gw\r\n${line}\r\nConnection: close\r\n\r\n`,
      );
      expect(answer?.status).toBe(200);
      expect(upstream.last().rawHeaders).toContain(line.split(':')[0]);
    },
  );
});

it('a hundred pipelined requests with different permissions are checked one by one, in order', async () => {
  const token = makeBearer({ scope: 'admin' });
  const kinds = [
    { target: '/api/public/a', headers: '', status: 200 },
    { target: '/api/admin/b', headers: '', status: 401 },
    { target: '/api/admin/c', headers: `Authorization: Bearer ${token}\r\n`, status: 200 },
    { target: '/nowhere', headers: '', status: 404 },
  ];
  const requests = Array.from({ length: 100 }, (_, i) => kinds[(i * 7) % 4] ?? kinds[0]);
  const bytes = requests
    .map((one, i) => {
      const end = i === requests.length - 1 ? 'Connection: close\r\n' : '';
      return `GET ${one?.target} HTTP/1.1\r\nHost: gw\r\n${one?.headers}${end}\r\n`;
    })
    .join('');
  const text = await sendRaw(world.port, bytes, 10_000);
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  expect(statuses).toEqual(requests.map((one) => one?.status));
  expect(upstream.seen.filter(({ url, headers }) => url === '/api/admin/c' && !headers['x-user-id'])).toEqual(
    [],
  );
  expect(upstream.seen.map(({ url }) => url)).not.toContain('/api/admin/b');
});

it('no combination of framings turns one request into two', async () => {
  const line = fc.constantFrom(
    'Content-Length: 5',
    'Content-Length: 45',
    'Content-Length: 0',
    'Content-Length: +5',
    'Content-Length: 5, 5',
    'Content-Length : 5',
    'Content-Length:\t5',
    'Content-Length: 0x5',
    'Transfer-Encoding: chunked',
    'Transfer-Encoding: Chunked',
    'Transfer-Encoding: chunked, chunked',
    'Transfer-Encoding: identity',
    'Transfer-Encoding: gzip, chunked',
    'Transfer-Encoding : chunked',
    'Transfer-Encoding:\x0bchunked',
    'Transfer-Encoding:\r\n chunked',
    'X-A: b\r\n folded',
    'X-A: b\rX-C: d',
    'X-A: b\nTransfer-Encoding: chunked',
    'Connection: keep-alive',
    'Expect: 100-continue',
    'Host: other',
    '\x00: x',
  );
  const smuggled = 'GET /api/admin/smuggled HTTP/1.1\r\nHost: gw\r\n\r\n';
  const body = fc.constantFrom(
    `0\r\n\r\n${smuggled}`,
    `5\r\nabcde\r\n0\r\n\r\n${smuggled}`,
    `abcde${smuggled}`,
    `5;x=\n\r\nabcde\r\n0\r\n\r\n`,
    `5\nabcde\n0\n\n${smuggled}`,
    `-5\r\nabcde\r\n0\r\n\r\n${smuggled}`,
    smuggled,
  );
  const request = fc
    .record({ method: fc.constantFrom('GET', 'POST'), lines: fc.array(line, { maxLength: 4 }), body })
    .map(
      (one) =>
        `${one.method} /api/public/x HTTP/1.1\r\nHost: gw\r\n${[...one.lines, ''].join('\r\n')}\r\n${one.body}`,
    );
  const requests = fc.sample(request, { numRuns: 300, seed: 4_711 });
  for (let i = 0; i < requests.length; i += 50)
    await Promise.all(requests.slice(i, i + 50).map((one) => sendRaw(world.port, one, 500, 500)));
  expect(upstream.seen.map(({ url }) => url)).not.toContain('/api/admin/smuggled');
  // A body that looks like a request is forwarded as a body.
  expect(new Set(upstream.seen.map(({ url }) => url))).toEqual(new Set(['/api/public/x']));
}, 60_000);

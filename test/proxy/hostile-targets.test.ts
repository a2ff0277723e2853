import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { sendRawRequest } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { type ProxyWorld, startProxyWorld } from './support/proxy-world.ts';
import { resolveAsUpstream } from './support/resolve-as-upstream.ts';

const corpusFile = 'test/fixtures/path-bypass.json';
const corpus = (JSON.parse(readFileSync(corpusFile, 'utf8')) as { paths: string[] }).paths;

let upstream: RecordingUpstream;
let frontend: RecordingUpstream;
let world: ProxyWorld;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  frontend = await startRecordingUpstream();
  const common = { methods: ['GET', 'POST'], upstream: upstream.url };
  world = await startProxyWorld([
    { ...common, path: '/api/public/*', guard: 'public' },
    { ...common, path: '/api/admin/*', guard: { scopes: ['admin'] } },
    { ...common, path: '/api/admin', guard: { scopes: ['admin'] } },
    { ...common, path: '/*', guard: 'public', upstream: frontend.url },
  ]);
});
afterAll(async () => {
  await world.close();
  await upstream.close();
  await frontend.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
});

const send = (target: string, headers = '') =>
  sendRawRequest(
    world.port,
    `GET ${target} HTTP/1.1\r\nHost: gw\r\n${headers}Connection: close\r\n\r\n`,
    10_000,
  );

/** The requests that reached a protected path of the upstream. */
const trespasses = () => upstream.seen.filter(({ url }) => resolveAsUpstream(url).startsWith('/api/admin'));

describe('a protected prefix next to a public one, and a frontend for other paths', () => {
  it.each(corpus)('is not reached by %j', async (target) => {
    const answers = await send(target);
    expect(answers.length).toBeLessThanOrEqual(1);
    expect(answers[0]?.status ?? 400).toBeGreaterThanOrEqual(200);
    expect(trespasses()).toEqual([]);
  });

  it.each([
    ['%2f', '/api/public/a%2fb'],
    ['%5c', '/api/public/a%5Cb'],
    ['%00', '/api/public/a%00'],
    ['%3b', '/api/public/a%3bb'],
    ['%25', '/api/public/a%25b'],
    ['a backslash', '/api/public/a\\b'],
    ['a semicolon', '/api/public/a;b'],
    ['a dot segment', '/api/public/./a'],
    ['a double slash', '/api/public//a'],
    ['an encoded letter', '/api/%61dmin/x'],
    ['a fragment', '/api/public/#/api'],
    ['another host', 'http://evil.example/api/public/x'],
    ['a user', 'http://gw@evil.example/api/public/x'],
    ['an authority alone', '@evil.example/x'],
    ['two slashes', '//evil.example/x'],
  ])('is 400 without a request to the upstream for %s', async (_what, target) => {
    const [answer] = await send(target);
    expect(answer?.status).toBe(400);
    expect(answer?.body).toMatch(/bad_request_target|invalid_request/);
    expect(upstream.seen).toEqual([]);
  });

  it('is determined by its path, regardless of the query', async () => {
    expect((await send('/api/admin/x?/api/public/'))[0]?.status).toBe(401);
    expect((await send('/api/admin'))[0]?.status).toBe(401);
    expect((await send('/api/admin/'))[0]?.status).toBe(401);
    expect(upstream.seen).toEqual([]);
  });

  it('is not affected by headers that name another path or method', async () => {
    const headers =
      'X-Original-URL: /api/admin/x\r\nX-Rewrite-URL: /api/admin/x\r\nX-Forwarded-Uri: /api/admin/x\r\n' +
      'X-HTTP-Method-Override: DELETE\r\nX_Original_URL: /api/admin/x\r\nUser-Agent: GoogleHC/1.0\r\n';
    expect((await send('/api/public/x', headers))[0]?.status).toBe(200);
    const { url, method, rawHeaders } = upstream.last();
    expect({ url, method }).toEqual({ url: '/api/public/x', method: 'GET' });
    expect(rawHeaders.join('\n')).not.toMatch(/original|rewrite|override|forwarded-uri/i);
    const kept = await send('/api/admin/x', headers.replaceAll('/api/admin', '/api/public'));
    expect(kept[0]?.status).toBe(401);
  });
});

it('a thousand hostile targets reach nothing protected, and accepted ones arrive unchanged', async () => {
  const piece = fc.constantFrom(
    '/',
    '//',
    '.',
    '..',
    '%2e',
    '%2E%2e',
    '%2f',
    '%5c',
    '\\',
    ';',
    ';a=b',
    '%00',
    '%25',
    '%252e',
    '?',
    '#',
    'api',
    'public',
    'admin',
    'x',
    '%61dmin',
    'ADMIN',
    '%c0%ae',
    '\xc0\xae',
    '%',
    '%zz',
    '@',
    ':',
    '*',
    '~',
    '%20',
  );
  const target = fc
    .array(piece, { minLength: 1, maxLength: 12 })
    .map((parts) => `/api/public/${parts.join('')}`);
  const targets = fc.sample(target, { numRuns: 1000, seed: 20_260_101 });
  const exact = new Set(targets);
  for (let i = 0; i < targets.length; i += 50) {
    await Promise.all(targets.slice(i, i + 50).map((one) => send(one)));
  }
  expect(trespasses()).toEqual([]);
  expect(upstream.seen.length).toBeGreaterThan(5);
  expect(upstream.seen.filter(({ url }) => !exact.has(url))).toEqual([]);
}, 60_000);

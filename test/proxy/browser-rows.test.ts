import { writeFileSync } from 'node:fs';
import path from 'node:path';
import supertest from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { A_DAY_S, longSessions, revokeAtTenant, signInUser } from '../session/support/person.ts';
import type { Browser } from '../support/browser.ts';
import { makeFolder } from '../support/folder.ts';
import { sendRawRequest } from '../support/raw-http.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { startWorld, type World } from '../support/world.ts';

const APP = 'https://app.example.com';
let upstream: RecordingUpstream;
let world: World;
let browser: Browser;
beforeAll(async () => {
  upstream = await startRecordingUpstream();
  const common = { methods: ['GET', 'POST'], upstream: upstream.url, guard: { user: true }, token: 'user' };
  const routes = [
    { ...common, path: '/api/plain' },
    { ...common, path: '/api/socket', websocket: true },
    { ...common, path: '/api/own', csrf: 'same-origin' },
    { ...common, path: '/app/*', login: 'redirect' },
    { ...common, path: '/admin/*', login: 'redirect', guard: { scopes: ['nobody-has-this'] } },
    { ...common, path: '/api/shared', methods: ['GET'], cors: { allow: ['If-Match'], expose: ['X-Total'] } },
    { ...common, path: '/api/shared', methods: ['PUT'], cors: { allow: ['Idempotency-Key'] } },
  ];
  const routesFile = path.join(makeFolder(), 'routes.json');
  writeFileSync(routesFile, JSON.stringify({ routes }));
  world = await startWorld({ ...longSessions, ROUTES_FILE: routesFile, ALLOWED_ORIGINS: APP });
  browser = await signInUser(world.url, 'rows@example.com');
});
afterAll(async () => {
  await world.close();
  await upstream.close();
});
beforeEach(() => {
  upstream.seen.length = 0;
  upstream.answer = undefined;
});

type Headers = Readonly<Record<string, string | undefined>>;

/** Sends only these headers, because `fetch` sets Sec-Fetch-Mode itself. */
function send(method: 'get' | 'head' | 'post', target: string, headers: Headers) {
  const sent = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const asked = supertest(world.url)[method](target);
  return asked.redirects(0).set(Object.fromEntries(sent) as Record<string, string>);
}

const cookieOf = ({ cookies }: Browser): string => [...cookies].map((pair) => pair.join('=')).join('; ');

/** The headers of a browser for a navigation by a link of another site. */
const navigation: Headers = {
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Site': 'cross-site',
  Accept: 'text/html',
};

describe('a row with `csrf: same-origin`', () => {
  it.each(['GET', 'HEAD'])('takes a %s that the browser says is of a page of ours', async (method) => {
    const headers = { 'X-CSRF': undefined, 'Sec-Fetch-Site': 'same-origin' };
    expect((await browser.send(method, '/api/own', { headers })).status).toBe(200);
    expect((await browser.send(method, '/api/plain', { headers })).status).toBe(403);
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/api/own']);
  });

  it.each<[string, string, Headers]>([
    ['a POST', 'POST', { 'Sec-Fetch-Site': 'same-origin' }],
    ['a sibling of the site', 'GET', { 'Sec-Fetch-Site': 'same-site' }],
    ['another site', 'GET', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a request without Sec-Fetch-Site', 'GET', { 'Sec-Fetch-Site': undefined }],
    ['an address that was typed', 'GET', { 'Sec-Fetch-Site': 'none' }],
    [
      'an origin that is not listed',
      'GET',
      { 'Sec-Fetch-Site': 'same-origin', Origin: 'https://evil.example' },
    ],
  ])('refuses %s without X-CSRF and without a request to the upstream', async (_what, method, headers) => {
    const answer = await browser.send(method, '/api/own', { headers: { 'X-CSRF': undefined, ...headers } });
    expect(answer).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
    expect(upstream.seen).toEqual([]);
  });

  it('accepts X-CSRF like any row', async () => {
    const headers = { 'Sec-Fetch-Site': 'same-site', Origin: APP };
    expect((await browser.send('POST', '/api/own', { headers })).status).toBe(200);
  });
});

it('an upgrade that is not accepted is no proof against CSRF on a row with `websocket`', async () => {
  const [answer] = await sendRawRequest(
    world.gateway.port,
    `GET /api/socket HTTP/1.1\r\nHost: gw\r\nCookie: ${cookieOf(browser)}\r\nOrigin: ${APP}\r\nUpgrade: h2c\r\n` +
      'Connection: Upgrade, close\r\n\r\n',
    10_000,
  );
  expect(answer?.status).toBe(403);
  expect(upstream.seen).toEqual([]);
});

describe('a row with `login: redirect`', () => {
  it.each(['get', 'head'] as const)(
    'sends a navigation without a session to sign-in, and back: %s',
    async (method) => {
      const answer = await send(method, '/app/a?b=%2Fc&d', navigation);
      expect(answer.status).toBe(303);
      const location = new URL(answer.get('location') ?? '', world.url);
      expect(location.pathname).toBe('/v1/auth/login');
      expect(location.searchParams.get('return_to')).toBe('/app/a?b=%2Fc&d');
      expect(answer.get('cache-control')).toBe('no-store');
      expect(answer.get('vary')).toContain('Cookie');
      expect(answer.get('www-authenticate')).toBeUndefined();
      const { host } = new URL(world.gateway.publicUrl);
      const login = await send('get', location.pathname + location.search, { ...navigation, Host: host });
      expect([login.status, new URL(login.get('location') ?? '').origin]).toEqual([303, world.tenant.origin]);
      expect(upstream.seen).toEqual([]);
    },
  );

  it.each<[string, Headers, 'post'?]>([
    ['a script', { 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' }],
    ['an image', { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' }],
    ['a frame', { 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' }],
    ['a client that is no browser', {}],
    ['a form', navigation, 'post'],
    ['a token that is not good', { ...navigation, Authorization: 'Bearer x' }],
  ])('answers 401 to %s', async (_what, headers, method) => {
    expect((await send(method ?? 'get', '/app/a', headers)).status).toBe(401);
  });

  it('answers 401 to a navigation on a row without it', async () => {
    expect((await send('get', '/api/plain', navigation)).status).toBe(401);
  });

  it('drops a return_to that is too long, but starts the sign-in', async () => {
    const answer = await send('get', `/app/${'x'.repeat(2000)}`, navigation);
    expect([answer.status, answer.get('location')]).toEqual([303, '/v1/auth/login']);
  });

  it('accepts a navigation with a session from any site, and nothing else without X-CSRF', async () => {
    const mine = { ...navigation, Cookie: cookieOf(browser) };
    expect((await send('get', '/app/a', mine)).status).toBe(200);
    expect(upstream.last().headers['x-user-id']).toBeDefined();
    const image = { 'Sec-Fetch-Dest': 'image', 'Sec-Fetch-Mode': 'no-cors' };
    for (const [method, change] of [
      ['get', image],
      ['get', { 'Sec-Fetch-Dest': 'iframe' }],
      ['get', { 'Sec-Fetch-Dest': undefined }],
      ['post', {}],
    ] as const)
      expect((await send(method, '/app/a', { ...mine, ...change })).body).toMatchObject({
        code: 'csrf_failed',
      });
    expect((await send('get', '/api/plain', mine)).body).toMatchObject({ code: 'csrf_failed' });
    expect(upstream.seen).toHaveLength(1);
  });

  it('redirects a user whose session has ended to sign-in', async () => {
    const gone = await signInUser(world.url, 'gone@example.com');
    const headers = { ...navigation, Cookie: cookieOf(gone) };
    await gone.send('POST', '/v1/auth/signout', { body: {} });
    const answer = await send('get', '/app/a', headers);
    expect([answer.status, answer.get('location')]).toEqual([303, '/v1/auth/login?return_to=%2Fapp%2Fa']);
  });

  it('redirects a user whose session the tenant has ended to sign-in, and clears the cookie', async () => {
    const gone = await signInUser(world.url, 'ended@example.com');
    const { body } = await gone.send('GET', '/v1/auth/session');
    await revokeAtTenant(world, body.user.id);
    world.clock.offsetS += A_DAY_S + 60;
    const answer = await send('get', '/app/a', { ...navigation, Cookie: cookieOf(gone) });
    world.clock.offsetS = 0;
    expect([answer.status, answer.get('location')]).toEqual([303, '/v1/auth/login?return_to=%2Fapp%2Fa']);
    expect(answer.get('set-cookie')).toEqual([expect.stringMatching(/^gatehouse=; Max-Age=0/)]);
    expect(upstream.seen).toEqual([]);
  });

  it('does not redirect a user who has a session but lacks a permission, or sends two credentials', async () => {
    const mine = { ...navigation, Cookie: cookieOf(browser) };
    expect((await send('get', '/app/a', { ...mine, Authorization: 'Bearer x' })).status).toBe(400);
    expect((await send('get', '/admin/a', mine)).status).toBe(403);
  });
});

describe('a row with `cors`', () => {
  const preflight = (method: string, target = '/api/shared', origin = APP) =>
    fetch(world.url + target, {
      method: 'OPTIONS',
      headers: { Origin: origin, 'Access-Control-Request-Method': method },
    });
  const allowed = async (method: string, target?: string) =>
    (await preflight(method, target)).headers.get('access-control-allow-headers');

  it('allows its own headers in addition to those of every route, by method', async () => {
    const fixed = await allowed('GET', '/api/plain');
    expect(fixed).toMatch(/^Content-Type, Authorization, X-CSRF, /);
    expect(await allowed('GET')).toBe(`${fixed}, If-Match`);
    expect(await allowed('PUT')).toBe(`${fixed}, Idempotency-Key`);
    expect(await allowed('DELETE')).toBe(fixed);
    expect(upstream.seen).toEqual([]);
  });

  it('allows nothing for a foreign origin', async () => {
    const answer = await preflight('GET', '/api/shared', 'https://evil.example');
    expect(answer.headers.has('access-control-allow-headers')).toBe(false);
  });

  it('exposes its own headers, and on every row those that upstreams commonly use', async () => {
    const exposed = async (target: string, origin = APP) => {
      const headers = { Origin: origin, 'Sec-Fetch-Site': 'cross-site' };
      const answer = await browser.send('GET', target, { headers });
      return answer.headers.get('access-control-expose-headers')?.split(', ');
    };
    const everywhere = ['X-Request-Id', 'Retry-After', 'RateLimit', 'ETag', 'Location', 'Link'];
    expect(await exposed('/api/plain')).toEqual(expect.arrayContaining(everywhere));
    expect(await exposed('/api/plain')).not.toContain('X-Total');
    expect(await exposed('/api/shared')).toEqual(expect.arrayContaining([...everywhere, 'X-Total']));
    expect(await exposed('/api/shared', 'https://evil.example')).toBeUndefined();
  });
});

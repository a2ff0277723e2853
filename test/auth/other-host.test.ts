import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from '../../packages/tenant/test/support/browser.ts';
import { navigate } from '../support/navigate.ts';
import { startWorld, type World } from '../support/world.ts';
import { readSession, signUp, user } from './redirect/support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_AUTH_IP: '10/1m' });
  await signUp(world);
});
afterAll(() => world.close());

const byNumber = () => ({ host: `127.0.0.1:${world.gateway.port}` });
const moved = 'gatehouse_moved=1';

describe('a navigation to a host name other than that of PUBLIC_URL', () => {
  it.each([
    ['/v1/auth/login', `/v1/auth/login?${moved}`],
    ['/v1/auth/login?return_to=/a%20b&prompt=login', `/v1/auth/login?return_to=/a%20b&prompt=login&${moved}`],
    ['/v1/auth/callback?code=x&state=y', `/v1/auth/callback?code=x&state=y&${moved}`],
    ['/v1/auth/signout?sid=x', `/v1/auth/signout?sid=x&${moved}`],
    ['/v1/auth/signed-out?to=x', `/v1/auth/signed-out?to=x&${moved}`],
  ])('is redirected to it before any effect: %s', async (path, wanted) => {
    const { status, headers } = await navigate(world.url, path, byNumber());
    expect([status, headers.get('location')]).toEqual([303, `${world.gateway.publicUrl}${wanted}`]);
    expect([headers.getSetCookie(), headers.get('ratelimit'), headers.get('cache-control')]).toEqual([
      [],
      null,
      'no-store',
    ]);
  });

  it.each(['www.localhost', 'LOCALHOST.example', '[::1]', '127.1'])('as %s is too', async (name) => {
    const { headers } = await navigate(world.url, '/v1/auth/login', {
      host: `${name}:${world.gateway.port}`,
    });
    expect(headers.get('location')).toBe(`${world.gateway.publicUrl}/v1/auth/login?${moved}`);
  });

  it.each(['localhost', 'LOCALHOST', 'localhost:1'])(
    'does not include a different case or port: %s',
    async (host) => {
      const { headers } = await navigate(world.url, '/v1/auth/login', { host });
      expect(new URL(headers.get('location') ?? '').origin).toBe(world.tenant.origin);
    },
  );

  it('completes the sign-in at PUBLIC_URL', async () => {
    const person = createBrowser();
    const first = await person.get(`${world.url}/v1/auth/login?return_to=/deep`);
    const page = await person.open(locationOf(await person.get(locationOf(first))));
    const callback = await person.submit(page, { username: user.email, password: user.password });
    expect(locationOf(await person.get(locationOf(callback))).href).toBe(`${world.gateway.publicUrl}/deep`);
    expect(await readSession(person, world)).toMatchObject({ authenticated: true });
  });

  it('has its effect when repeated, so that a proxy that rewrites Host causes no redirect loop', async () => {
    const { headers } = await navigate(world.url, `/v1/auth/login?${moved}`, { host: 'gatehouse.internal' });
    expect(new URL(headers.get('location') ?? '').origin).toBe(world.tenant.origin);
    expect(headers.getSetCookie()).toHaveLength(1);
  });

  it('uses Host and ignores X-Forwarded-Host of untrusted callers', async () => {
    const lie = { 'x-forwarded-host': 'evil.example' };
    const own = await navigate(world.url, '/v1/auth/login', lie);
    expect(new URL(own.headers.get('location') ?? '').origin).toBe(world.tenant.origin);
    const other = await navigate(world.url, '/v1/auth/login', {
      ...byNumber(),
      'x-forwarded-host': 'localhost',
    });
    expect(other.headers.get('location')).toContain(moved);
  });
});

describe('behind a trusted proxy', () => {
  let behind: World;
  let elsewhere: World;
  beforeAll(async () => {
    behind = await startWorld({ TRUST_PROXY: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' });
    elsewhere = await startWorld({ TRUST_PROXY: '10.0.0.0/8', RATE_LIMIT_ENABLED: 'false' });
  });
  afterAll(() => Promise.all([behind.close(), elsewhere.close()]));

  it.each<[string, string | undefined, boolean]>([
    ['a rewritten Host alone says nothing', undefined, false],
    ['the proxy received the host of PUBLIC_URL', 'localhost:8080', false],
    ['the host that the proxy was asked for is another', 'www.localhost', true],
    ['the first of several is the host of the browser', 'www.localhost, localhost', true],
    ['an invalid value is ignored', 'a b', false],
  ])('%s', async (_, forwarded, isMoved) => {
    const headers = { host: 'gatehouse.internal:3000', 'x-forwarded-host': forwarded };
    const answer = await navigate(behind.url, '/v1/auth/login', headers);
    const location = answer.headers.get('location') ?? '';
    expect(location.includes(moved)).toBe(isMoved);
    expect(new URL(location).origin).toBe(isMoved ? behind.gateway.publicUrl : behind.tenant.origin);
  });

  it('a caller that is not the proxy is identified by Host', async () => {
    const headers = { host: 'www.localhost', 'x-forwarded-host': 'localhost' };
    const answer = await navigate(elsewhere.url, '/v1/auth/login', headers);
    expect(answer.headers.get('location')).toBe(`${elsewhere.gateway.publicUrl}/v1/auth/login?${moved}`);
  });
});

describe('an API call by another host name', () => {
  const call = async (path: string, body: object, headers: Record<string, string>, base = world.url) => {
    const response = await fetch(`${base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
    return {
      status: response.status,
      cookies: response.headers.getSetCookie(),
      problem: (await response.json()) as { code: string; detail: string },
    };
  };

  it('starts no sign-in, whose callback would lack its cookie, and names PUBLIC_URL', async () => {
    const page = { origin: world.url, 'sec-fetch-site': 'same-origin' };
    for (const headers of [{}, { origin: 'http://localhost:5173' }, page]) {
      const { status, cookies, problem } = await call('/v1/auth/login/start', {}, headers);
      expect([status, cookies]).toEqual([403, []]);
      expect(problem.code).toBe('cross_site_session');
      expect(problem.detail).toContain(`${world.gateway.publicUrl} (PUBLIC_URL)`);
    }
  });

  it('starts a sign-in for an own page, even if a proxy has rewritten Host', async () => {
    const { status, cookies } = await call('/v1/auth/login/start', {}, { origin: world.gateway.publicUrl });
    expect([status, cookies.length]).toEqual([200, 1]);
  });

  it('by a page of that host name is answered with PUBLIC_URL', async () => {
    for (const site of ['same-origin', undefined]) {
      const headers = { origin: world.url, ...(site && { 'sec-fetch-site': site }) };
      const { status, problem } = await call('/v1/auth/signin', user, headers);
      expect([status, problem.code]).toEqual([403, 'csrf_failed']);
      expect(problem.detail).toContain(`${world.gateway.publicUrl} (PUBLIC_URL)`);
    }
  });

  it('by a foreign page is not', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const { status, problem } = await call('/v1/auth/signin', user, headers);
    expect([status, problem.code]).toEqual([403, 'csrf_failed']);
    expect(problem.detail).not.toContain('PUBLIC_URL');
  });

  it('by a client other than a browser works as usual', async () => {
    expect((await call('/v1/auth/signin', user, {})).status).toBe(200);
  });
});

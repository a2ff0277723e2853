import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCookieJar } from '../../src/browser/cookies.ts';
import { createTickets } from '../../src/session/ticket.ts';
import { createBrowser } from '../support/browser.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';
import { callApi, longSessions, password, signInUser } from './support/person.ts';

const IDLE_S = 3600;
const MAX_S = 20_000;

let world: World;

beforeAll(async () => {
  world = await startWorld({
    ...longSessions,
    SESSION_IDLE_S: String(IDLE_S),
    SESSION_MAX_S: String(MAX_S),
    ALLOWED_ORIGINS: 'https://app.example',
  });
});
afterAll(() => world.close());

const whoIs = async (cookie: string, path = '/v1/auth/session') => {
  const response = await fetch(`${world.url}${path}`, { headers: { Cookie: cookie, 'X-CSRF': '1' } });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, never>,
  };
};

describe('the cookie of a session', () => {
  it('over https is bound to its host: __Host-, Secure, HttpOnly, Lax, path /, no domain', async () => {
    const env = { PUBLIC_URL: 'https://gateway.example.com' };
    const under = await startGatewayUnderTest(env, world.link, world.clock);
    const browser = createBrowser(under.url);
    await browser.send('POST', '/v1/auth/signup', { body: { email: 'host@example.com', password } });
    const { headers } = await browser.send('POST', '/v1/auth/signin', {
      body: { email: 'host@example.com', password },
    });
    const [cookie = ''] = headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-gatehouse=[\w-]+\.[\w-]+; Max-Age=604800; Path=\/; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(cookie.length).toBeLessThan(4096);
    expect((await browser.send('GET', '/v1/auth/session')).body['authenticated']).toBe(true);
    const { headers: cleared } = await browser.send('POST', '/v1/auth/signout');
    expect(cleared.getSetCookie()).toEqual([
      '__Host-gatehouse=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax; Secure',
    ]);
    // A cookie without the prefix, which a sibling domain could set, is ignored.
    const browserOf = createBrowser(under.url);
    browserOf.cookies.set('gatehouse', cookie.split(/[=;]/)[1] ?? '');
    expect((await browserOf.send('GET', '/v1/auth/session')).body).toEqual({ authenticated: false });
    await under.close();
  });

  it('is set once, not again while the session is used', async () => {
    const browser = await signInUser(world.url, 'once@example.com');
    for (let minute = 0; minute < 3; minute++) {
      world.clock.offsetS += 61;
      const answer = await callApi(browser);
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
    }
  });

  it('has unguessable ids, without duplicates in 10,000', () => {
    const tickets = createTickets(createCookieJar('https://gateway.example.com'));
    const issued = Array.from({ length: 10_000 }, () => tickets.issue());
    expect(new Set(issued.map(({ id }) => id)).size).toBe(10_000);
    expect(new Set(issued.map(({ secret }) => secret)).size).toBe(10_000);
    expect(Buffer.from(issued[0]?.id ?? '', 'base64url').length * 8).toBeGreaterThanOrEqual(128);
  });

  it('with any other value counts as no session, without an internal error', async () => {
    const browser = await signInUser(world.url, 'bent@example.com');
    const good = browser.cookies.get('gatehouse') ?? '';
    const [id = '', secret = ''] = good.split('.');
    const bent = [
      '',
      '.',
      id,
      `${id}.`,
      `.${secret}`,
      `${id}${secret}`,
      `${id}.${secret}.`,
      `${id}.${secret}a`,
      `${id}.${secret.slice(1)}`,
      `${id}.${secret.slice(0, -1)}${secret.endsWith('A') ? 'B' : 'A'}`,
      `${id.slice(0, -1)}${id.endsWith('A') ? 'B' : 'A'}.${secret}`,
      `${secret}.${id}`,
      `${id}.${secret.toLowerCase()}`,
      `"${good}"`,
      `${good}%20`,
      encodeURIComponent(`${id}.\u0000`),
      '__proto__',
      'x'.repeat(4000),
      '../../etc/passwd',
    ];
    for (const value of bent) {
      const { status, body } = await whoIs(`gatehouse=${value}`);
      expect([value, status, body]).toEqual([value, 200, { authenticated: false }]);
      expect((await whoIs(`gatehouse=${value}`, '/api/location/geocode?q=Oslo')).status).toBe(401);
    }
    expect((await whoIs(`gatehouse=${good}`)).body['authenticated']).toBe(true);
  });

  it('that is sent twice counts as no session, in either order', async () => {
    const mine = (await signInUser(world.url, 'tossed@example.com')).cookies.get('gatehouse') ?? '';
    const theirs = (await signInUser(world.url, 'tosser@example.com')).cookies.get('gatehouse') ?? '';
    for (const pair of [
      [mine, theirs],
      [theirs, mine],
      [mine, mine],
    ]) {
      const { body } = await whoIs(pair.map((value) => `gatehouse=${value}`).join('; '));
      expect(body).toEqual({ authenticated: false });
    }
  });

  it('is found among many others', async () => {
    const good = (await signInUser(world.url, 'many@example.com')).cookies.get('gatehouse') ?? '';
    const others = Array.from({ length: 40 }, (_, i) => `c${i}=gatehouse=${i}`).join('; ');
    for (const cookie of [`${others}; gatehouse=${good}`, `gatehouse=${good}; ${others};;=;a`]) {
      expect((await whoIs(cookie)).body['authenticated']).toBe(true);
    }
  });

  it('that was set before a sign-in is never used: every sign-in has a new id, and ends the previous session', async () => {
    const tickets = createTickets(createCookieJar('http://localhost'));
    const { id, secret } = tickets.issue();
    const browser = createBrowser(world.url);
    browser.cookies.set('gatehouse', `${id}.${secret}`);
    const body = { email: 'planted@example.com', password };
    await browser.send('POST', '/v1/auth/signup', { body });
    await browser.send('POST', '/v1/auth/signin', { body });
    const first = browser.cookies.get('gatehouse') ?? '';
    expect(first).not.toContain(id);
    expect((await whoIs(`gatehouse=${id}.${secret}`)).body['authenticated']).toBe(false);
    await browser.send('POST', '/v1/auth/signin', { body });
    const second = browser.cookies.get('gatehouse') ?? '';
    expect(second.split('.')[0]).not.toBe(first.split('.')[0]);
    expect((await whoIs(`gatehouse=${first}`)).body['authenticated']).toBe(false);
    expect((await whoIs(`gatehouse=${second}`)).body['authenticated']).toBe(true);
  });
});

describe('a session', () => {
  it('ends at its idle timeout, which use extends', async () => {
    const browser = await signInUser(world.url, 'idle@example.com');
    const held = browser.cookies.get('gatehouse') ?? '';
    world.clock.offsetS += IDLE_S - 60;
    expect((await callApi(browser)).status).toBe(200);
    const isPushed = async () =>
      Date.parse(
        (await whoIs(`gatehouse=${held}`, '/v1/auth/session?touch=false')).body['idle_expires_at'] ?? '',
      ) - world.clock.now();
    await expect.poll(isPushed).toBeGreaterThan((IDLE_S - 60) * 1000);
    world.clock.offsetS += IDLE_S - 60;
    expect((await callApi(browser)).status).toBe(200);
    await expect.poll(isPushed).toBeGreaterThan((IDLE_S - 60) * 1000);
    world.clock.offsetS += IDLE_S + 1;
    expect((await callApi(browser)).status).toBe(401);
    expect((await whoIs(`gatehouse=${held}`)).body).toEqual({ authenticated: false });
  });

  it('that is only read with touch=false stays idle', async () => {
    const browser = await signInUser(world.url, 'watched@example.com');
    for (let passed = 0; passed < IDLE_S; passed += 600) {
      expect((await browser.send('GET', '/v1/auth/session?touch=false')).body['authenticated']).toBe(true);
      world.clock.offsetS += 600;
    }
    expect((await browser.send('GET', '/v1/auth/session?touch=false')).body['authenticated']).toBe(false);
  });

  it('ends at its absolute end, even in use', async () => {
    const browser = await signInUser(world.url, 'busy@example.com');
    for (let passed = 0; passed < MAX_S; passed += 1000) {
      const { body } = await browser.send('GET', '/v1/auth/session');
      expect(body.authenticated).toBe(true);
      world.clock.offsetS += 1000;
    }
    expect((await browser.send('GET', '/v1/auth/session')).body['authenticated']).toBe(false);
  });

  it('without a refresh token ends with its access token', async () => {
    const browser = await signInUser(world.url, 'short@example.com', {
      scope: 'openid email geocode:location',
    });
    const { body } = await browser.send('GET', '/v1/auth/session');
    expect(body.scope).not.toContain('offline_access');
    expect((await callApi(browser)).status).toBe(200);
    expect((await browser.send('POST', '/v1/auth/refresh')).status).toBe(204);
  });

  it('is never mixed up: of 1,000 alternating requests each of two users, none gets the other’s response', async () => {
    const names = ['one@example.com', 'two@example.com'];
    const browsers = await Promise.all(names.map((name) => signInUser(world.url, name)));
    const seen = new Map<string, Set<string>>(names.map((name) => [name, new Set()]));
    const client = async (from: number) => {
      for (let i = from; i < 2000; i += 20) {
        const name = names[i % 2] ?? '';
        const { body } = (await browsers[i % 2]?.send('GET', '/v1/auth/session')) ?? {};
        seen.get(name)?.add(body.user.email);
      }
    };
    await Promise.all(Array.from({ length: 20 }, (_, i) => client(i)));
    expect([...seen].map(([name, answers]) => [name, [...answers]])).toEqual(
      names.map((name) => [name, [name]]),
    );
  }, 60_000);
});

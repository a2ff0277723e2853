import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser as createPerson } from '../../packages/tenant/test/support/browser.ts';
import { signInUser } from '../session/support/person.ts';
import type { Browser } from '../support/browser.ts';
import { navigate } from '../support/navigate.ts';
import { startWorld, type World } from '../support/world.ts';
import { reachCallback, readSession, signUp } from './redirect/support.ts';

type Headers = Readonly<Record<string, string | undefined>>;

let world: World;
let browser: Browser;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_AUTH_IP: '20/1m' });
  await signUp(world);
  browser = await signInUser(world.url, 'navigator@example.com');
});
beforeEach(() => {
  // Each test has its own limits.
  world.clock.offsetS += 61;
});
afterAll(() => world.close());

const isSignedIn = async () => (await browser.send('GET', '/v1/auth/session')).body.authenticated as boolean;
const signOutPath = async () => (await browser.send('GET', '/v1/auth/session')).body.signout_url as string;
const pathOf = (url: URL) => `${url.pathname}${url.search}`;
const loginsLeft = async () =>
  Number(/;r=(\d+)/.exec((await navigate(world.url, '/v1/auth/login')).headers.get('ratelimit') ?? '')?.[1]);

const lookingAhead: readonly Headers[] = [
  { 'sec-purpose': 'prefetch' },
  { 'sec-purpose': 'prefetch;prerender' },
  { purpose: 'prefetch' },
  { 'x-moz': 'prefetch' },
  { 'x-purpose': 'preview' },
  { 'next-router-prefetch': '1' },
  { rsc: '1' },
];

/** Requests that pages can make a browser send without a navigation. */
const elsewhere: readonly Headers[] = [
  { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image', 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'script', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': undefined, 'sec-fetch-site': undefined },
  { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'embed', 'sec-fetch-site': 'same-origin' },
  { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'object', 'sec-fetch-site': 'same-origin' },
];

const frame = (site: string): Headers => ({ 'sec-fetch-dest': 'iframe', 'sec-fetch-site': site });

describe.each(['login', 'signout', 'callback', 'signed-out'])('GET /v1/auth/%s', (name) => {
  /** With all parameters that the URL needs to have an effect. */
  const paths: Record<string, () => Promise<string>> = {
    login: async () => '/v1/auth/login?return_to=/a',
    signout: signOutPath,
    callback: async () => pathOf(await reachCallback(createPerson(), world)),
    'signed-out': async () => '/v1/auth/signed-out?to=x',
  };

  it.each(lookingAhead)('does nothing for a prefetch: %j', async (headers) => {
    const path = await (paths[name]?.() ?? '');
    const answer = await browser.go(path, headers);
    expect([answer.status, answer.headers.get('location'), answer.headers.getSetCookie()]).toEqual([
      204,
      null,
      [],
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await isSignedIn()).toBe(true);
  });

  it('does nothing for HEAD', async () => {
    const path = await (paths[name]?.() ?? '');
    const cookie = [...browser.cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await navigate(world.url, path, { cookie }, 'HEAD');
    expect([answer.status, answer.headers.get('location'), answer.headers.getSetCookie()]).toEqual([
      204,
      null,
      [],
    ]);
    expect(await isSignedIn()).toBe(true);
  });

  it.each(elsewhere)('refuses a request that is not a navigation: %j', async (headers) => {
    const path = await (paths[name]?.() ?? '');
    const answer = await browser.go(path, { ...headers, accept: '*/*' });
    expect([answer.status, answer.body.code, answer.headers.getSetCookie()]).toEqual([
      403,
      'csrf_failed',
      [],
    ]);
    expect(answer.body.detail).toContain('navigates');
    expect(await isSignedIn()).toBe(true);
  });
});

describe('a navigation in a frame', () => {
  it.each(['same-origin', 'same-site'])('begins a silent sign-in for a page of %s', async (site) => {
    const answer = await browser.go('/v1/auth/login?prompt=none', frame(site));
    expect(new URL(answer.headers.get('location') ?? '').origin).toBe(world.tenant.origin);
    browser.cookies.forEach((_, cookie) => cookie.includes('-tx-') && browser.cookies.delete(cookie));
  });

  it('starts no sign-in for a page of another site, and charges no limit', async () => {
    const left = await loginsLeft();
    for (let i = 0; i < 3; i++)
      expect((await browser.go('/v1/auth/login?prompt=none', frame('cross-site'))).status).toBe(403);
    for (const headers of [...lookingAhead, ...elsewhere]) await browser.go('/v1/auth/login', headers);
    expect(await loginsLeft()).toBe(left - 1);
  });

  it('does not sign out, on any site', async () => {
    const path = await signOutPath();
    for (const site of ['same-origin', 'same-site', 'cross-site'])
      expect((await browser.go(path, frame(site))).status).toBe(403);
    expect(await isSignedIn()).toBe(true);
  });

  it('completes a sign-in, on any site of the tenant', async () => {
    const person = createPerson();
    const callback = await reachCallback(person, world, { return_to: '/framed' });
    const cookie = [...person.cookies].map((pair) => pair.join('=')).join('; ');
    const answer = await navigate(world.url, pathOf(callback), { ...frame('cross-site'), cookie });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      303,
      `${world.gateway.publicUrl}/framed`,
    ]);
  });
});

it('a code stays valid after a prefetch of its callback', async () => {
  const person = createPerson();
  const callback = await reachCallback(person, world, { return_to: '/inside' });
  for (const headers of lookingAhead)
    expect((await person.get(callback, headers as Record<string, string>)).status).toBe(204);
  expect((await person.get(callback)).headers.get('location')).toBe(`${world.gateway.publicUrl}/inside`);
  expect(await readSession(person, world)).toMatchObject({ authenticated: true });
});

it.each<Record<string, string>>([{}, { 'sec-fetch-dest': 'document', 'sec-fetch-site': 'none' }])(
  'the fetch of Node, which sends Sec-Fetch-Mode: cors, is redirected: %j',
  async (headers) => {
    const answer = await fetch(`${world.gateway.publicUrl}/v1/auth/login`, { redirect: 'manual', headers });
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([303, 1]);
  },
);

it('a click in the router of Next.js, which first sends a data request, ends in a navigation', async () => {
  const data = {
    rsc: '1',
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
    'sec-fetch-site': 'same-origin',
  };
  expect((await browser.go('/v1/auth/login', data)).status).toBe(204);
});

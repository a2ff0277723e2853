import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type Browser,
  createBrowser,
  locationOf,
  type Page,
} from '../../../packages/tenant/test/support/browser.ts';
import { alter, storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { createBrowser as createGatewayBrowser } from '../../support/browser.ts';
import { startWorld, type World } from '../../support/world.ts';
import { readSession, signInByRedirect, signUp, user } from './support.ts';

let world: World;
/** Whether the user is signed in at the tenant. */
let browser: Browser;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  await signUp(world);
});
beforeEach(async () => {
  world.clock.offsetS = 0;
  browser = createBrowser();
  await signInByRedirect(browser, world);
});
afterAll(() => world.close());

const url = (path: string): string => `${world.gateway.publicUrl}${path}`;

/** Signs out at the gateway only: the session at the tenant continues. */
async function signOutHere(): Promise<void> {
  const { origin } = new URL(url('/'));
  await fetch(url('/v1/auth/signout'), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-csrf': '1',
      origin,
      cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
    },
    body: '{}',
  });
  expect(await readSession(browser, world)).toEqual({ authenticated: false });
}

/** Starts a silent sign-in; each step must be a redirect, because no page is shown. */
async function askSilently(query: Record<string, string> = {}): Promise<Page> {
  const asked = new URLSearchParams({ prompt: 'none', return_to: '/app', ...query }).toString();
  const login = await browser.get(url(`/v1/auth/login?${asked}`));
  const tenant = await browser.get(locationOf(login));
  const callback = locationOf(tenant);
  expect(callback.href).toContain(url('/v1/auth/callback'));
  return browser.get(callback);
}

const whereTo = ({ status, headers }: { readonly status: number; readonly headers: Headers }) => ({
  status,
  isApp: headers.get('location') === url('/app'),
});
const toApp = { status: 303, isApp: true };

describe('a silent sign-in', () => {
  it('starts a session for a user who is signed in at the tenant, without a page', async () => {
    await signOutHere();
    expect(whereTo(await askSilently())).toEqual(toApp);
    expect(await readSession(browser, world)).toMatchObject({
      authenticated: true,
      user: { email: user.email },
    });
  });

  it('returns without a session if no user is signed in', async () => {
    browser = createBrowser();
    expect(whereTo(await askSilently())).toEqual(toApp);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('gatehouse'))).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['too long ago', { max_age: '60' }],
    ['by another connection', { connection: 'simulated-social' }],
  ])('returns without a session for a sign-in %s', async (_, query) => {
    await signOutHere();
    world.clock.offsetS += 120;
    expect(whereTo(await askSilently(query))).toEqual(toApp);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
  });

  it('returns without a session if the tenant requires a second factor', async () => {
    await signOutHere();
    const restore = alter(storedIn(world.tenant).guardian, { policies: ['all-applications'] });
    expect(whereTo(await askSilently())).toEqual(toApp);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
    restore();
  });

  it('keeps an existing session if it fails', async () => {
    const before = await readSession(browser, world);
    world.clock.offsetS += 120;
    expect(whereTo(await askSilently({ max_age: '60' }))).toEqual(toApp);
    expect(await readSession(browser, world)).toMatchObject({ authenticated: true, user: before['user'] });
  });

  it('works in a frame of the same site, and by a script that starts the sign-in', async () => {
    await signOutHere();
    const frame = { 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'same-site' };
    const here = createGatewayBrowser(world.url);
    const login = await here.go('/v1/auth/login?prompt=none&return_to=/app', frame);
    const { pathname, search } = locationOf(await browser.get(login.headers.get('location') ?? ''));
    const done = await here.go(pathname + search, { ...frame, 'sec-fetch-site': 'cross-site' });
    expect(whereTo(done)).toEqual(toApp);
    expect((await here.send('GET', '/v1/auth/session')).body).toMatchObject({ authenticated: true });
    const headers = { Origin: world.gateway.publicUrl };
    const start = await here.send('POST', '/v1/auth/login/start', { body: { prompt: 'none' }, headers });
    expect(new URL(start.body.authorization_url).searchParams.get('prompt')).toBe('none');
  });

  it('reports an outage of the tenant as an outage, not as signed out', async () => {
    const login = await browser.get(url('/v1/auth/login?prompt=none'));
    const state = locationOf(login).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ state, error: 'temporarily_unavailable' }).toString();
    const page = await browser.get(url(`/v1/auth/callback?${query}`), { accept: 'application/json' });
    expect([page.status, JSON.parse(page.text).code]).toEqual([503, 'tenant_unavailable']);
  });
});

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
/** Signed in at the tenant. */
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

/** Signs out here alone: the session at the tenant goes on. */
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

/** Asks whether somebody is signed in at the tenant; each step must be a redirect, since nobody is asked anything. */
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

describe('an app that asks whether somebody is signed in at the tenant', () => {
  it('finds them signed in here afterwards, without a page', async () => {
    await signOutHere();
    expect(whereTo(await askSilently())).toEqual(toApp);
    expect(await readSession(browser, world)).toMatchObject({
      authenticated: true,
      user: { email: user.email },
    });
  });

  it('gets its browser back without a session where nobody is', async () => {
    browser = createBrowser();
    expect(whereTo(await askSilently())).toEqual(toApp);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
    expect([...browser.cookies.keys()].filter((name) => name.startsWith('gatehouse'))).toEqual([]);
  });

  it.each<[string, Record<string, string>]>([
    ['too long ago', { max_age: '60' }],
    ['by another connection', { connection: 'simulated-social' }],
  ])('gets it back so where they signed in %s', async (_, query) => {
    await signOutHere();
    world.clock.offsetS += 120;
    expect(whereTo(await askSilently(query))).toEqual(toApp);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
  });

  it('gets it back so where the tenant would have to ask for a second factor', async () => {
    await signOutHere();
    const restore = alter(storedIn(world.tenant).guardian, { policies: ['all-applications'] });
    expect(whereTo(await askSilently())).toEqual(toApp);
    expect(await readSession(browser, world)).toEqual({ authenticated: false });
    restore();
  });

  it('loses no session that it has by asking in vain', async () => {
    const before = await readSession(browser, world);
    world.clock.offsetS += 120;
    expect(whereTo(await askSilently({ max_age: '60' }))).toEqual(toApp);
    expect(await readSession(browser, world)).toMatchObject({ authenticated: true, user: before['user'] });
  });

  it('may ask in a frame of its own site, and by a script that begins the sign-in', async () => {
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

  it('sees an outage of the tenant as one, and not as nobody', async () => {
    const login = await browser.get(url('/v1/auth/login?prompt=none'));
    const state = locationOf(login).searchParams.get('state') ?? '';
    const query = new URLSearchParams({ state, error: 'temporarily_unavailable' }).toString();
    const page = await browser.get(url(`/v1/auth/callback?${query}`), { accept: 'application/json' });
    expect([page.status, JSON.parse(page.text).code]).toEqual([503, 'tenant_unavailable']);
  });
});

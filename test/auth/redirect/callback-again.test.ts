import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf } from '../../../packages/tenant/test/support/browser.ts';
import { startWorld, type World } from '../../support/world.ts';
import { reachCallback, readSession, signInByRedirect, signUp } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  await signUp(world);
});
beforeEach(() => {
  world.clock.offsetS = 0;
});
afterAll(() => world.close());

const url = (path: string): string => `${world.gateway.publicUrl}${path}`;
const deep = '/orders/7?tab=items#last';
const retryLink = () =>
  `href="/v1/auth/login?return_to=${encodeURIComponent(url(deep)).replaceAll('%20', '+')}"`;
const liveSession = async (browser: Browser) => (await readSession(browser, world))['authenticated'];
const signInEvents = () => world.lines.filter(({ event }) => String(event).startsWith('auth.signin')).length;

describe('a repeated callback', () => {
  it.each([0, 60, 11 * 60, 12 * 3600])(
    'redirects a signed-in browser to the return_to of the sign-in, after %d s',
    async (laterS) => {
      const browser = createBrowser();
      const callback = await reachCallback(browser, world, { return_to: deep });
      await browser.get(callback);
      const session = browser.cookies.get('gatehouse');
      const events = signInEvents();
      world.clock.offsetS += laterS;
      for (let i = 0; i < 2; i++) {
        const again = await browser.get(callback);
        expect([again.status, locationOf(again).href]).toEqual([303, url(deep)]);
        expect(again.headers.getSetCookie()).toEqual([]);
      }
      expect(browser.cookies.get('gatehouse')).toBe(session);
      expect(await liveSession(browser)).toBe(true);
      expect(signInEvents()).toBe(events);
    },
  );

  it('in parallel signs in once; the other response says that it was used', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world, { return_to: deep });
    const [one, other] = await Promise.all([browser.get(callback), browser.get(callback)]);
    const [done, refused] = one?.status === 303 ? [one, other] : [other, one];
    expect([done?.status, refused?.status]).toEqual([303, 400]);
    expect(refused?.text).toContain('It was already used');
    expect(refused?.text).toContain(retryLink());
    // The browser has the cookies of the first one.
    expect((await browser.get(callback)).status).toBe(303);
  });

  it('without a session says that it was completed, and keeps return_to', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world, { return_to: deep });
    await browser.get(callback);
    browser.clearCookies();
    const page = await browser.get(callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('It was already used, and this browser is not signed in.');
    expect(page.text).toContain(retryLink());
    expect(page.text).toContain('state_mismatch, request');
  });

  it('redirects a session of another sign-in too', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world, { return_to: deep });
    await browser.get(callback);
    expect((await signInByRedirect(browser, world, { return_to: '/other' })).status).toBe(303);
    expect(locationOf(await browser.get(callback)).href).toBe(url(deep));
  });
});

describe('the error page of a sign-in that cannot be completed', () => {
  it('says that it started in another browser, and keeps return_to', async () => {
    const callback = await reachCallback(createBrowser(), world, { return_to: deep });
    for (const browser of [createBrowser(), await withOther()]) {
      const page = await browser.get(callback);
      expect(page.status).toBe(400);
      expect(page.text).toContain('It began in another browser');
      expect(page.text).toContain(retryLink());
      expect(page.text).toContain('state_mismatch, request');
    }
  });

  it('says that it expired, and keeps return_to without the cookie', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world, { return_to: deep });
    world.clock.offsetS += 601;
    const withCookie = await browser.get(callback);
    browser.clearCookies();
    for (const page of [withCookie, await browser.get(callback)]) {
      expect(page.status).toBe(400);
      expect(page.text).toContain('It was not completed within ten minutes.');
      expect(page.text).toContain(retryLink());
      expect(page.text).toContain('login_expired, request');
    }
  });

  it('links to a sign-in that ends at return_to', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world, { return_to: deep });
    browser.clearCookies();
    const page = await browser.get(callback);
    const href = /href="(\/v1\/auth\/login[^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const query = Object.fromEntries(new URL(url(href)).searchParams);
    expect(locationOf(await signInByRedirect(browser, world, query)).href).toBe(url(deep));
  });

  it('has no return_to for a foreign state', async () => {
    const browser = await withOther();
    const page = await browser.get(url('/v1/auth/callback?code=x&state=aGVsbG8gd29ybGQ'));
    expect(page.text).toContain('href="/v1/auth/login"');
  });

  it('keeps return_to during an outage of the tenant, and at the rate limit', async () => {
    const limited = await startWorld({ RATE_LIMIT_AUTH_IP: '1/1m' });
    const login = `${limited.gateway.publicUrl}/v1/auth/login?return_to=/later`;
    const browser = createBrowser();
    expect((await browser.get(login)).status).toBe(303);
    const page = await browser.get(login);
    expect(page.status).toBe(429);
    const place = encodeURIComponent(`${limited.gateway.publicUrl}/later`);
    expect(page.text).toContain(`href="/v1/auth/login?return_to=${place}"`);
    await limited.close();
  });
});

/** A browser with a sign-in in progress. */
async function withOther(): Promise<Browser> {
  const browser = createBrowser();
  await browser.get(url('/v1/auth/login'));
  return browser;
}

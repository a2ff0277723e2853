import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf } from '../../../packages/tenant/test/support/browser.ts';
import { startWorld, type World } from '../../support/world.ts';
import { readSession, signInByRedirect, signUp, user } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false', ALLOWED_ORIGINS: 'http://app.example.com' });
  await signUp(world);
});
afterAll(() => world.close());

const url = (path: string): string => `${world.gateway.publicUrl}${path}`;
const cookieBytes = (browser: Browser): number =>
  [...browser.cookies]
    .filter(([name]) => name.startsWith('gatehouse'))
    .map((pair) => pair.join('='))
    .join('; ').length;
const toQuery = (return_to: string) => new URLSearchParams({ return_to }).toString();

/** Values of return_to that are long in different ways. */
const places: Record<string, (i: number) => string> = {
  '900 characters': (i) => `/${'x'.repeat(900)}${i}`,
  'a hundred letters beyond ASCII': (i) => `/${'語'.repeat(100)}${i}`,
  'three hundred letters beyond ASCII': (i) => `/${'語'.repeat(305)}${i}`,
  'far too many characters': (i) => `/${'x'.repeat(9000)}${i}`,
};

describe.each(Object.entries(places))('ten parallel sign-ins, with a return_to of %s', (_, toPlace) => {
  it('fit into 4 kB of cookies, and each can be completed', async () => {
    const browser = createBrowser();
    const wanted = Array.from({ length: 10 }, (__, i) => toPlace(i));
    const logins = await Promise.all(
      wanted.map((place) => browser.get(url(`/v1/auth/login?${toQuery(place)}`))),
    );
    expect(logins.map(({ status }) => status)).toEqual(wanted.map(() => 303));
    expect(cookieBytes(browser)).toBeLessThan(4096);
    for (const [i, login] of logins.entries()) {
      const page = await browser.open(locationOf(login));
      const isAsked = !page.headers.has('location');
      const signedIn = isAsked
        ? await browser.submit(page, { username: user.email, password: user.password })
        : page;
      const done = await browser.get(locationOf(signedIn));
      const { pathname } = new URL(wanted[i] ?? '', world.gateway.publicUrl);
      // A return_to that is too long is lost; the sign-in is not.
      const place = pathname.length <= 1024 ? url(pathname) : 'http://app.example.com/';
      expect([done.status, locationOf(done).href]).toEqual([303, place]);
    }
    expect(await readSession(browser, world)).toMatchObject({ authenticated: true });
  });
});

it('a hundred parallel sign-ins leave less than 4 kB, and the next sign-in succeeds', async () => {
  const browser = createBrowser();
  await Promise.all(
    Array.from({ length: 100 }, (_, i) => browser.get(url(`/v1/auth/login?return_to=/${i}`))),
  );
  expect(cookieBytes(browser)).toBeLessThan(4096);
  expect(locationOf(await signInByRedirect(browser, world, { return_to: '/next' })).href).toBe(url('/next'));
});

describe('a return_to that is too long', () => {
  it.each([1024, 1025, 9000])('of %d characters does not prevent the sign-in', async (length) => {
    const place = `/${'a'.repeat(length - 1)}`;
    const done = await signInByRedirect(createBrowser(), world, { return_to: place });
    expect(locationOf(done).href).toBe(length <= 1024 ? url(place) : 'http://app.example.com/');
  });

  it('is ignored by login/start too', async () => {
    const response = await fetch(url('/v1/auth/login/start'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ return_to: `/${'a'.repeat(5000)}` }),
    });
    expect(response.status).toBe(200);
  });

  it('is refused if its origin is not allowed', async () => {
    const page = await createBrowser().get(
      url(`/v1/auth/login?${toQuery(`https://evil.test/${'a'.repeat(5000)}`)}`),
    );
    expect([page.status, page.text.includes('evil')]).toEqual([400, false]);
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createBrowser as createTenantBrowser,
  locationOf,
} from '../../../packages/tenant/test/support/browser.ts';
import { type Answer, type Browser, createBrowser } from '../../support/browser.ts';
import { startWorld, type World } from '../../support/world.ts';
import { codeOf, linkOf, newEmail, sentTo, setConnectionOptions, start } from './support.ts';

let world: World;
let browser: Browser;
let email: string;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false', ALLOWED_ORIGINS: 'http://app.example.com:8080' });
  // The maximum lifetime of links of real tenants.
  setConnectionOptions(world, 'email', { totp: { length: 6, time_step: 7200 } });
});
beforeEach(() => {
  browser = createBrowser(world.url);
  email = newEmail();
});
afterAll(() => world.close());

const url = (path: string): string => `${world.gateway.publicUrl}${path}`;
const pathOf = ({ pathname, search }: URL): string => pathname + search;

const ask = (more: object = {}): Promise<Answer> => start(browser, { email, send: 'link', ...more });

/** The redirect of the tenant for the latest mailed link. */
async function followLink(): Promise<string> {
  return pathOf(locationOf(await createTenantBrowser().open(linkOf(world, email))));
}

const sessionOf = async (at: Browser) => (await at.send('GET', '/v1/auth/session')).body;
const wayBackOf = ({ body }: Answer): string =>
  String(/href="([^"]*)"/.exec(body.slice(body.indexOf('<main>')))?.[1]).replaceAll('&amp;', '&');

describe('a link', () => {
  it('signs in the browser that requested it, and redirects to its return_to', async () => {
    const asked = await ask({ return_to: '/inside?a=b' });
    expect([asked.status, asked.body]).toEqual([202, '']);
    expect(asked.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^gatehouse-tx-[\w-]+=[\w-]+; Max-Age=1800; Path=\/; HttpOnly; SameSite=Lax$/),
    ]);
    const done = await browser.go(await followLink());
    expect([done.status, done.headers.get('location')]).toEqual([303, url('/inside?a=b')]);
    expect(await sessionOf(browser)).toMatchObject({ authenticated: true, user: { email } });
    expect([...browser.cookies.keys()]).toEqual(['gatehouse']);
    expect((await browser.send('GET', '/api/location/geocode?q=Oslo')).status).toBe(200);
    // The link has also started a session at the tenant.
    const out = await browser.send('POST', '/v1/auth/signout', { body: {} });
    expect(out.body.signout_url).toContain(`${world.tenant.origin}/v2/logout?`);
  });

  it('makes the tenant redirect to the gateway’s callback, with its own state and nonce', async () => {
    await ask();
    const link = new URL(linkOf(world, email));
    expect(Object.fromEntries(link.searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: url('/v1/auth/callback'),
      audience: 'urn:worldmappers',
      scope: expect.stringContaining('openid'),
      state: expect.stringMatching(/^[\w-]{100,}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(link.searchParams.has('code_challenge')).toBe(false);
  });

  it('in another browser shows an error with another way to sign in, and does not sign in', async () => {
    await ask({ return_to: '/inside' });
    const other = createBrowser(world.url);
    const page = await other.go(await followLink());
    expect(page.status).toBe(400);
    expect(page.body).toContain('login_expired');
    expect(page.body).toContain('only in the browser that requested it');
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(await sessionOf(other)).toEqual({ authenticated: false });
    // The page offers a code instead, which works in any browser.
    const again = await other.go(wayBackOf(page));
    const tenant = createTenantBrowser();
    const form = await tenant.open(again.headers.get('location') ?? '');
    const typing = await tenant.submit(form, { username: email });
    const signedIn = await tenant.submit(typing, { code: codeOf(world, email), action: 'continue' });
    const done = await other.go(pathOf(locationOf(signedIn)));
    expect([done.status, done.headers.get('location')]).toEqual([303, url('/inside')]);
    expect(await sessionOf(other)).toMatchObject({ authenticated: true, user: { email } });
  });

  it('that another user requested does not sign in as that user', async () => {
    const victim = createBrowser(world.url);
    await ask();
    const callback = await followLink();
    await start(victim, { email: newEmail(), send: 'link' });
    const page = await victim.go(callback, { accept: 'application/json' });
    expect(page).toMatchObject({ status: 400, body: { code: 'login_expired' } });
    expect(await sessionOf(victim)).toEqual({ authenticated: false });
  });

  it('is valid for thirty minutes', async () => {
    await ask();
    world.clock.offsetS += 29 * 60;
    expect((await browser.go(await followLink())).status).toBe(303);
    await ask();
    world.clock.offsetS += 31 * 60;
    const late = await browser.go(await followLink(), { accept: 'application/json' });
    expect(late).toMatchObject({ status: 400, body: { code: 'login_expired' } });
    expect(late.body.detail).toContain('30 minutes');
  });

  it('does not extend the ten minutes of a sign-in at the pages', async () => {
    const login = await browser.go('/v1/auth/login');
    const state = new URL(login.headers.get('location') ?? '').searchParams.get('state') ?? '';
    world.clock.offsetS += 11 * 60;
    const late = await browser.go(`/v1/auth/callback?code=x&state=${state}`, { accept: 'application/json' });
    expect(late.body).toMatchObject({
      code: 'login_expired',
      detail: expect.stringContaining('ten minutes'),
    });
  });

  it('signs in once; a second use redirects to return_to', async () => {
    await ask({ return_to: '/inside' });
    const callback = await followLink();
    const { cookies } = browser;
    const before = new Map(cookies);
    expect((await browser.go(callback)).status).toBe(303);
    const session = cookies.get('gatehouse');
    const again = await browser.go(callback);
    expect([again.status, again.headers.get('location')]).toEqual([303, url('/inside')]);
    expect(cookies.get('gatehouse')).toBe(session);
    const kept = createBrowser(world.url);
    for (const [name, value] of before) kept.cookies.set(name, value);
    expect((await kept.go(callback, { accept: 'application/json' })).body.code).toBe('state_mismatch');
  });

  it('with the code of another sign-in of the browser does not sign in', async () => {
    await ask();
    const stolen = new URL(url(await followLink()));
    await ask();
    const own = new URL(url(await followLink()));
    own.searchParams.set('code', stolen.searchParams.get('code') ?? '');
    const page = await browser.go(pathOf(own), { accept: 'application/json' });
    expect(page.status).not.toBe(303);
    expect(await sessionOf(browser)).toEqual({ authenticated: false });
  });

  it.each(['https://evil.test/', '//evil.test', '/\\evil.test'])('to %s is refused', async (return_to) => {
    const answer = await ask({ return_to });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_return_to' } });
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(sentTo(world, email)).toEqual([]);
  });

  it('with a return_to that is too long signs in without it', async () => {
    await ask({ return_to: `/${'a'.repeat(1100)}` });
    const done = await browser.go(await followLink());
    expect([done.status, done.headers.get('location')]).toEqual([303, 'http://app.example.com:8080/']);
  });

  it('is not sent for a page of another site, where the browser would discard the cookie', async () => {
    const headers = { Origin: 'http://app.example.com:8080', 'Sec-Fetch-Site': 'cross-site' };
    const answer = await start(browser, { email, send: 'link' }, headers);
    expect(answer).toMatchObject({ status: 403, body: { code: 'cross_site_session' } });
    expect(sentTo(world, email)).toEqual([]);
  });
});

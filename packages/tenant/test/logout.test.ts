import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from './support/browser.ts';
import { browserSeed } from './support/browser-seed.ts';
import { answerOf, authorizeUrl, codeFor, exchange, signInBy } from './support/sign-in-flow.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const out = 'http://localhost:4777/out';

describe.each(stores)('logout on %s', (store) => {
  let t: TestTenant;
  let browser: Browser;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
  });
  beforeEach(() => {
    browser = createBrowser();
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  const get = (path: string, query: Record<string, string> = {}) =>
    browser.get(`${t.tenant.origin}${path}?${new URLSearchParams(query).toString()}`);
  const isSignedIn = async (): Promise<boolean> =>
    answerOf(await browser.get(authorizeUrl(t, { prompt: 'none' }))).code !== undefined;
  const signIn = async (): Promise<{ id_token: string; sid: string }> => {
    const answer = await exchange(t, 'web', answerOf(await signInBy(browser, t)).code);
    return { id_token: String(answer.json.id_token), sid: String(claimsOf(answer, 'id_token').sid) };
  };

  describe('/v2/logout', () => {
    it('LO01: 302 to an allowed URL, and the session has ended', async () => {
      await signIn();
      const answer = await get('/v2/logout', { client_id: 'web', returnTo: out });
      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toBe(out);
      expect(browser.cookies.has('auth0_http')).toBe(false);
      expect(t.logTypes().at(-1)).toBe('slo');
      expect(await isSignedIn()).toBe(false);
    });

    it('the cookie of a session that has ended is invalid', async () => {
      await signIn();
      const cookie = `auth0_http=${browser.cookies.get('auth0_http')}`;
      await get('/v2/logout');
      const silent = await browser.get(authorizeUrl(t, { prompt: 'none' }), { cookie });
      expect(answerOf(silent).error).toBe('login_required');
    });

    it.each([`${out}?x=1&y=2`, `${out}#there`, 'http://LOCALHOST:4777/out'])(
      'query, fragment and the case of the host do not count: %s',
      async (returnTo) => {
        const answer = await get('/v2/logout', { client_id: 'web', returnTo });
        expect(answer.headers.get('location')).toBe(new URL(returnTo).href);
      },
    );

    it.each([
      'http://localhost:4777/out/',
      'http://localhost:4777/OUT',
      'http://localhost:4777/',
      'https://localhost:4777/out',
      'http://localhost:4777@evil.example/out',
      'http://evil.example/out?http://localhost:4777/out',
      'http://evil.example/#http://localhost:4777/out',
      '//localhost:4777/out',
      'javascript:alert(1)//http://localhost:4777/out',
    ])('a URL that is not allowed is a page with status 400, and ends nothing: %s', async (returnTo) => {
      await signIn();
      for (const client of [{ client_id: 'web' }, {}]) {
        const answer = await get('/v2/logout', { ...client, returnTo });
        expect(t.logTypes().at(-1)).toBe('flo');
        expect(answer.status).toBe(400);
        expect(answer.headers.has('location')).toBe(false);
        expect(answer.headers.get('x-tenant-hint')).toContain('Allowed Logout URLs');
      }
      expect(await isSignedIn()).toBe(true);
    });

    it('without client_id the tenant’s URLs apply, not the client’s', async () => {
      const returnTo = 'http://localhost:4777/tenant-out';
      expect((await get('/v2/logout', { returnTo })).headers.get('location')).toBe(returnTo);
      expect((await get('/v2/logout', { returnTo: out })).status).toBe(400);
      expect((await get('/v2/logout', { returnTo, client_id: 'web' })).status).toBe(400);
    });

    it('without returnTo: the first URL of the client or, without one, a page', async () => {
      expect((await get('/v2/logout', { client_id: 'web' })).headers.get('location')).toBe(out);
      await signIn();
      const page = await get('/v2/logout');
      expect(page.status).toBe(200);
      expect(page.text).toContain('You have been signed out.');
      expect(await isSignedIn()).toBe(false);
    });

    it('an unknown client, and a strict third party, get a page with status 400', async () => {
      for (const client_id of ['nobody', 'tpc_open'])
        expect((await get('/v2/logout', { client_id, returnTo: out })).status).toBe(400);
    });
  });

  describe('/oidc/logout', () => {
    const wish = { post_logout_redirect_uri: out, state: 'a b&c' };

    it('LO02: with the ID token of the session: 302 with the state, and no page', async () => {
      const { id_token } = await signIn();
      const answer = await get('/oidc/logout', { id_token_hint: id_token, ...wish });
      expect(answer.status).toBe(302);
      expect(answer.headers.get('location')).toBe(`${out}?state=a+b%26c`);
      expect(await isSignedIn()).toBe(false);
    });

    it('the ID token may be expired', async () => {
      const { id_token } = await signIn();
      t.clock.offsetS = 40 * 3600;
      const answer = await get('/oidc/logout', { id_token_hint: id_token, ...wish });
      expect(answer.status).toBe(302);
      expect(await isSignedIn()).toBe(false);
    });

    it('with logout_hint and client_id: there is no page either', async () => {
      const { sid } = await signIn();
      const answer = await get('/oidc/logout', { logout_hint: sid, client_id: 'web', ...wish });
      expect(answer.status).toBe(302);
      expect(await isSignedIn()).toBe(false);
    });

    it('with POST too', async () => {
      const { id_token } = await signIn();
      const answer = await browser.post(`${t.tenant.origin}/oidc/logout`, {
        id_token_hint: id_token,
        ...wish,
      });
      expect(answer.status).toBe(302);
      expect(await isSignedIn()).toBe(false);
    });

    it('with neither hint a page asks for confirmation', async () => {
      await signIn();
      const query = { client_id: 'web', ...wish };
      const asked = await get('/oidc/logout', query);
      expect(asked.status).toBe(200);
      expect(asked.text).toContain('ann@example.com');
      const stay = await browser.submit(asked, { action: 'deny' });
      expect(stay.status).toBe(200);
      expect(await isSignedIn()).toBe(true);
      const leave = await browser.submit(await get('/oidc/logout', query), { action: 'accept' });
      expect(leave.headers.get('location')).toBe(`${out}?state=a+b%26c`);
      expect(await isSignedIn()).toBe(false);
    });

    it('with the hint of another session a page asks for confirmation', async () => {
      const other = createBrowser();
      const answer = await exchange(t, 'web', answerOf(await signInBy(other, t)).code);
      await signIn();
      const asked = await get('/oidc/logout', { id_token_hint: String(answer.json.id_token), ...wish });
      expect(asked.status).toBe(200);
      expect(await isSignedIn()).toBe(true);
    });

    it('the form works once, for its session, and only from the tenant’s pages', async () => {
      await signIn();
      const asked = await get('/oidc/logout');
      const [form] = asked.forms;
      if (!form) throw new Error('no form');
      const fields = { ...form.fields, action: 'accept' };
      const foreign = await browser.post(form.action, fields, { origin: 'http://localhost:3000' });
      expect(foreign.status).toBe(400);
      const stranger = createBrowser();
      await signInBy(stranger, t);
      expect((await stranger.post(form.action, fields)).status).toBe(400);
      expect(await isSignedIn()).toBe(true);
      expect((await browser.post(form.action, fields)).status).toBe(200);
      expect((await browser.post(form.action, fields)).status).toBe(400);
    });

    it('without a session no page is shown', async () => {
      const answer = await get('/oidc/logout', { client_id: 'web', ...wish });
      expect(answer.status).toBe(302);
    });

    it.each<[string, (token: string) => Record<string, string>]>([
      ['a hint that is no token', () => ({ id_token_hint: 'garbage' })],
      ['a hint with another signature', (token) => ({ id_token_hint: `${token.slice(0, -6)}AAAAAA` })],
      ['a client_id that is not the hint’s', (token) => ({ id_token_hint: token, client_id: 'plain' })],
      ['a logout_hint that is not the hint’s', (token) => ({ id_token_hint: token, logout_hint: 'x' })],
      [
        'a URL that is not allowed',
        (token) => ({ id_token_hint: token, post_logout_redirect_uri: 'https://evil.example/' }),
      ],
      [
        'a URL with another query',
        (token) => ({ id_token_hint: token, post_logout_redirect_uri: `${out}?x=1` }),
      ],
    ])('%s is a page with status 400, and ends nothing', async (_name, toQuery) => {
      const { id_token } = await signIn();
      const answer = await get('/oidc/logout', toQuery(id_token));
      expect(answer.status).toBe(400);
      expect(answer.headers.get('content-type')).toContain('text/html');
      expect(await isSignedIn()).toBe(true);
    });

    it('an ID token that is signed with the secret of its client is accepted as a hint', async () => {
      const answer = await exchange(t, 'hs', await codeFor(t, { client_id: 'hs' }));
      const query = { id_token_hint: String(answer.json.id_token), ...wish };
      expect((await get('/oidc/logout', query)).status).toBe(302);
    });
  });
});

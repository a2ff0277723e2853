import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, type Page } from './support/browser.ts';
import { askingApi, browserSeed } from './support/browser-seed.ts';
import { api } from './support/seed.ts';
import {
  answerOf,
  authorizeUrl,
  challenge,
  exchange,
  type Parameters,
  signInBy,
  verifier,
} from './support/sign-in-flow.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const strict: Parameters = {
  client_id: 'tpc_open',
  audience: 'urn:organizer',
  scope: 'contacts offline_access',
  state: 's',
  ...challenge,
};

describe.each(stores)('consent on %s', (store) => {
  let t: TestTenant;
  let browser: Browser;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
  });
  beforeEach(() => {
    const { consents } = t.stored;
    for (const consent of consents.list()) consents.remove(consent.id);
    browser = createBrowser();
  });
  afterAll(() => t.close());

  const accept = (page: Page): Promise<Page> => browser.submit(page, { action: 'accept' });
  const isConsent = (page: Page): boolean => page.url.pathname === '/u/consent';

  it('AC10: a third party’s first request lists the scopes; the consent is stored', async () => {
    const page = await signInBy(browser, t, strict);
    expect(isConsent(page)).toBe(true);
    expect(page.status).toBe(200);
    expect(page.text).toContain('The tpc_open');
    expect(page.text).toContain('Read and change your contacts');
    expect(page.text).not.toContain('appointments');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://localhost:4777");
    const back = await accept(page);
    const tokens = await exchange(t, 'tpc_open', answerOf(back).code, { code_verifier: verifier });
    expect(tokens.json.scope).toBe('contacts offline_access');
    expect(claimsOf(tokens).aud).toBe('urn:organizer');
    const again = await browser.open(authorizeUrl(t, strict));
    expect(answerOf(again)).toEqual({ code: expect.any(String), state: 's' });
    expect(t.stored.consents.list()).toEqual([
      {
        id: expect.any(String),
        user_id: 'auth0|ann-id',
        client_id: 'tpc_open',
        audience: 'urn:organizer',
        scope: ['contacts', 'offline_access'],
      },
    ]);
  });

  it('AC11: prompt=none without consent answers consent_required; with consent, a code', async () => {
    const page = await signInBy(browser, t, strict);
    const silent = authorizeUrl(t, { ...strict, prompt: 'none' });
    expect(answerOf(await browser.get(silent))).toMatchObject({ error: 'consent_required', state: 's' });
    await accept(page);
    expect(answerOf(await browser.get(silent)).code).toBeDefined();
  });

  it('AC12: declining redirects with access_denied, and the next sign-in asks again', async () => {
    const page = await signInBy(browser, t, strict);
    const back = await browser.submit(page, { action: 'deny' });
    expect(answerOf(back)).toEqual({
      error: 'access_denied',
      error_description: 'User did not authorize the request',
      state: 's',
    });
    expect(isConsent(await browser.open(authorizeUrl(t, strict)))).toBe(true);
  });

  it('AC12: without redirection_policy allow_always declining shows a page', async () => {
    const page = await signInBy(browser, t, { ...strict, client_id: 'tpc_guarded' });
    const end = await browser.submit(page, { action: 'deny' });
    expect(end.status).toBe(403);
    expect(end.headers.has('location')).toBe(false);
    expect(end.text).toContain('User did not authorize the request');
  });

  it('AC13: a first party at an API that skips consent gets no page and no grant', async () => {
    const page = await signInBy(browser, t, { audience: api, scope: 'openid geocode:location' });
    expect(answerOf(page).code).toBeDefined();
    expect(t.stored.consents.list()).toEqual([]);
  });

  it('a first party at any other API is asked once, like a third party', async () => {
    const request = { audience: askingApi, scope: 'openid read' };
    const page = await signInBy(browser, t, request);
    expect(isConsent(page)).toBe(true);
    expect(answerOf(await accept(page)).code).toBeDefined();
    expect(answerOf(await browser.open(authorizeUrl(t, request))).code).toBeDefined();
  });

  it('further scopes ask again, fewer do not; consents accumulate', async () => {
    await accept(await signInBy(browser, t, { ...strict, scope: 'contacts' }));
    const wider = await browser.open(authorizeUrl(t, { ...strict, scope: 'appointments' }));
    expect(isConsent(wider)).toBe(true);
    await accept(wider);
    const both = authorizeUrl(t, { ...strict, scope: 'contacts appointments' });
    expect(answerOf(await browser.open(both)).code).toBeDefined();
  });

  it('prompt=consent asks each time', async () => {
    await accept(await signInBy(browser, t, strict));
    const page = await browser.open(authorizeUrl(t, { ...strict, prompt: 'consent' }));
    expect(isConsent(page)).toBe(true);
    expect(answerOf(await accept(page)).code).toBeDefined();
    const firstParty = await browser.open(authorizeUrl(t, { prompt: 'consent' }));
    expect(isConsent(firstParty)).toBe(true);
  });

  it('one user’s consent is not another’s, nor another client’s', async () => {
    await accept(await signInBy(browser, t, strict));
    expect(isConsent(await signInBy(createBrowser(), t, strict, 'bob@example.com'))).toBe(true);
    expect(isConsent(await browser.open(authorizeUrl(t, { ...strict, client_id: 'tpc_guarded' })))).toBe(
      true,
    );
  });

  it('a strict third party gets neither the OpenID Connect scopes nor scopes beyond its grant', async () => {
    const scope = 'openid profile email contacts tasks';
    const page = await signInBy(browser, t, { ...strict, scope });
    expect(page.text).not.toContain('See your email address');
    expect(page.text).not.toContain('tasks');
    const { code } = answerOf(await accept(page));
    const tokens = await exchange(t, 'tpc_open', code, { code_verifier: verifier });
    expect(tokens.json.scope).toBe('contacts');
    expect(tokens.json).not.toHaveProperty('id_token');
    const authorization = `Bearer ${String(tokens.json.access_token)}`;
    expect((await t.get('/userinfo', { authorization })).status).toBe(401);
  });

  it('a permissive third party gets an ID token, without PKCE, after consent', async () => {
    const page = await signInBy(browser, t, { client_id: 'permissive', scope: 'openid email' });
    expect(page.text).toContain('See your email address');
    const tokens = await exchange(t, 'permissive', answerOf(await accept(page)).code);
    expect(claimsOf(tokens, 'id_token').email).toBe('ann@example.com');
  });

  it('revoking a consent revokes its refresh tokens', async () => {
    const back = await accept(await signInBy(browser, t, strict));
    const tokens = await exchange(t, 'tpc_open', answerOf(back).code, { code_verifier: verifier });
    const refresh = (refresh_token: unknown) =>
      t.token('tpc_open', { grant_type: 'refresh_token', refresh_token });
    const refreshed = await refresh(tokens.json.refresh_token);
    expect(refreshed.status).toBe(200);
    const { consents } = t.stored;
    for (const consent of consents.find('user_id', 'auth0|ann-id')) consents.remove(consent.id);
    expect((await refresh(refreshed.json.refresh_token)).status).toBe(403);
  });

  it('only the signed-in browser can accept', async () => {
    const page = await signInBy(browser, t, strict);
    const state = String(page.url.searchParams.get('state'));
    const { auth0_http: _session, ...rest } = Object.fromEntries(browser.cookies);
    const cookie = Object.entries(rest)
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
    const answer = await createBrowser().post(
      new URL('/u/consent', page.url),
      { state, action: 'accept' },
      { cookie },
    );
    expect(answer.status).toBe(400);
    expect(t.stored.consents.list()).toEqual([]);
  });

  it('of two parallel responses to one page only the first counts', async () => {
    const page = await signInBy(browser, t, strict);
    const state = String(page.url.searchParams.get('state'));
    const target = new URL('/u/consent', page.url);
    const answers = await Promise.all([
      browser.post(target, { state, action: 'accept' }),
      browser.post(target, { state, action: 'deny' }),
    ]);
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([302, 400]);
  });

  describe('non-verifiable callbacks', () => {
    it('ask for confirmation if no other page was shown, unless the tenant or the client skips it', async () => {
      const undo = alter(t.stored.settings, { skip_non_verifiable_callback_uri_confirmation_prompt: false });
      try {
        expect(answerOf(await signInBy(browser, t)).code).toBeDefined();
        const page = await browser.open(authorizeUrl(t, { state: 's' }));
        expect(page.url.pathname).toBe('/u/confirm');
        expect(page.text).toContain('http://localhost:4777');
        expect(answerOf(await browser.submit(page, { action: 'accept' })).code).toBeDefined();
        const native = await browser.open(authorizeUrl(t, { redirect_uri: 'com.example.app://cb' }));
        expect(answerOf(await browser.submit(native, { action: 'deny' })).error).toBe('access_denied');
        const silent = await browser.get(authorizeUrl(t, { prompt: 'none' }));
        expect(answerOf(silent).error).toBe('consent_required');
        const spared = await signInBy(browser, t, { client_id: 'spared' });
        expect(answerOf(spared).code).toBeDefined();
      } finally {
        undo();
      }
      expect(answerOf(await browser.open(authorizeUrl(t, {}))).code).toBeDefined();
    });
  });
});

import { AuthClient } from '@auth0/auth0-auth-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf, type Page } from './support/browser.ts';
import { browserSeed, callback } from './support/browser-seed.ts';
import { answerOf, authorizeUrl, exchange } from './support/sign-in-flow.ts';
import { claimsOf, fresh, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

describe.each(stores)('passwordless sign-in in the browser on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
  });
  afterAll(() => t.close());

  const address = () => `${fresh('mail')}@example.com`;
  const inboxOf = (to: string) => t.tenant.context.inbox.list({ to });
  const codeTo = (to: string) => inboxOf(to).at(-1)?.code ?? '';
  const claimsFrom = async (page: Page) => {
    const answer = await exchange(t, 'web', answerOf(page).code);
    expect(answer.status).toBe(200);
    return claimsOf(answer, 'id_token');
  };
  /** Signs in up to the page that asks for the code. */
  const begin = async (username: string, browser: Browser = createBrowser(), parameters = {}) => {
    t.clock.offsetS += 72;
    const page = await browser.open(authorizeUrl(t, { connection: 'email', ...parameters }));
    expect(page.url.pathname).toBe('/u/passwordless');
    return browser.submit(page, { username });
  };

  describe('by code', () => {
    it('connection=email asks for an address, then for the code', async () => {
      const browser = createBrowser();
      const to = address();
      const page = await begin(to, browser, { scope: 'openid email' });
      expect(page.text).toContain(to);
      const done = await browser.submit(page, { code: codeTo(to), action: 'continue' });
      expect(await claimsFrom(done)).toMatchObject({ email: to, email_verified: true });
      expect(browser.cookies.has('auth0_http')).toBe(true);
    });

    it('connection=sms asks for a phone number', async () => {
      const browser = createBrowser();
      const page = await browser.open(authorizeUrl(t, { connection: 'sms', scope: 'openid phone' }));
      const bad = await browser.submit(page, { username: '12' });
      expect(bad.status).toBe(400);
      const asked = await browser.submit(bad, { username: '+1 555 0102345' });
      const done = await browser.submit(asked, { code: codeTo('+15550102345'), action: 'continue' });
      expect(await claimsFrom(done)).toMatchObject({ phone_number: '+15550102345' });
    });

    it('a wrong code asks again; the third invalidates the code, and a new one can be requested', async () => {
      const browser = createBrowser();
      const to = address();
      let page = await begin(to, browser);
      const code = codeTo(to);
      for (let index = 0; index < 3; index += 1) {
        page = await browser.submit(page, { code: 'x', action: 'continue' });
        expect(page.status).toBe(400);
        expect(page.text).toContain('The code you entered is invalid.');
      }
      expect((await browser.submit(page, { code, action: 'continue' })).status).toBe(400);
      page = await browser.submit(page, { action: 'resend' });
      expect(page.status).toBe(200);
      await claimsFrom(await browser.submit(page, { code: codeTo(to), action: 'continue' }));
    });

    it('of parallel uses of one code one succeeds', async () => {
      for (let round = 0; round < 5; round += 1) {
        const browser = createBrowser();
        const to = address();
        const page = await begin(to, browser);
        const fields = { ...page.forms[0]?.fields, code: codeTo(to), action: 'continue' };
        const answers = await Promise.all([1, 2, 3].map(() => browser.post(page.url, fields)));
        const codes = answers.filter((answer) => answer.headers.get('location')?.startsWith(callback));
        expect(codes).toHaveLength(1);
      }
    });

    it('a code is valid only for its sign-in', async () => {
      const [browser, other] = [createBrowser(), createBrowser()];
      const to = address();
      const first = await begin(to, browser);
      const code = codeTo(to);
      const start = await other.open(authorizeUrl(t, { connection: 'email' }));
      const fields = { ...start.forms[0]?.fields, username: to, code, action: 'continue' };
      expect((await other.post(start.url, fields)).status).toBe(400);
      await claimsFrom(await browser.submit(first, { code, action: 'continue' }));
    });

    it('the address can be changed', async () => {
      const browser = createBrowser();
      const page = await begin(address(), browser);
      const start = await browser.submit(page, { action: 'change' });
      const to = address();
      const asked = await browser.submit(start, { username: to });
      await claimsFrom(await browser.submit(asked, { code: codeTo(to), action: 'continue' }));
    });

    it('with sign-up disabled an unknown address gets the same page and no mail', async () => {
      const { connections } = t.stored;
      const [connection] = connections.find('name', 'email');
      if (!connection) throw new Error('no connection');
      const to = address();
      const browser = createBrowser();
      const page = await begin(to, browser);
      await browser.submit(page, { code: codeTo(to), action: 'continue' });
      connections.put({ ...connection, options: { ...connection.options, disable_signup: true } });
      const stranger = address();
      const [known, unknown] = [await begin(to), await begin(stranger)];
      connections.put(connection);
      expect(unknown.status).toBe(200);
      const plain = (text: string, own: string) =>
        text.replaceAll(own, '').replaceAll(/name="state" value="[^"]+"/g, '');
      expect(plain(unknown.text, stranger)).toBe(plain(known.text, to));
      expect(inboxOf(stranger)).toEqual([]);
    });

    it('a connection that the client may not use is refused', async () => {
      const browser = createBrowser();
      const page = await browser.open(authorizeUrl(t, {}));
      const { state = '' } = page.forms[0]?.fields ?? {};
      for (const connection of ['foreign', 'other-db', 'nowhere']) {
        const url = new URL('/u/passwordless', t.tenant.origin);
        url.search = new URLSearchParams({ state, connection }).toString();
        expect((await browser.get(url)).status).toBe(400);
      }
    });
  });

  describe('by magic link', () => {
    const send = async (authParams?: object, more: object = {}) => {
      t.clock.offsetS += 72;
      const email = address();
      const body = { connection: 'email', email, send: 'link', authParams, ...more };
      const answer = await t.post('/passwordless/start', { ...t.tenant.credentials('web'), ...body });
      expect(answer.status).toBe(200);
      return { email, link: inboxOf(email).at(-1)?.link ?? '' };
    };

    it('signs the browser in and redirects to the client’s callback', async () => {
      const authParams = { redirect_uri: callback, state: 'xyz', scope: 'openid email', nonce: 'n-1' };
      const { email, link } = await send(authParams);
      expect(new URL(link).pathname).toBe('/passwordless/verify_redirect');
      const browser = createBrowser();
      const done = await browser.open(link);
      expect(answerOf(done).state).toBe('xyz');
      expect(await claimsFrom(done)).toMatchObject({ email, email_verified: true, nonce: 'n-1' });
      const again = await browser.open(authorizeUrl(t, {}));
      expect(answerOf(again).code).toBeDefined();
    });

    it('AuthClient.getTokenByMagicLinkCode accepts the response', async () => {
      const { client_id: clientId, client_secret: clientSecret = '' } = t.tenant.credentials('web') ?? {
        client_id: '',
      };
      const client = new AuthClient({ domain: t.tenant.domain, clientId, clientSecret });
      const email = address();
      const authParams = { redirect_uri: callback, state: 'bound', scope: 'openid email' };
      await client.passwordless.sendEmail({ email, send: 'link', authParams });
      const done = await createBrowser().open(inboxOf(email).at(-1)?.link ?? '');
      const tokens = await client.getTokenByMagicLinkCode(locationOf(done), { expectedState: 'bound' });
      expect(tokens.claims).toMatchObject({ email });
    });

    it('without authParams it goes to the first callback', async () => {
      const { link } = await send();
      const done = await createBrowser().open(link);
      expect(done.headers.get('location')?.startsWith(callback)).toBe(true);
    });

    it('works once, in parallel too, and expires after three minutes', async () => {
      const { link } = await send();
      const pages = await Promise.all([1, 2, 3].map(() => createBrowser().open(link)));
      expect(pages.filter((page) => page.status === 302)).toHaveLength(1);
      const { link: late } = await send();
      t.clock.offsetS += 180;
      const page = await createBrowser().open(late);
      expect(page.status).toBe(403);
      expect(page.text).toContain('Wrong email or verification code.');
    });

    it('a callback that is not registered shows a page, and does not consume the code', async () => {
      const { link } = await send({ redirect_uri: 'https://evil.example/' });
      const page = await createBrowser().open(link);
      expect(page.status).toBe(403);
      expect(page.text).toContain('Callback URL mismatch.');
      const corrected = new URL(link);
      corrected.searchParams.set('redirect_uri', callback);
      await claimsFrom(await createBrowser().open(corrected));
    });

    it('authParams cannot put another address, client or connection into the link', async () => {
      const { email, link } = await send({
        email: 'victim@example.com',
        client_id: 'plain',
        connection: 'sms',
        verification_code: '1',
        scope: 'openid email',
      });
      const { searchParams } = new URL(link);
      for (const name of ['email', 'client_id', 'connection', 'verification_code'])
        expect(searchParams.getAll(name)).toHaveLength(1);
      expect(await claimsFrom(await createBrowser().open(link))).toMatchObject({ email });
    });

    it('a code that was sent for one client does not open a link of another', async () => {
      const { link } = await send({ redirect_uri: callback });
      const url = new URL(link);
      url.searchParams.set('client_id', 'plain');
      expect((await createBrowser().open(url)).status).toBe(403);
    });
  });
});

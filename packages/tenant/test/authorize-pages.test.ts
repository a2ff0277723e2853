import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf, type Page } from './support/browser.ts';
import { browserSeed } from './support/browser-seed.ts';
import { password } from './support/seed.ts';
import { answerOf, authorizeUrl, exchange, type Parameters, signInBy } from './support/sign-in-flow.ts';
import { claimsOf, fresh, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

describe.each(stores)('sign-in pages on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
  });
  afterAll(() => t.close());

  const open = async (parameters: Parameters = {}): Promise<{ browser: Browser; page: Page }> => {
    const browser = createBrowser();
    return { browser, page: await browser.open(authorizeUrl(t, parameters)) };
  };
  const ann = { username: 'ann@example.com', password };

  it('AC17: /authorize answers 302 to /u/login, with a cookie that is HttpOnly and SameSite', async () => {
    const page = await createBrowser().get(authorizeUrl(t, {}));
    expect(page.status).toBe(302);
    expect(page.headers.get('location')).toMatch(/^\/u\/login\?state=[\w-]{43}$/);
    expect(page.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^auth0_login_[\w-]{12}=[\w-]{43}; Path=\/u\/; Max-Age=3600; HttpOnly; SameSite=Lax$/,
      ),
    ]);
  });

  it('AC16: a wrong password is a page with status 400 and the message of /oauth/token', async () => {
    const { browser, page } = await open();
    for (const username of ['ann@example.com', 'nobody@example.com']) {
      const again = await browser.submit(page, { username, password: 'wrong' });
      expect(again.status).toBe(400);
      expect(again.text).toContain('Wrong email or password.');
      expect(again.forms[0]?.fields.username).toBe(username);
      expect(again.text).not.toContain('value="wrong"');
    }
    expect(t.logTypes().slice(-2)).toEqual(['fp', 'fu']);
    const back = await browser.submit(page, ann);
    expect(answerOf(back).code).toBeDefined();
  });

  it('a sign-in sets the session cookie and deletes the transaction cookie', async () => {
    const { browser, page } = await open();
    const back = await browser.submit(page, ann);
    expect(back.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^auth0_http=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/),
      expect.stringMatching(/^auth0_login_[\w-]{12}=; Path=\/u\/; Max-Age=0; HttpOnly; SameSite=Lax$/),
    ]);
    expect([...browser.cookies.keys()]).toEqual(['auth0_http']);
  });

  it('a cookie set before the sign-in does not become the session', async () => {
    const victim = createBrowser();
    const first = await signInBy(victim, t);
    const planted = victim.cookies.get('auth0_http');
    expect(answerOf(first).code).toBeDefined();
    await signInBy(victim, t, { prompt: 'login' }, 'bob@example.com');
    const silent = await createBrowser().get(authorizeUrl(t, { prompt: 'none' }), {
      cookie: `auth0_http=${planted}`,
    });
    expect(answerOf(silent).error).toBe('login_required');
  });

  it('of many parallel last steps exactly one succeeds', async () => {
    const { browser, page } = await open();
    const state = String(page.url.searchParams.get('state'));
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => browser.post(new URL('/u/login', page.url), { ...ann, state })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([302, 400, 400, 400]);
  });

  describe('a forged form', () => {
    const forge = async (fields: Record<string, string>, headers: Record<string, string>) => {
      const { browser, page } = await open();
      const state = String(page.url.searchParams.get('state'));
      const target = new URL('/u/login', page.url);
      return { browser, page, answer: await browser.post(target, { ...ann, state, ...fields }, headers) };
    };

    it.each(['https://evil.example', 'http://localhost:3000', 'null'])(
      'from %s is refused',
      async (origin) => {
        const { answer, browser } = await forge({}, { origin });
        expect(answer.status).toBe(400);
        expect(browser.cookies.has('auth0_http')).toBe(false);
      },
    );

    it('without the transaction cookie, or with another one, is refused', async () => {
      const { page, browser } = await open();
      const state = String(page.url.searchParams.get('state'));
      const target = new URL('/u/login', page.url);
      const other = createBrowser();
      expect((await other.post(target, { ...ann, state })).status).toBe(400);
      await other.open(authorizeUrl(t, {}));
      expect((await other.post(target, { ...ann, state })).status).toBe(400);
      expect((await other.get(page.url)).status).toBe(400);
      expect((await browser.post(target, { ...ann, state })).status).toBe(302);
    });

    it('with an unknown state, or none, is refused', async () => {
      expect((await forge({ state: 'x' }, {})).answer.status).toBe(400);
      expect((await forge({ state: '' }, {})).answer.status).toBe(400);
    });
  });

  it('a sign-in that took more than an hour has expired', async () => {
    const { browser, page } = await open();
    t.clock.offsetS = 3601;
    const late = await browser.submit(page, ann);
    t.clock.offsetS = 0;
    expect(late.status).toBe(400);
    expect(late.text).toContain('Try logging in again from the application');
  });

  it('sign-ins in two tabs do not interfere', async () => {
    const browser = createBrowser();
    const one = await browser.open(authorizeUrl(t, { state: 'one' }));
    const two = await browser.open(authorizeUrl(t, { state: 'two' }));
    expect(answerOf(await browser.submit(one, ann)).state).toBe('one');
    expect(answerOf(await browser.submit(two, ann)).state).toBe('two');
  });

  it('a blocked user is redirected with unauthorized', async () => {
    const { browser, page } = await open({ state: 's' });
    const back = await browser.submit(page, { username: 'blocked@example.com', password });
    expect(answerOf(back)).toEqual({
      error: 'unauthorized',
      error_description: 'user is blocked',
      state: 's',
    });
    expect(browser.cookies.has('auth0_http')).toBe(false);
  });

  it('a user who is blocked later loses the session', async () => {
    const browser = createBrowser();
    await signInBy(browser, t, {}, 'bob@example.com');
    const undo = alter(t.stored.users, { blocked: true }, 'auth0|bob-id');
    const silent = await browser.get(authorizeUrl(t, { prompt: 'none' }));
    undo();
    expect(answerOf(silent).error).toBe('unauthorized');
  });

  it('after ten wrong passwords the page reports the block, even for the right one', async () => {
    const { browser, page } = await open({ connection: 'other-db' });
    const guess = (secret: string) =>
      browser.submit(page, { username: 'target@example.com', password: secret });
    for (let at = 0; at < 10; at += 1) expect((await guess('wrong')).status).toBe(400);
    const answer = await guess('right');
    expect(answer.status).toBe(429);
    expect(answer.text).toContain('Your account has been blocked');
  });

  it('login_hint prefills the form and is escaped', async () => {
    const { page } = await open({ login_hint: `"><i>@x` });
    expect(page.forms[0]?.fields.username).toBe(`"><i>@x`);
    expect(page.text).not.toContain('<i>@x');
  });

  it('prompt=select_account and ui_locales lead to the sign-in page', async () => {
    const browser = createBrowser();
    await signInBy(browser, t);
    const page = await browser.open(authorizeUrl(t, { prompt: 'select_account', ui_locales: 'fr en' }));
    expect(page.url.pathname).toBe('/u/login');
  });

  it('a connection other than the session’s asks again', async () => {
    const browser = createBrowser();
    await signInBy(browser, t);
    const same = await browser.get(
      authorizeUrl(t, { prompt: 'none', connection: 'Username-Password-Authentication' }),
    );
    expect(answerOf(same).code).toBeDefined();
    const other = await browser.get(authorizeUrl(t, { prompt: 'none', connection: 'other-db' }));
    expect(answerOf(other).error).toBe('login_required');
  });

  describe('sign-up', () => {
    it('screen_hint=signup opens it; the new user is signed in', async () => {
      const email = `${fresh()}@example.com`;
      const { browser, page } = await open({
        screen_hint: 'signup',
        scope: 'openid email',
        login_hint: email,
      });
      expect(page.url.pathname).toBe('/u/signup');
      expect(page.forms[0]?.fields.email).toBe(email);
      const back = await browser.submit(page, { email, password });
      const answer = await exchange(t, 'web', answerOf(back).code);
      expect(claimsOf(answer, 'id_token')).toMatchObject({ email, email_verified: false });
      expect(t.tenant.context.inbox.list({ to: email }).map(({ kind }) => kind)).toEqual(['verify_email']);
    });

    it('the sign-in page and the sign-up page link to each other', async () => {
      const { browser, page } = await open();
      const href = /href="(\/u\/signup[^"]*)"/.exec(page.text)?.[1];
      const signUp = await browser.open(new URL(String(href), page.url));
      expect(signUp.status).toBe(200);
      expect(signUp.text).toMatch(/href="\/u\/login\?state=/);
    });

    it('a weak password and a taken address are reported on the page', async () => {
      const { browser, page } = await open({ screen_hint: 'signup' });
      const weak = await browser.submit(page, { email: `${fresh()}@example.com`, password: 'short' });
      expect(weak.status).toBe(400);
      expect(weak.text).toContain('This password is too weak.');
      const taken = await browser.submit(page, { email: 'ann@example.com', password });
      expect(taken.status).toBe(400);
      expect(taken.text).toContain('If you already have an account, sign in instead.');
      expect(browser.cookies.has('auth0_http')).toBe(false);
    });

    it('an empty form and an invalid address are reported at the fields', async () => {
      const { browser, page } = await open({ screen_hint: 'signup' });
      const empty = await browser.submit(page, { email: '', password: '' });
      expect(empty.status).toBe(400);
      expect(empty.text).toMatch(/id="email-error">Enter an email address, such as/);
      expect(empty.text).toMatch(/id="password-error">Enter a password\./);
      const wrong = await browser.submit(page, { email: 'nobody', password });
      expect(wrong.status).toBe(400);
      expect(wrong.text).toMatch(/id="email-error">Enter an email address, such as/);
      expect(wrong.text).toContain('value="nobody"');
      expect(wrong.text).not.toContain('format validation');
    });

    it('a connection with sign-up disabled has no sign-up page, and no link to it', async () => {
      const { browser, page } = await open({ connection: 'closed-db' });
      expect(page.text).not.toContain('/u/signup');
      const state = String(page.url.searchParams.get('state'));
      const answer = await browser.get(new URL(`/u/signup?state=${state}`, page.url));
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('public signup is disabled');
    });
  });

  describe('simulated providers', () => {
    it('a button of the sign-in page opens the simulator; the chosen user is signed in', async () => {
      const { browser, page } = await open({ scope: 'openid profile email' });
      const provider = await browser.submit(page, { connection: 'simulated-social' });
      expect(provider.url.pathname).toBe('/u/simulator');
      const back = await browser.submit(provider, { identity: 'alice' });
      const claims = claimsOf(await exchange(t, 'web', answerOf(back).code), 'id_token');
      expect(claims).toMatchObject({
        sub: 'oauth2|simulated-social|alice',
        email: 'alice@example.com',
        email_verified: true,
        name: 'Alice',
      });
      expect(t.stored.users.get(String(claims.sub))?.identities).toEqual([
        {
          connection: 'simulated-social',
          user_id: 'simulated-social|alice',
          provider: 'oauth2',
          isSocial: true,
        },
      ]);
    });

    it('connection= opens it without the sign-in page; the same identity is the same user', async () => {
      const subject = async () => {
        const { browser, page } = await open({ connection: 'simulated-social' });
        expect(page.url.pathname).toBe('/u/simulator');
        const back = await browser.submit(page, { email: 'Zoe@example.com', action: 'continue' });
        return claimsOf(await exchange(t, 'web', answerOf(back).code), 'id_token').sub;
      };
      expect(await subject()).toBe(await subject());
    });

    it('cancelling there redirects with access_denied', async () => {
      const { browser, page } = await open({ connection: 'simulated-social', state: 's' });
      const back = await browser.submit(page, { action: 'deny' });
      expect(answerOf(back)).toMatchObject({ error: 'access_denied', state: 's' });
    });

    it('a connection that the client may not use is refused by each endpoint', async () => {
      const { browser, page } = await open({ client_id: 'plain' });
      const state = String(page.url.searchParams.get('state'));
      const at = (path: string) => new URL(path, page.url);
      const connection = 'simulated-social';
      const chosen = await browser.post(at('/u/login'), { state, connection });
      const shown = await browser.get(at(`/u/simulator?state=${state}&connection=${connection}`));
      const taken = await browser.post(at('/u/simulator'), { state, connection, identity: 'alice' });
      expect([chosen.status, shown.status, taken.status]).toEqual([400, 400, 400]);
    });
  });

  it('a second factor is required before the session starts', async () => {
    const { browser, page } = await open();
    const back = await browser.submit(page, { username: 'guarded@example.com', password });
    expect(back.url.pathname).toBe('/u/mfa');
    const state = String(page.url.searchParams.get('state'));
    for (const path of ['/u/consent', '/u/confirm']) {
      const skipped = await browser.post(new URL(path, page.url), { state, action: 'accept' });
      expect(skipped.status).toBe(400);
    }
  });

  it('a session that began over http is used over https too', async () => {
    const browser = createBrowser();
    const url = authorizeUrl(t, { prompt: 'none' });
    const page = await browser.open(new URL(url.href.replace('&prompt=none', '')));
    expect(locationOf(await browser.submit(page, ann)).searchParams.get('code')).not.toBeNull();
    expect(answerOf(await browser.get(url)).code).toBeDefined();
    url.protocol = 'https:';
    expect(answerOf(await browser.get(url)).code).toBeDefined();
  });
});

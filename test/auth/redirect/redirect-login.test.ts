import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser, locationOf, type Page } from '../../../packages/tenant/test/support/browser.ts';
import { startWorld, type World } from '../../support/world.ts';
import { reachCallback, readSession, signInByRedirect, signUp } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false', ALLOWED_ORIGINS: 'http://app.example.com:8080' });
  await signUp(world);
});
beforeEach(() => {
  world.clock.offsetS = 0;
});
afterAll(() => world.close());

const url = (path: string): string => `${world.gateway.publicUrl}${path}`;
const sessionCookies = (page: Page): string[] =>
  page.headers.getSetCookie().filter((cookie) => cookie.startsWith('gatehouse='));
const problemOf = (page: Page) => JSON.parse(page.text) as { code: string };
const asJson = { accept: 'application/json' };

describe('a redirect login', () => {
  it('redirects to the tenant and back to return_to, with a session', async () => {
    const browser = createBrowser();
    const done = await signInByRedirect(browser, world, { return_to: '/welcome?a=b' });
    expect(done.status).toBe(303);
    expect(locationOf(done).href).toBe(url('/welcome?a=b'));
    expect(done.headers.get('cache-control')).toBe('no-store');
    expect(sessionCookies(done)).toHaveLength(1);
    expect(done.headers.getSetCookie().some((cookie) => /^gatehouse-tx-.*Max-Age=0/.test(cookie))).toBe(true);
    const session = await readSession(browser, world);
    expect(session).toMatchObject({ authenticated: true, user: { email: 'ada@example.com' } });
    expect(JSON.stringify(session)).not.toMatch(/eyJ/);
  });

  it('requests a code with its own PKCE, state and nonce, independent of Host', async () => {
    const ask = async () => {
      const login = await createBrowser().get(url('/v1/auth/login'), {
        'x-forwarded-host': 'evil.test',
        forwarded: 'host=evil.test',
      });
      expect(login.status).toBe(303);
      return locationOf(login);
    };
    const [one, other] = [await ask(), await ask()];
    expect(one.origin).toBe(world.tenant.origin);
    const { searchParams } = one;
    expect(Object.fromEntries(searchParams)).toMatchObject({
      response_type: 'code',
      redirect_uri: url('/v1/auth/callback'),
      code_challenge_method: 'S256',
      audience: 'urn:worldmappers',
    });
    expect(searchParams.get('scope')?.split(' ')).toEqual(
      expect.arrayContaining(['openid', 'offline_access', 'geocode:location']),
    );
    for (const name of ['state', 'nonce', 'code_challenge']) {
      expect(searchParams.get(name)?.length).toBeGreaterThanOrEqual(43);
      expect(searchParams.get(name)).not.toBe(other.searchParams.get(name));
    }
  });

  it('forwards only the supported parameters of the frontend', async () => {
    const wish = {
      connection: 'Username-Password-Authentication',
      screen_hint: 'signup',
      login_hint: 'ada@example.com',
      prompt: 'login',
      max_age: '60',
      acr_values: 'silver',
      ui_locales: 'de',
    };
    const more = {
      redirect_uri: 'https://evil.test',
      scope: 'read:everything',
      response_mode: 'web_message',
    };
    const query = new URLSearchParams({ ...wish, ...more });
    const login = await createBrowser().get(url(`/v1/auth/login?${query.toString()}`));
    const asked = Object.fromEntries(locationOf(login).searchParams);
    expect(asked).toMatchObject(wish);
    expect(asked['redirect_uri']).toBe(url('/v1/auth/callback'));
    expect(asked['scope']).not.toContain('read:everything');
    expect(asked).not.toHaveProperty('response_mode');
  });

  it('is not started by a prefetch', async () => {
    const page = await createBrowser().get(url('/v1/auth/login'), { 'sec-purpose': 'prefetch;prerender' });
    expect(page.status).toBe(204);
    expect(page.headers.getSetCookie()).toEqual([]);
  });

  it.each(['https://evil.test/', '//evil.test', '/\\evil.test', 'javascript:alert(1)'])(
    'to %s is refused, as a page with a way back',
    async (return_to) => {
      const page = await createBrowser().get(
        url(`/v1/auth/login?${new URLSearchParams({ return_to }).toString()}`),
      );
      expect(page.status).toBe(400);
      expect(page.headers.get('content-type')).toContain('text/html');
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
      expect(page.text).toContain('href="/v1/auth/login"');
      expect(page.text).not.toContain('evil');
      expect(page.headers.getSetCookie()).toEqual([]);
    },
  );

  it('can return to an allowed origin', async () => {
    const done = await signInByRedirect(createBrowser(), world, {
      return_to: 'http://app.example.com:8080/inside',
    });
    expect(locationOf(done).href).toBe('http://app.example.com:8080/inside');
  });

  it('in two tabs completes in both', async () => {
    const browser = createBrowser();
    const first = await browser.get(url('/v1/auth/login?return_to=/one'));
    const second = await reachCallback(browser, world, { return_to: '/two' });
    const other = await browser.open(locationOf(first));
    expect(locationOf(await browser.get(second)).pathname).toBe('/two');
    expect(locationOf(await browser.get(locationOf(other))).pathname).toBe('/one');
  });

  it('with prompt=none and no signed-in user returns without a session', async () => {
    const browser = createBrowser();
    const done = await signInByRedirect(browser, world, { prompt: 'none', return_to: '/quiet' });
    expect(done.status).toBe(303);
    expect(locationOf(done).pathname).toBe('/quiet');
    expect(sessionCookies(done)).toEqual([]);
  });

  it('pushes its parameters first if so configured', async () => {
    const pushing = await startWorld({ AUTH0_USE_PAR: 'true', RATE_LIMIT_ENABLED: 'false' });
    await signUp(pushing);
    const browser = createBrowser();
    const login = await browser.get(`${pushing.gateway.publicUrl}/v1/auth/login?return_to=/pushed`);
    expect([...locationOf(login).searchParams.keys()].toSorted()).toEqual(['client_id', 'request_uri']);
    const done = await signInByRedirect(browser, pushing, { return_to: '/pushed' });
    expect(locationOf(done).pathname).toBe('/pushed');
    await pushing.close();
  });
});

describe('a callback', () => {
  it('is accepted once, and redirects a signed-in browser that repeats it', async () => {
    const browser = createBrowser();
    const login = await browser.get(url('/v1/auth/login?return_to=/deep'));
    const transaction = (login.headers.getSetCookie()[0] ?? '').split(';')[0] ?? '';
    const page = await browser.open(locationOf(login));
    const callback = locationOf(
      await browser.submit(page, { username: 'ada@example.com', password: 'Correct-Horse-9' }),
    );
    expect((await browser.get(callback)).status).toBe(303);
    // The browser has removed the transaction's cookie; a copy of it has no use.
    const again = await browser.get(callback);
    expect([again.status, locationOf(again).href, sessionCookies(again)]).toEqual([303, url('/deep'), []]);
    const replay = await createBrowser().get(callback, { ...asJson, cookie: transaction });
    expect(replay.status).toBe(400);
    expect(problemOf(replay).code).toBe('state_mismatch');
  });

  it('of two parallel ones signs in once', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world);
    const answers = await Promise.all([browser.get(callback, asJson), browser.get(callback, asJson)]);
    expect(answers.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([303, 400]);
  });

  it("in another browser is refused, so that an attacker's code cannot be used", async () => {
    const callback = await reachCallback(createBrowser(), world);
    const victim = createBrowser();
    const page = await victim.get(callback);
    expect(page.status).toBe(400);
    expect(page.text).toContain('href="/v1/auth/login"');
    expect(sessionCookies(page)).toEqual([]);
    // Also in a browser with its own sign-in in progress.
    await victim.get(url('/v1/auth/login'));
    expect(problemOf(await victim.get(callback, asJson)).code).toBe('state_mismatch');
  });

  it.each(['', '?code=x', '?state=x', '?code=x&state=x&state=y'])('with %j is refused', async (query) => {
    const browser = createBrowser();
    await browser.get(url('/v1/auth/login'));
    const page = await browser.get(url(`/v1/auth/callback${query}`), asJson);
    expect(page.status).toBe(400);
    expect(page.headers.get('content-type')).toContain('application/problem+json');
    expect(problemOf(page).code).toBe('state_mismatch');
  });

  it('of another issuer is refused', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world);
    callback.searchParams.set('iss', 'https://evil.test/');
    expect(problemOf(await browser.get(callback, asJson)).code).toBe('state_mismatch');
    // A second parameter does not prevent the check.
    const again = await reachCallback(browser, world);
    again.searchParams.append('iss', 'https://evil.test/');
    again.searchParams.append('iss', 'https://evil.test/');
    expect(problemOf(await browser.get(again, asJson)).code).toBe('state_mismatch');
  });

  it('with an invalid code is refused, and its page links to a retry', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world, { return_to: '/inside' });
    callback.searchParams.set('code', 'another');
    const page = await browser.get(callback);
    expect(page.status).toBe(401);
    expect(page.text).toContain(`href="/v1/auth/login?return_to=${encodeURIComponent(url('/inside'))}"`);
    expect(sessionCookies(page)).toEqual([]);
  });

  it("with an error shows the gateway's own text, and reflects no input", async () => {
    const browser = createBrowser();
    const login = await browser.get(url('/v1/auth/login'));
    const state = locationOf(login).searchParams.get('state') ?? '';
    const query = new URLSearchParams({
      state,
      error: 'access_denied',
      error_description: '<script>alert(1)</script>',
    });
    const page = await browser.get(url(`/v1/auth/callback?${query.toString()}`));
    expect(page.status).toBe(403);
    expect(page.text).not.toContain('script>');
    // The retry lets the user choose an account; otherwise the tenant would sign the refused user in again without a
    // page.
    expect(page.text).toMatch(/href="\/v1\/auth\/login\?return_to=[^"]*&amp;prompt=login"/);
    const again = await browser.get(url('/v1/auth/login'));
    const query2 = new URLSearchParams({
      state: locationOf(again).searchParams.get('state') ?? '',
      error: '<script>alert(1)</script>',
    });
    const odd = await browser.get(url(`/v1/auth/callback?${query2.toString()}`));
    expect(odd.status).toBe(502);
    expect(odd.text).not.toContain('script>');
    expect(world.logText()).not.toContain('<script>');
  });

  it('after ten minutes has expired', async () => {
    const browser = createBrowser();
    const callback = await reachCallback(browser, world);
    world.clock.offsetS += 601;
    expect(problemOf(await browser.get(callback, asJson)).code).toBe('login_expired');
  });
});

describe('login/start', () => {
  const start = (body: object, headers: Record<string, string> = {}) =>
    fetch(url('/v1/auth/login/start'), {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });

  it('returns the authorization URL to a frontend, and stores the transaction', async () => {
    const answer = await start({ return_to: '/' }, { origin: 'http://app.example.com:8080' });
    expect(answer.status).toBe(200);
    const { authorization_url } = (await answer.json()) as { authorization_url: string };
    expect(new URL(authorization_url).searchParams.get('redirect_uri')).toBe(url('/v1/auth/callback'));
    expect(answer.headers.getSetCookie()[0]).toMatch(/^gatehouse-tx-/);
  });

  it.each<[string, object, Record<string, string>, number, string]>([
    ['a foreign page', {}, { origin: 'https://evil.test' }, 403, 'csrf_failed'],
    [
      'another site',
      {},
      { origin: 'http://app.example.com:8080', 'sec-fetch-site': 'cross-site' },
      403,
      'cross_site_session',
    ],
    ['a return_to of a foreign origin', { return_to: 'https://evil.test' }, {}, 400, 'invalid_return_to'],
    ['an unknown key', { redirect_uri: 'https://evil.test' }, {}, 400, 'validation_failed'],
  ])('refuses %s', async (_, body, headers, status, code) => {
    const answer = await start(body, headers);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({ code });
  });
});

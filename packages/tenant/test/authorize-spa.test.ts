import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../../../test/support/chromium.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { api, password } from './support/seed.ts';
import { type PageServer, servePages } from './support/serve-pages.ts';
import { startTestTenant, type TestTenant } from './support/start-test-tenant.ts';
import { withPage } from './support/with-page.ts';

/** The globals of the page: its own, the library's, and those of the tests. */
interface SpaWindow {
  readonly location: { readonly origin: string };
  readonly auth0: { createAuth0Client(options: object): Promise<SpaClient> };
  spa: SpaClient;
}

interface SpaClient {
  loginWithRedirect(options?: object): Promise<void>;
  handleRedirectCallback(): Promise<unknown>;
  getUser(): Promise<{ readonly sub: string } | undefined>;
  getTokenSilently(options?: object): Promise<string>;
  logout(options?: object): Promise<void>;
}

const html = 'text/html; charset=utf-8';
const library = createRequire(import.meta.url).resolve('@auth0/auth0-spa-js/dist/auth0-spa-js.production.js');

/** Auth0's library for single-page applications, unchanged, in a real browser. */
describeWith('chromium', 'auth0-spa-js in Chromium', () => {
  let browser: Browser;
  let app: PageServer;
  let t: TestTenant;

  beforeAll(async () => {
    browser = await startChromium();
    const script = await readFile(library, 'utf8');
    app = await servePages({
      '': { body: '<!doctype html><title>app</title><script src="/auth0.js"></script>', contentType: html },
      'auth0.js': { body: script, contentType: 'text/javascript' },
    });
    t = await startTestTenant('memory', {
      clients: [
        {
          client_id: 'spa',
          app_type: 'spa',
          token_endpoint_auth_method: 'none',
          callbacks: [app.origin],
          web_origins: [app.origin],
          allowed_logout_urls: [app.origin],
          grant_types: ['authorization_code', 'refresh_token'],
          refresh_token: { rotation_type: 'rotating', leeway: 0 },
        },
      ],
      users: [{ user_id: 'ann-id', email: 'ann@example.com', password }],
    });
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([t.close(), app.close()]);
  });

  /** Loads the application and creates its client. */
  async function start(page: Page, options: object): Promise<void> {
    await page.goto(page.url().startsWith(app.origin) ? page.url() : app.origin);
    await make(page, options);
  }
  const make = (page: Page, options: object) =>
    page.evaluate(
      async ([given, audience]) => {
        const global = globalThis as unknown as SpaWindow;
        global.spa = await global.auth0.createAuth0Client({
          clientId: 'spa',
          authorizationParams: { redirect_uri: global.location.origin, audience },
          ...given,
        });
      },
      [options, api] as const,
    );

  async function signIn(page: Page, options: object): Promise<void> {
    await start(page, options);
    await page.evaluate(() => void (globalThis as unknown as SpaWindow).spa.loginWithRedirect());
    await page.getByLabel('Email').fill('ann@example.com');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.origin === app.origin && url.searchParams.has('code'));
    await make(page, options);
    await page.evaluate(() => (globalThis as unknown as SpaWindow).spa.handleRedirectCallback());
  }

  const subject = (page: Page) =>
    page.evaluate(async () => (await (globalThis as unknown as SpaWindow).spa.getUser())?.sub);
  const renew = (page: Page) =>
    page.evaluate(() => (globalThis as unknown as SpaWindow).spa.getTokenSilently({ cacheMode: 'off' }));

  async function signOut(page: Page, options: object): Promise<void> {
    await page.evaluate(() => {
      const { spa, location } = globalThis as unknown as SpaWindow;
      void spa.logout({ logoutParams: { returnTo: location.origin } });
    });
    await page.waitForURL((url) => url.origin === app.origin && url.search === '');
    await make(page, options);
    expect(await subject(page)).toBeUndefined();
    await expect(renew(page)).rejects.toThrow(/Login required|Missing Refresh Token/);
  }

  it('login, renewal by rotating refresh tokens, and logout', async () => {
    const options = {
      domain: t.tenant.domain,
      useRefreshTokens: true,
      cacheLocation: 'localstorage',
      authorizationParams: { redirect_uri: app.origin, audience: api, scope: 'openid offline_access' },
    };
    await withPage(browser, { ignoreHTTPSErrors: true }, async (page) => {
      await signIn(page, options);
      expect(await subject(page)).toBe('auth0|ann-id');
      expect(await renew(page)).toMatch(/^eyJ/);
      expect(await renew(page)).toMatch(/^eyJ/);
      expect(t.logTypes().filter((type) => type === 'sertft')).toHaveLength(2);
      await signOut(page, options);
    });
  }, 60_000);

  it('login, silent renewal by web_message in a frame, and logout', async () => {
    const options = { domain: t.tenant.origin, issuer: t.tenant.issuer };
    await withPage(browser, {}, async (page) => {
      await signIn(page, options);
      const before = t.logTypes().filter((type) => type === 'ssa').length;
      expect(await renew(page)).toMatch(/^eyJ/);
      expect(t.logTypes().filter((type) => type === 'ssa')).toHaveLength(before + 1);
      await signOut(page, options);
    });
  }, 60_000);
});

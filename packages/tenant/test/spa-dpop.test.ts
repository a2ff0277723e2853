import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { decodeJwt } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../../../test/support/chromium.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { password } from './support/seed.ts';
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
  getTokenSilently(options?: object): Promise<string>;
  createFetcher(options: object): {
    fetchWithAuth(url: string): Promise<{ readonly status: number; json(): Promise<unknown> }>;
  };
}

const home = 'urn:home';
const other = 'urn:other';
const library = createRequire(import.meta.url).resolve('@auth0/auth0-spa-js/dist/auth0-spa-js.production.js');

const api = (identifier: string) => ({
  identifier,
  scopes: [{ value: 'read' }],
  allow_offline_access: true,
  skip_consent_for_verifiable_first_party_clients: true,
  proof_of_possession: { mechanism: 'dpop', required: true },
});

/** Auth0's library for single-page applications, unchanged, in a real browser; tokens stay in its worker. */
describeWith('chromium', 'DPoP and further audiences of auth0-spa-js in Chromium', () => {
  let browser: Browser;
  let app: PageServer;
  let t: TestTenant;

  beforeAll(async () => {
    browser = await startChromium();
    const script = await readFile(library, 'utf8');
    app = await servePages({
      '': {
        body: '<!doctype html><title>app</title><script src="/auth0.js"></script>',
        contentType: 'text/html; charset=utf-8',
      },
      'auth0.js': { body: script, contentType: 'text/javascript' },
    });
    t = await startTestTenant('memory', {
      resource_servers: [api(home), api(other)],
      clients: [
        {
          client_id: 'spa',
          app_type: 'spa',
          token_endpoint_auth_method: 'none',
          callbacks: [app.origin],
          grant_types: ['authorization_code', 'refresh_token'],
          require_proof_of_possession: true,
          refresh_token: {
            rotation_type: 'rotating',
            leeway: 0,
            policies: [{ audience: other, scope: ['read'] }],
          },
        },
      ],
      users: [{ user_id: 'ann-id', email: 'ann@example.com', password }],
    });
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([t.close(), app.close()]);
  });

  const make = (page: Page) =>
    page.evaluate(
      async ([domain, audience]) => {
        const global = globalThis as unknown as SpaWindow;
        global.spa = await global.auth0.createAuth0Client({
          domain,
          clientId: 'spa',
          useDpop: true,
          useMrrt: true,
          useRefreshTokens: true,
          authorizationParams: {
            redirect_uri: global.location.origin,
            audience,
            scope: 'openid email offline_access read',
          },
        });
      },
      [t.tenant.domain, home] as const,
    );

  async function signIn(page: Page): Promise<void> {
    await page.goto(app.origin);
    await make(page);
    await page.evaluate(() => void (globalThis as unknown as SpaWindow).spa.loginWithRedirect());
    await page.getByLabel('Email').fill('ann@example.com');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.origin === app.origin && url.searchParams.has('code'));
    await make(page);
    await page.evaluate(() => (globalThis as unknown as SpaWindow).spa.handleRedirectCallback());
  }

  const tokenFor = async (page: Page, audience: string) => {
    const token = await page.evaluate(
      (wanted) =>
        (globalThis as unknown as SpaWindow).spa.getTokenSilently({
          cacheMode: 'off',
          authorizationParams: { audience: wanted },
        }),
      audience,
    );
    return decodeJwt(token);
  };

  it('signs in with a nonce, renews with the same key, gets a token for another audience, and calls /userinfo with a proof', async () => {
    await withPage(browser, { ignoreHTTPSErrors: true }, async (page) => {
      await signIn(page);
      const nonceAsked = t.tenant.context.log.list().filter(({ type }) => type === 'feacft');
      expect(nonceAsked.map(({ description }) => description)).toEqual([
        'Authorization server requires nonce in DPoP proof',
      ]);
      const first = await tokenFor(page, home);
      const jkt = Reflect.get(Object(first.cnf), 'jkt');
      expect(jkt).toMatch(/^[\w-]{43}$/);
      const second = await tokenFor(page, other);
      expect(second).toMatchObject({ aud: [other, `${t.tenant.issuer}userinfo`], cnf: { jkt } });
      expect(await tokenFor(page, home)).toMatchObject({ cnf: { jkt } });
      const userinfo = await page.evaluate(async (url) => {
        const { spa } = globalThis as unknown as SpaWindow;
        const fetcher = spa.createFetcher({ dpopNonceId: 'userinfo' });
        const response = await fetcher.fetchWithAuth(url);
        return [response.status, await response.json()];
      }, `${t.tenant.issuer}userinfo`);
      expect(userinfo).toEqual([
        200,
        expect.objectContaining({ sub: 'auth0|ann-id', email: 'ann@example.com' }),
      ]);
    });
  }, 60_000);
});

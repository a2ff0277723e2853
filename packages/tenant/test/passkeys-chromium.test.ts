import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../../../test/support/chromium.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { directory } from './support/seed.ts';
import { type PageServer, servePages } from './support/serve-pages.ts';
import { startTestTenant, type TestTenant } from './support/start-test-tenant.ts';
import { withPage } from './support/with-page.ts';

/** The globals of the page: its own and the library's. */
interface SpaWindow {
  readonly auth0: { createAuth0Client(options: object): Promise<SpaClient> };
}

interface SpaClient {
  readonly passkey: { signup(options: object): Promise<unknown>; login(options?: object): Promise<unknown> };
  getUser(): Promise<{ readonly sub: string; readonly email: string } | undefined>;
}

const library = createRequire(import.meta.url).resolve('@auth0/auth0-spa-js/dist/auth0-spa-js.production.js');

/** Auth0's library for single-page applications, unchanged, with a virtual authenticator of Chromium. */
describeWith('chromium', 'passkeys of auth0-spa-js in Chromium', () => {
  let browser: Browser;
  let app: PageServer;
  let t: TestTenant;

  beforeAll(async () => {
    browser = await startChromium();
    app = await servePages({
      '': {
        body: '<!doctype html><title>app</title><script src="/auth0.js"></script>',
        contentType: 'text/html; charset=utf-8',
      },
      'auth0.js': { body: await readFile(library, 'utf8'), contentType: 'text/javascript' },
    });
    t = await startTestTenant('memory', {
      connections: [{ name: directory, options: { authentication_methods: { passkey: { enabled: true } } } }],
      clients: [
        {
          client_id: 'spa',
          app_type: 'spa',
          token_endpoint_auth_method: 'none',
          callbacks: [app.origin],
          web_origins: [app.origin],
          grant_types: ['urn:okta:params:oauth:grant-type:webauthn', 'refresh_token', 'authorization_code'],
        },
      ],
    });
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([t.close(), app.close()]);
  });

  const run = (page: Page, step: 'signup' | 'login') =>
    page.evaluate(
      async ([domain, name]) => {
        const global = globalThis as unknown as SpaWindow;
        const spa = await global.auth0.createAuth0Client({ domain, clientId: 'spa' });
        const scope = 'openid email profile';
        if (name === 'signup') await spa.passkey.signup({ email: 'eve@example.com', scope });
        else await spa.passkey.login({ scope });
        return spa.getUser();
      },
      [t.tenant.domain, step] as const,
    );

  async function addAuthenticator(page: Page): Promise<void> {
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('WebAuthn.enable');
    await devtools.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
  }

  it('a user signs up with a passkey and signs in with it', { timeout: 60_000 }, async () => {
    await withPage(browser, { ignoreHTTPSErrors: true }, async (page) => {
      await addAuthenticator(page);
      await page.goto(app.origin);
      const made = await run(page, 'signup');
      expect(made).toMatchObject({ email: 'eve@example.com' });
      await page.reload();
      expect((await run(page, 'login'))?.sub).toBe(made?.sub);
      expect(t.logTypes().filter((type) => type === 's')).toHaveLength(2);
    });
  });

  it("the tenant's pages create an account with a passkey and sign in with it", {
    timeout: 60_000,
  }, async () => {
    await withPage(browser, {}, async (page) => {
      await addAuthenticator(page);
      const open = (more: object = {}) => {
        const query = { client_id: 'spa', redirect_uri: app.origin, response_type: 'code', scope: 'openid' };
        const parameters = new URLSearchParams({ ...query, ...more });
        return page.goto(`${t.tenant.origin}/authorize?${parameters.toString()}`);
      };
      const isBack = (url: URL) => url.origin === app.origin && url.searchParams.has('code');
      await open({ screen_hint: 'signup' });
      await page.getByRole('button', { name: 'Create account with a passkey' }).click();
      expect(await page.locator('#email:invalid').count()).toBe(1);
      await page.getByLabel('Email').fill('fay@example.com');
      await page.getByRole('button', { name: 'Create account with a passkey' }).click();
      await page.waitForURL(isBack);
      await open({ prompt: 'login' });
      await page.getByRole('button', { name: 'Continue with a passkey' }).click();
      await page.waitForURL(isBack);
      const signIns = t.tenant.context.log.list().filter(({ user_name }) => user_name === 'fay@example.com');
      expect(signIns.map(({ type }) => type)).toEqual(['ss', 's', 's']);

      await open({ screen_hint: 'signup', prompt: 'login' });
      await page.getByLabel('Email').fill('fay@example.com');
      await page.getByRole('button', { name: 'Create account with a passkey' }).click();
      await page.getByRole('alert').getByText('Invalid sign up').waitFor();
    });
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../../../test/support/chromium.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { password } from './support/seed.ts';
import { type PageServer, servePages } from './support/serve-pages.ts';
import { challenge } from './support/sign-in-flow.ts';
import { startTestTenant, type TestTenant } from './support/start-test-tenant.ts';
import { withPage } from './support/with-page.ts';

describeWith('chromium', 'a sign-in whose callback leads on to another port', () => {
  let browser: Browser;
  let t: TestTenant;
  let client: PageServer;
  let frontend: PageServer;

  beforeAll(async () => {
    browser = await startChromium();
    frontend = await servePages({ home: { body: 'arrived' } });
    const onward = { status: 302, body: '', headers: { location: `${frontend.origin}/home` } };
    client = await servePages({ callback: onward, out: onward }, () => onward);
    const of = (client_id: string, more: object = {}) => ({
      client_id,
      name: client_id,
      callbacks: [`${client.origin}/callback`],
      allowed_logout_urls: [`${client.origin}/out`],
      grant_types: ['authorization_code'],
      ...more,
    });
    const seed = {
      clients: [
        of('unsaid'),
        of('by-web-origin', { web_origins: [frontend.origin] }),
        of('by-allowed-origin', { allowed_origins: ['no url', frontend.origin] }),
        of('by-any-port'),
      ],
      users: [{ email: 'ann@example.com', password }],
    };
    t = await startTestTenant('memory', seed, { redirectOrigins: { 'by-any-port': ['http://localhost:*'] } });
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([t.close(), client.close(), frontend.close()]);
  });

  const authorizeUrl = (client_id: string, response_mode: string): string => {
    const redirect_uri = `${client.origin}/callback`;
    const asked = { client_id, redirect_uri, response_type: 'code', scope: 'openid', response_mode };
    return `${t.tenant.origin}/authorize?${new URLSearchParams({ ...asked, ...challenge }).toString()}`;
  };

  /** Signs in, signs out, and returns where each redirect ended. */
  const signInAndOut = (client_id: string, response_mode: string): Promise<string[]> =>
    withPage(browser, {}, async (page) => {
      const settled = async (press: () => Promise<void>): Promise<string> => {
        const refused = page.waitForEvent('console', {
          predicate: (message) => message.text().includes('form-action'),
        });
        refused.catch(() => {});
        await press();
        return Promise.race([
          page
            .getByText('arrived')
            .waitFor()
            .then(() => 'arrived'),
          refused.then(() => 'refused'),
        ]);
      };
      await page.goto(authorizeUrl(client_id, response_mode));
      await page.getByLabel('Email').fill('ann@example.com');
      await page.getByLabel('Password').fill(password);
      const signedIn = await settled(() => page.getByRole('button', { name: 'Sign in' }).click());
      const out = new URLSearchParams({ client_id, post_logout_redirect_uri: `${client.origin}/out` });
      await page.goto(`${t.tenant.origin}/oidc/logout?${out.toString()}`);
      const signedOut = await settled(() => page.getByRole('button', { name: 'Sign out' }).click());
      return [signedIn, signedOut];
    });

  it.each(['query', 'form_post'])('reaches the origins in the client’s settings, by %s', async (mode) => {
    expect(await signInAndOut('by-web-origin', mode)).toEqual(['arrived', 'arrived']);
    expect(await signInAndOut('by-allowed-origin', mode)).toEqual(['arrived', 'arrived']);
  });

  it.each(['query', 'form_post'])(
    'reaches the origins of the redirectOrigins option, by %s',
    async (mode) => {
      expect(await signInAndOut('by-any-port', mode)).toEqual(['arrived', 'arrived']);
    },
  );

  it('redirects to no other origin', async () => {
    expect(await signInAndOut('unsaid', 'query')).toEqual(['refused', 'refused']);
  });
});

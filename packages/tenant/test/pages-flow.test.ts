import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startChromium } from '../../../test/support/chromium.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { directory, password } from './support/seed.ts';
import { type PageServer, servePages } from './support/serve-pages.ts';
import { challenge, verifier } from './support/sign-in-flow.ts';
import { fresh, startTestTenant, type TestTenant } from './support/start-test-tenant.ts';
import { complaintsOf, withPage } from './support/with-page.ts';

const newPassword = 'Battery-Staple-2';

const client = (client_id: string, callback: string, more: object) => ({
  client_id,
  name: `The ${client_id}`,
  callbacks: [callback],
  grant_types: ['authorization_code', 'refresh_token'],
  ...more,
});

describeWith('chromium', 'a sign-in in Chromium', () => {
  let browser: Browser;
  let app: PageServer;
  let t: TestTenant;
  let callback: string;

  beforeAll(async () => {
    browser = await startChromium();
    app = await servePages({ callback: { body: 'arrived' } });
    callback = `${app.origin}/callback`;
    const thirdParty = {
      is_first_party: false,
      third_party_security_mode: 'strict',
      redirection_policy: 'allow_always',
    };
    t = await startTestTenant('memory', {
      connections: [
        { name: directory, is_domain_connection: true },
        { name: 'simulated-social', strategy: 'oauth2', enabled_clients: ['own'] },
      ],
      clients: [client('tpc_other', callback, thirdParty), client('own', callback, {})],
      client_grants: [
        { client_id: 'tpc_other', audience: 'urn:organizer', scope: ['appointments'], subject_type: 'user' },
      ],
      users: [{ user_id: 'ann-id', email: 'ann@example.com', password }],
    });
  });
  beforeEach(() => {
    t.stored.consents.list().forEach(({ id }) => t.stored.consents.remove(id));
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([t.close(), app.close()]);
  });

  function authorizeUrl(client_id: string, more: object = {}): string {
    const url = new URL('/authorize', t.tenant.origin);
    const asked = {
      client_id,
      redirect_uri: callback,
      response_type: 'code',
      state: 'mine',
      ...challenge,
      ...more,
    };
    url.search = new URLSearchParams(asked).toString();
    return url.href;
  }
  const asked = { audience: 'urn:organizer', scope: 'appointments' };

  async function signIn(page: Page, email: string, secret: string): Promise<void> {
    await page.getByLabel('Email').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(secret);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  /** The parameters of the redirect to the callback. */
  async function answer(page: Page): Promise<Record<string, string>> {
    await page.waitForURL((url) => url.href.startsWith(callback));
    return Object.fromEntries(new URL(page.url()).searchParams);
  }

  const headings = async (page: Page): Promise<string[]> =>
    page.getByRole('heading', { level: 1 }).allInnerTexts();

  it.each([true, false])(
    "leads through consent to the third party's callback, with scripts: %s",
    async (javaScriptEnabled) => {
      const { code, state } = await withPage(browser, { javaScriptEnabled }, async (page) => {
        const complaints = complaintsOf(page);
        await page.goto(authorizeUrl('tpc_other', asked));
        expect(await headings(page)).toEqual(['Sign in']);
        await signIn(page, 'ann@example.com', password);
        await page.getByRole('heading', { name: 'Authorize The tpc_other' }).waitFor();
        expect(await page.getByRole('main').innerText()).toContain('appointments');
        await page.getByRole('button', { name: 'Accept' }).click();
        const came = await answer(page);
        expect(complaints).toEqual([]);
        return came;
      });
      expect(state).toBe('mine');
      const token = await t.token('tpc_other', {
        grant_type: 'authorization_code',
        code,
        redirect_uri: callback,
        code_verifier: verifier,
      });
      expect(token.json).toMatchObject({ token_type: 'Bearer', scope: 'appointments' });
    },
  );

  it('redirects with access_denied when consent is declined', async () => {
    const came = await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(authorizeUrl('tpc_other', asked));
      await signIn(page, 'ann@example.com', password);
      await page.getByRole('button', { name: 'Decline' }).click();
      return answer(page);
    });
    expect(came).toMatchObject({ error: 'access_denied', state: 'mine' });
  });

  it('can start with a sign-up, where a weak password is explained', async () => {
    const email = `${fresh()}@example.com`;
    const came = await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(authorizeUrl('own'));
      await page.getByRole('link', { name: 'Create an account' }).click();
      await page.getByLabel('Email').fill(email);
      await page.getByLabel('Password').fill('short');
      await page.getByRole('button', { name: 'Create account' }).click();
      await page.getByText('This password is too weak.').waitFor();
      expect(await page.locator('li.broken').first().innerText()).toContain('At least 8 characters');
      expect(await page.getByLabel('Email').inputValue()).toBe(email);
      await page.getByLabel('Password').fill(password);
      await page.getByRole('button', { name: 'Create account' }).click();
      return answer(page);
    });
    expect(came['code']).toBeTypeOf('string');
  });

  it('continues after a password reset', async () => {
    const email = `${fresh()}@example.com`;
    await t.post('/dbconnections/signup', { connection: directory, email, password });
    const came = await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(authorizeUrl('own'));
      await signIn(page, email, 'forgotten');
      expect(await page.getByRole('alert').innerText()).toBe('Wrong email or password.');
      await page.getByRole('link', { name: 'Forgot password?' }).click();
      await page.getByLabel('Email').fill(email);
      await page.getByRole('button', { name: 'Send the link' }).click();
      await page.getByRole('heading', { name: 'Check your email' }).waitFor();
      const mails = t.tenant.context.inbox.list({ to: email });
      const mailed = await page.context().newPage();
      await mailed.goto(String(mails.find(({ kind }) => kind === 'reset_password')?.link));
      await mailed.getByLabel('New password', { exact: true }).fill(newPassword);
      await mailed.getByLabel('Repeat new password').fill(newPassword);
      await mailed.getByRole('button', { name: 'Change password' }).click();
      await mailed.getByRole('heading', { name: 'Password changed' }).waitFor();
      await page.getByRole('link', { name: 'Back to sign in' }).click();
      await signIn(page, email, newPassword);
      return answer(page);
    });
    expect(came['code']).toBeTypeOf('string');
  });

  it('can use a simulated provider, as a chosen user', async () => {
    await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(authorizeUrl('own'));
      await page.getByRole('button', { name: /^Continue with/ }).click();
      await page.getByRole('button', { name: /^Bob/ }).click();
      expect((await answer(page))['code']).toBeTypeOf('string');
    });
    const names = t.stored.users.list().map(({ name }) => name);
    expect(names).toContain('Bob');
  });
});

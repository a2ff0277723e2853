import { createServer } from 'node:http';
import { decodeProtectedHeader } from 'jose';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { startChromium } from '../../../../test/support/chromium.ts';
import { describeWith } from '../../../../test/support/requirements.ts';
import { api, password } from '../support/seed.ts';
import { startTestTenant, type TestTenant, textOf } from '../support/start-test-tenant.ts';
import { complaintsOf, withPage } from '../support/with-page.ts';
import { consoleSeed } from './console-seed.ts';

describeWith('chromium', 'a day in the console', () => {
  let browser: Browser;
  let t: TestTenant;

  beforeAll(async () => {
    browser = await startChromium();
  });
  beforeEach(async () => {
    t = await startTestTenant('memory', consoleSeed);
  });
  afterEach(() => t.close());
  afterAll(() => browser.close());

  const signUp = (email: string) =>
    t.post('/dbconnections/signup', {
      client_id: 'shop',
      email,
      password,
      connection: 'Username-Password-Authentication',
    });
  const machineToken = () => t.token('courier', { grant_type: 'client_credentials', audience: api });
  const go = (page: Page, name: string) =>
    page.getByRole('navigation', { name: 'Console' }).getByRole('link', { name }).click();
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
  const notice = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

  it.each([true, false])(
    'manages a user from sign-up to deletion without a CSP violation, with scripts: %s',
    async (javaScriptEnabled) => {
      const { keys } = t.tenant.context;
      const state = t.stored;
      await withPage(browser, { javaScriptEnabled }, async (page) => {
        const complaints = complaintsOf(page);
        expect((await signUp('new@example.com')).status).toBe(200);
        await page.goto(t.tenant.origin);
        await go(page, 'Inbox');
        const [mail] = await Promise.all([
          page.waitForEvent('popup'),
          page.getByRole('link', { name: /\/u\/email-verification/ }).click(),
        ]);
        await mail.getByRole('button', { name: 'Verify' }).click();
        await mail.getByRole('heading', { name: 'Email verified' }).waitFor();
        await mail.close();
        expect(state.users.list().find(({ email }) => email === 'new@example.com')?.email_verified).toBe(
          true,
        );

        await go(page, 'Overview');
        await press(page, '+ 1 day');
        await notice(page, 'The clock has been moved forward.');
        expect(t.clock.offsetS).toBe(86_400);

        await go(page, 'Faults');
        await page.getByLabel('Status').fill('500');
        await press(page, 'Inject the fault');
        await notice(page, 'The fault has been added.');
        expect((await machineToken()).status).toBe(500);
        expect((await machineToken()).status).toBe(200);

        await go(page, 'Keys');
        const before = keys.current().kid;
        await press(page, 'Rotate');
        await notice(page, 'The keys have been rotated');
        const { kid } = decodeProtectedHeader(textOf(await machineToken(), 'access_token'));
        expect(kid).not.toBe(before);
        await press(page, `Revoke the key ${before}`);
        await notice(page, 'The key has been revoked');
        expect(keys.find(before)).toBeUndefined();

        const refresh_token = textOf(
          await t.signIn('shop', { scope: 'offline_access', audience: api }),
          'refresh_token',
        );
        await go(page, 'Users');
        await page.getByLabel('Email, name, phone number or id').fill('ann');
        await press(page, 'Search');
        await page.getByRole('link', { name: 'ann@example.com' }).click();
        await page.getByRole('heading', { name: 'ann@example.com' }).waitFor();
        await press(page, 'Sign out everywhere');
        await notice(page, 'The user’s sessions and refresh tokens have been revoked');
        expect((await t.token('shop', { grant_type: 'refresh_token', refresh_token })).status).toBe(403);

        await go(page, 'Applications');
        await page.getByRole('link', { name: 'The shop' }).click();
        const secret = page.getByText(t.tenant.credentials('shop')?.client_secret ?? '', { exact: true });
        expect(await secret.count()).toBe(0);
        await press(page, 'Show the secret');
        await secret.waitFor();
        expect(complaints).toEqual([]);
      });
    },
  );

  it('the log updates by itself, and opened details stay open', async () => {
    await withPage(browser, {}, async (page) => {
      await machineToken();
      await page.goto(`${t.tenant.origin}/console/log`);
      await page.getByText('Client credentials for token').waitFor();
      await page.getByText('Details').click();
      const opened = page.locator('details[open]');
      await opened.getByText('"type": "seccft"').waitFor();
      await t.signIn('shop', { password: 'wrong' });
      await page.getByText('Wrong password').waitFor();
      expect(await opened.count()).toBe(1);
      expect(await opened.textContent()).toContain('"type": "seccft"');
      expect(await page.getByRole('listitem').filter({ hasText: 'Details' }).count()).toBe(2);
    });
  });

  it('mail arrives in the inbox without a reload, and does not change a region in use', async () => {
    await withPage(browser, {}, async (page) => {
      await signUp('one@example.com');
      await page.goto(`${t.tenant.origin}/console/inbox`);
      const first = page.getByRole('link', { name: 'one@example.com' });
      // As keyboard navigation does.
      await page.getByRole('button', { name: 'Search' }).focus();
      await page.keyboard.press('Tab');
      expect(await page.locator(':focus').textContent()).toBe('one@example.com');
      await signUp('two@example.com');
      await page.waitForResponse((response) => response.url().endsWith('/console/inbox'));
      await page.waitForResponse((response) => response.url().endsWith('/console/inbox'));
      expect(await page.getByRole('link', { name: 'two@example.com' }).count()).toBe(0);
      await first.blur();
      await page.getByRole('link', { name: 'two@example.com' }).waitFor();
    });
  });

  it('a form from before a restart is refused with a message, and works at the second attempt', async () => {
    await withPage(browser, {}, async (page) => {
      await page.goto(t.tenant.origin);
      await page.context().clearCookies();
      await press(page, '+ 1 hour');
      await page.getByRole('alert').filter({ hasText: 'Nothing has changed' }).waitFor();
      expect(t.clock.offsetS).toBe(0);
      await press(page, '+ 1 hour');
      await notice(page, 'The clock has been moved forward.');
      expect(t.clock.offsetS).toBe(3600);
    });
  });

  it('another site can neither frame it, nor read it, nor submit its forms', async () => {
    const evil = createServer((_request, response) => {
      response.setHeader('content-type', 'text/html');
      response.end(`<form method="post" action="${t.tenant.origin}/"><input name="action" value="forward">
<input name="count" value="60"><input name="unit" value="seconds"><button>Win</button></form>
<a href="${t.tenant.origin}/console/inbox">Look</a>`);
    });
    await new Promise<void>((done) => evil.listen(0, '127.0.0.1', done));
    const address = evil.address();
    const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    try {
      await withPage(browser, {}, async (page) => {
        await page.goto(t.tenant.origin);
        await page.goto(origin);
        await press(page, 'Win');
        await page.getByText('forbidden_origin').waitFor();
        expect(t.clock.offsetS).toBe(0);
        await page.goto(origin);
        await page.getByRole('link', { name: 'Look' }).click();
        await page.getByText('forbidden_origin').waitFor();
      });
    } finally {
      evil.close();
      evil.closeAllConnections();
    }
  });
});

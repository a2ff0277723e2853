import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOf } from '../support/axe.ts';
import { startChromium } from '../support/chromium.ts';
import { faultsOfLook, looks, optionsOf } from '../support/looks.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';

/** Timeout for Swagger UI on a busy machine. */
const PATIENCE_MS = 60_000;

describeWith('chromium', 'the page /docs', () => {
  let world: World;
  let browser: Browser;

  beforeAll(async () => {
    world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    await world.close();
  });

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await page.goto(`${world.gateway.publicUrl}/docs`);
    await page.getByText('/v1/auth/signin', { exact: true }).first().waitFor();
    return page;
  }

  const blockOf = (page: Page, operationId: string): Locator =>
    page.locator(`[id$="-${operationId}"]`).first();
  const toggle = (block: Locator): Promise<void> => block.locator('.opblock-summary-control').click();

  /** Opens an operation, tries it out without changes, and closes it. Returns the status of the response. */
  async function tryOut(page: Page, operationId: string): Promise<[string, number]> {
    const block = blockOf(page, operationId);
    await toggle(block);
    await block.locator('.try-out__btn').click();
    const [response] = await Promise.all([
      page.waitForResponse((each) => each.request().resourceType() === 'fetch'),
      block.locator('.execute').click(),
    ]);
    await toggle(block);
    return [operationId, response.status()];
  }

  it('shows the endpoints in Chromium, loads nothing from other origins, and violates no CSP rule', async () => {
    const page = await browser.newPage();
    const foreign: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(world.url) && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${world.url}/docs`);
    await page.getByText('/v1/auth/signin', { exact: true }).first().waitFor();
    await page.getByText('/api/location/geocode', { exact: true }).first().click();
    await page.getByText('insufficient_scope').first().waitFor();
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
  });

  // With a JSON body, a query, a path parameter and no input; a test without a browser checks all examples.
  it('can try operations out without changes', async () => {
    const page = await openPage();
    const statuses = [];
    for (const id of ['signUp', 'signIn', 'getSession', 'geocode', 'getProblem', 'signOut'])
      statuses.push(await tryOut(page, id));
    expect(statuses.filter(([, status]) => status < 200 || status > 299)).toEqual([]);
  });

  it('sends X-CSRF, so that the session of a sign-in there can be used', async () => {
    const page = await openPage();
    const asking = page.waitForRequest((sent) => sent.url().includes('/v1/auth/session'));
    await tryOut(page, 'getSession');
    expect((await asking).headers()['x-csrf']).toBe('1');
  });

  it('offers a link instead of a try-out for navigations', async () => {
    const page = await openPage();
    for (const id of ['login', 'loginCallback', 'signOutByLink', 'signedOut', 'backchannelLogout']) {
      const block = blockOf(page, id);
      await toggle(block);
      await block.locator('.opblock-body .responses-wrapper').waitFor();
      expect([id, await block.locator('.try-out__btn').count()]).toEqual([id, 0]);
      if (id !== 'login') await toggle(block);
    }
    const opening = page.context().waitForEvent('page');
    await page.getByRole('link', { name: 'Sign in in this browser' }).click();
    const tenant = await opening;
    await tenant.waitForURL((url) => url.origin === world.tenant.origin);
  });

  it('has an address for each operation: opening one sets it, and it opens the operation', async () => {
    const page = await openPage();
    await toggle(blockOf(page, 'signIn'));
    await page.waitForURL((url) => url.hash === '#/Accounts/signIn');
    await page.goto('about:blank');
    await page.goto(`${world.gateway.publicUrl}/docs#/Accounts/signUp`);
    await blockOf(page, 'signUp').locator('.opblock-body .responses-wrapper').waitFor();
    expect(await page.locator('.opblock.is-open').count()).toBe(1);
    await page.context().close();
  });

  it.each(looks)('has no fault, $width px wide, $colorScheme', { timeout: 300_000 }, async (look) => {
    // A colour scheme changes only colours.
    const rules = look.colorScheme === 'dark' ? "{ runOnly: ['color-contrast'] }" : '{}';
    const page = await openPage(optionsOf(look));
    const block = blockOf(page, 'signIn');
    await toggle(block);
    await block.locator('.try-out__btn').click();
    await block.locator('.execute').click();
    await block.locator('.response_current').first().waitFor();
    // Operations with parameters of each kind.
    await toggle(blockOf(page, 'geocode'));
    await blockOf(page, 'geocode').locator('.try-out__btn').click();
    await blockOf(page, 'geocode').locator('tr[data-param-name=country]').waitFor();
    expect(await faultsOfLook(page, 'docs', look, rules)).toEqual([]);
    const isDark = await page.evaluate<boolean>("document.documentElement.matches('.dark-mode')");
    expect(isDark).toBe(look.colorScheme === 'dark');

    await page.getByRole('button', { name: 'Authorize' }).first().click();
    const dialog = page.getByRole('dialog', { name: 'Available authorizations' });
    await dialog.waitFor();
    expect(await violationsOf(page, rules, '.dialog-ux')).toEqual([]);
    await dialog.getByRole('textbox').first().fill('a-token');
    await dialog.getByRole('button', { name: 'Authorize' }).first().click();
    await dialog.getByRole('button', { name: 'Logout' }).waitFor();
    expect(await violationsOf(page, rules, '.dialog-ux')).toEqual([]);
    await dialog.getByRole('button', { name: 'Close' }).first().click();
    await dialog.waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('is redirected from another host name', async () => {
    const context = await browser.newContext();
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    await page.goto(`${world.url}/docs`);
    const block = blockOf(page, 'signIn');
    await toggle(block);
    await block.locator('.try-out__btn').click();
    await block.locator('.execute').click();
    await block.getByText(`Use ${world.gateway.publicUrl} (PUBLIC_URL)`).first().waitFor();
    await context.close();
  });
});

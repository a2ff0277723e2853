import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { complaintsOf } from '../../packages/tenant/test/support/with-page.ts';
import { startChromium } from '../support/chromium.ts';
import { faultsOfLook, looks, optionsOf } from '../support/looks.ts';
import { describeWith } from '../support/requirements.ts';
import { screenshot } from '../support/screenshot.ts';
import { startWorld, type World } from '../support/world.ts';

const password = 'Correct-Horse-9';

describeWith('chromium', 'the first page of a newcomer', () => {
  let world: World;
  let chromium: Browser;
  beforeAll(async () => {
    [world, chromium] = await Promise.all([startWorld({ RATE_LIMIT_ENABLED: 'false' }), startChromium()]);
  });
  afterAll(async () => {
    await chromium.close();
    await world.close();
  });

  async function open(options: BrowserContextOptions = {}): Promise<Page> {
    const tab = await (await chromium.newContext({ reducedMotion: 'reduce', ...options })).newPage();
    await tab.goto(world.gateway.publicUrl);
    return tab;
  }
  const isHome = (tab: Page): Promise<void> => tab.waitForURL(`${world.gateway.publicUrl}/`);
  const follow = (tab: Page, name: string): Promise<void> =>
    tab.getByRole('link', { name, exact: true }).click();

  /** Signs up at the tenant's pages, starting and ending at the first page. */
  async function signUp(tab: Page, email: string): Promise<void> {
    await follow(tab, 'Sign up');
    await tab.getByLabel('Email').fill(email);
    await tab.getByLabel('Password').first().fill(password);
    await tab.getByRole('button', { name: /sign up|create/i }).click();
    await isHome(tab);
  }

  it.each([true, false])(
    'supports sign-up, sign-out and sign-in, with scripts: %s',
    async (javaScriptEnabled) => {
      const email = javaScriptEnabled ? 'ada@example.com' : 'bea@example.com';
      const tab = await open({ javaScriptEnabled, viewport: { width: 720, height: 420 } });
      const complaints = complaintsOf(tab);
      await tab.getByRole('heading', { name: 'Gatehouse is running' }).waitFor();
      await tab.getByText('Nobody is signed in in this browser.').waitFor();
      await signUp(tab, email);
      await tab.getByText(`You are signed in as ${email}.`).waitFor();
      if (javaScriptEnabled) await screenshot(tab, 'first-page');
      await follow(tab, 'Sign out');
      await isHome(tab);
      await tab.getByText('Nobody is signed in in this browser.').waitFor();
      await follow(tab, 'Sign in');
      // The session at the tenant has ended too, so it shows its page.
      await tab.getByLabel('Email').fill(email);
      await tab.getByLabel('Password').fill(password);
      if (javaScriptEnabled) await screenshot(tab, 'login');
      await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
      await isHome(tab);
      await tab.getByText(`You are signed in as ${email}.`).waitFor();
      expect(complaints).toEqual([]);
      await tab.context().close();
    },
  );

  it("links to the documentation and to the tenant's console", async () => {
    const tab = await open();
    await follow(tab, 'API documentation');
    // Swagger UI on a busy machine.
    await tab.getByText('/v1/auth/signup').first().waitFor({ timeout: 60_000 });
    await tab.goBack();
    await follow(tab, 'Console of the tenant');
    await tab.waitForURL(`${world.tenant.origin}/`);
    await follow(tab, 'Users');
    await tab.getByRole('heading', { name: 'Users' }).waitFor();
    await tab.context().close();
  });

  it.each(looks)(
    'has no axe violation and does not scroll sideways, $width px wide, $colorScheme',
    async (look) => {
      const tab = await open(optionsOf(look));
      expect(await faultsOfLook(tab, 'first page', look)).toEqual([]);
      await signUp(tab, `ada-${look.width}-${look.colorScheme}@example.com`);
      expect(await faultsOfLook(tab, 'first page signed in', look)).toEqual([]);
      for (const path of ['/problems', '/problems/invalid_token', '/v1/auth/callback']) {
        await tab.goto(`${world.gateway.publicUrl}${path}`);
        expect(await faultsOfLook(tab, path, look)).toEqual([]);
      }
      await tab.context().close();
    },
  );

  it('has an icon, which browsers also load for JSON responses', async () => {
    const icon = await fetch(`${world.url}/favicon.ico`);
    expect([icon.status, icon.headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
    expect(await icon.text()).toMatch(/^<svg /);
  });
});

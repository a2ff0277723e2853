import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../../../../test/support/chromium.ts';
import { faultsOfLook, type Look, looks, optionsOf } from '../../../../test/support/looks.ts';
import { describeWith } from '../../../../test/support/requirements.ts';
import { api, directory } from '../support/seed.ts';
import { startTestTenant, type TestTenant } from '../support/start-test-tenant.ts';
import { withPage } from '../support/with-page.ts';
import { consoleSeed, pagePaths, userPath } from './console-seed.ts';

const paths = [
  '/?done=clock_forwarded',
  ...pagePaths.filter((path) => path !== '/'),
  userPath('bob-id'),
  '/console/applications/shop',
  '/console/apis/rs_hostile',
  '/console/roles/rol_support',
  '/console/actions/act-plan',
  '/console/organizations/org_shopkeepers00000',
];

describeWith('chromium', 'the console by axe', () => {
  let browser: Browser;
  let t: TestTenant;

  beforeAll(async () => {
    browser = await startChromium();
    t = await startTestTenant('memory', consoleSeed);
    const { stored: state, clock } = t;
    await t.signIn('shop', { username: 'bob@example.com', scope: 'openid offline_access', audience: api });
    await t.signIn('shop', { password: 'wrong' });
    await t.post('/passwordless/start', {
      ...t.tenant.credentials('host'),
      connection: 'email',
      email: 'carl@example.com',
      send: 'code',
    });
    await t.post('/dbconnections/signup', {
      client_id: 'shop',
      email: 'a.very.long.name.indeed@a.very.long.department.example.com',
      password: 'Correct-Horse-9',
      connection: directory,
    });
    await fetch(`${t.tenant.origin}/_tenant/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([{ method: 'POST', path: '^/never$', status: 503, times: 3 }]),
    });
    const user_id = 'auth0|bob-id';
    state.consents.put({
      id: 'consent',
      user_id,
      client_id: 'tpc_calendar',
      audience: 'urn:organizer',
      scope: ['appointments'],
    });
    state.browserSessions.put({
      id: 'session',
      sid: 'sid-of-bob',
      user_id,
      connection: directory,
      amr: ['pwd'],
      auth_time_ms: clock.now(),
      last_used_ms: clock.now(),
      expires_ms: clock.now() + 3_600_000,
      idle_ms: 3_600_000,
      clients: ['shop'],
    });
    state.actions.put({
      id: 'act-plan',
      name: 'Plan',
      supported_triggers: [{ id: 'post-login', version: 'v3' }],
      code: 'exports.onExecutePostLogin = async (event, api) => {};',
      dependencies: [],
      secrets: [{ name: 'KEY', value: 'x', updated_at: '2026-01-01T00:00:00Z' }],
      runtime: 'node22',
      created_at: '2026-01-01T00:00:00Z',
      updated_at: '2026-01-01T00:00:00Z',
    });
    t.clock.offsetS = 90_000;
  });
  afterAll(async () => {
    await browser.close();
    await t.close();
  });

  async function faultsOf(page: Page, path: string, look: Look): Promise<string[]> {
    // With all hundred similar scopes, axe would take too long.
    const folded = "document.querySelectorAll('details:not(:has(:is(li, label):nth-of-type(20)))')";
    await page.evaluate(`${folded}.forEach((one) => { one.open = true; })`);
    // A colour scheme changes only colours.
    const rules = look.colorScheme === 'dark' ? "{ runOnly: ['color-contrast'] }" : '{}';
    return faultsOfLook(page, `console ${path}`, look, rules);
  }

  it.each(looks)('has no axe violation, $width px wide, $colorScheme', { timeout: 300_000 }, async (look) => {
    const found = await withPage(browser, optionsOf(look), async (page) => {
      const all: string[] = [];
      for (const path of paths) {
        await page.goto(`${t.tenant.origin}${path}`);
        const twice = await page.evaluate<string[]>(
          "[...document.querySelectorAll('[id]')].map(({ id }) => id).filter((id, at, all) => all.indexOf(id) < at)",
        );
        all.push(...twice.map((id) => `${path}: two of ${id}`), ...(await faultsOf(page, path, look)));
      }
      return all;
    });
    expect(found).toEqual([]);
  });

  it('has targets of 44 pixels on touch screens, 360 px wide', async () => {
    const small = await withPage(browser, { viewport: { width: 360, height: 800 } }, async (page) => {
      const all: string[] = [];
      for (const path of paths) {
        await page.goto(`${t.tenant.origin}${path}`);
        const found = await page.evaluate<string[]>(
          `[...document.querySelectorAll('button, select, summary, a.button, nav a')]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 44)
            .map((one) => one.textContent + ' ' + one.getBoundingClientRect().height)`,
        );
        all.push(...found.map((text) => `${path}: ${text}`));
      }
      return all;
    });
    expect(small).toEqual([]);
  }, 120_000);
});

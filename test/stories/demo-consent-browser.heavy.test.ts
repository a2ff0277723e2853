import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { complaintsOf } from '../../packages/tenant/test/support/with-page.ts';
import { ADMIN_AUDIENCE, callAdmin } from '../admin/support.ts';
import { createBrowser, noBrowser } from '../support/browser.ts';
import { startChromium } from '../support/chromium.ts';
import { faultsOfLook, looks, optionsOf } from '../support/looks.ts';
import { describeWith } from '../support/requirements.ts';
import { screenshot } from '../support/screenshot.ts';
import { type Demo, demoPassword, startDemo } from './demo/start-demo.ts';

type Application = 'CalendarApp' | 'MyTodos.io' | 'TextApp.io';

const applications: readonly (readonly [name: Application, reads: string, scopes: readonly string[]])[] = [
  ['CalendarApp', 'Review of the engine', ['appointments', 'contacts']],
  ['MyTodos.io', 'Write the notes', ['tasks']],
  ['TextApp.io', 'Dentist', ['contacts']],
];

describeWith('chromium', "a user's consent to a third-party application", () => {
  let demo: Demo;
  let chromium: Browser;
  beforeAll(async () => {
    [demo, chromium] = await Promise.all([startDemo(), startChromium()]);
  });
  afterAll(async () => {
    await chromium.close();
    await demo.close();
  });

  /** A new browser. */
  const newBrowser = (options: BrowserContextOptions = {}): Promise<BrowserContext> =>
    chromium.newContext({ reducedMotion: 'reduce', bypassCSP: true, ...options });
  const press = (tab: Page, name: string): Promise<void> =>
    tab.getByRole('button', { name, exact: true }).click();
  const follow = (tab: Page, name: string): Promise<void> =>
    tab.getByRole('link', { name, exact: true }).click();
  const isConsent = (tab: Page): Promise<void> =>
    tab.waitForURL((url) => url.origin === demo.urls.Tenant && url.pathname === '/u/consent');
  const isAt = (tab: Page, name: Application): Promise<void> => tab.waitForURL(`${demo.urls[name]}/`);

  /** Opens an application, and follows its link to the tenant's page. */
  async function begin(context: BrowserContext, name: Application): Promise<Page> {
    const tab = await context.newPage();
    await tab.goto(demo.urls[name]);
    await follow(tab, 'Sign in');
    return tab;
  }

  async function signIn(tab: Page, email: string): Promise<void> {
    await tab.getByLabel('Email').fill(email);
    await tab.getByLabel('Password').fill(demoPassword);
    await press(tab, 'Sign in');
  }

  /** The text of an application's page for each resource. */
  const rowOf = (tab: Page, resource: string): Promise<string> =>
    tab.getByRole('row', { name: resource }).getByRole('cell').innerText();

  /** Revokes every consent in the tenant's console. */
  async function revokeAll(context: BrowserContext): Promise<void> {
    const tab = await context.newPage();
    await tab.goto(`${demo.urls.Tenant}/console/consents`);
    const revoke = tab.getByRole('button', { name: 'Revoke' });
    while ((await revoke.count()) > 0) {
      await revoke.first().click();
      await tab.getByRole('status').waitFor();
    }
    await tab.close();
  }

  /** Ada allows CalendarApp to read, after all earlier consents have been revoked. */
  async function allowCalendar(context: BrowserContext): Promise<Page> {
    await revokeAll(context);
    const tab = await begin(context, 'CalendarApp');
    await signIn(tab, 'ada@example.com');
    await isConsent(tab);
    await press(tab, 'Accept');
    await isAt(tab, 'CalendarApp');
    return tab;
  }

  /** Calls below `/v1/admin` as the machine client of administrators. */
  async function signInAdministrator() {
    const credentials = await fetch(`${demo.urls.Tenant}/_tenant/credentials/gatehouse-admin`);
    const { client_id, client_secret } = (await credentials.json()) as Record<string, string>;
    const { body } = await createBrowser(demo.urls.Gatehouse).send('POST', '/v1/oauth/token', {
      body: { grant_type: 'client_credentials', client_id, client_secret, audience: ADMIN_AUDIENCE },
      headers: noBrowser,
    });
    return (method: string, path: string) => callAdmin(demo.urls.Gatehouse, body.access_token, method, path);
  }

  it.each(applications)(
    '%s requests the scopes that it needs, and can read only those resources',
    async (name, content, scopes) => {
      const context = await newBrowser({ viewport: { width: 720, height: 560 } });
      const tab = await begin(context, name);
      const complaints = complaintsOf(tab);
      await signIn(tab, 'ada@example.com');
      await isConsent(tab);
      await tab.getByRole('heading', { name: `Authorize ${name}` }).waitFor();
      for (const scope of ['appointments', 'contacts', 'tasks'])
        expect([scope, await tab.getByText(scope, { exact: true }).count()]).toEqual([
          scope,
          scopes.includes(scope) ? 1 : 0,
        ]);
      if (name === 'CalendarApp') await screenshot(tab, 'consent');
      await press(tab, 'Accept');
      await isAt(tab, name);
      await tab.getByText(content).first().waitFor();
      for (const scope of ['appointments', 'contacts', 'tasks'])
        expect(await rowOf(tab, scope)).toMatch(
          scopes.includes(scope) ? /^yes: \d+ read$/ : /^no: 403 insufficient_scope$/,
        );
      if (name === 'CalendarApp') await screenshot(tab, 'calendar-app');
      // No token reaches the browser.
      const cookies = (await context.cookies()).filter(({ name: cookie }) => !cookie.startsWith('auth0'));
      expect(cookies).toEqual([
        expect.objectContaining({ value: expect.stringMatching(/^[\da-f-]{36}$/), httpOnly: true }),
      ]);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it('is requested once for each application, and again after its revocation, which ends the refresh token', async () => {
    const context = await newBrowser();
    const calendar = await allowCalendar(context);

    await press(calendar, 'Sign out');
    await follow(calendar, 'Sign in');
    // The page contains neither the user nor the scopes: the tenant has both.
    await isAt(calendar, 'CalendarApp');
    await calendar.getByText('Review of the engine').waitFor();
    // Another application requires its own consent.
    const texts = await begin(context, 'TextApp.io');
    await isConsent(texts);

    await press(calendar, 'Renew the access token');
    await isAt(calendar, 'CalendarApp');
    await calendar.getByText('Review of the engine').waitFor();
    await revokeAll(context);
    await press(calendar, 'Renew the access token');
    await calendar.getByText('CalendarApp has no access any more.').waitFor();
    await follow(calendar, 'Home');
    await calendar.getByText('Shows your appointments, if you allow it').waitFor();
    await follow(calendar, 'Sign in');
    await isConsent(calendar);
    await context.close();
  });

  it('can be listed and revoked by an administrator at the gateway, which ends the refresh token', async () => {
    const context = await newBrowser();
    const calendar = await allowCalendar(context);

    const admin = await signInAdministrator();
    const found = await admin('GET', '/users?q=email:ada@example.com');
    const consents = `/users/${encodeURIComponent(found.body.users[0].id)}/consents`;
    const listed = await admin('GET', consents);
    expect(listed.body.consents).toEqual([
      {
        id: expect.any(String),
        client_id: 'tpc_calendar-app',
        audience: 'urn:organizer',
        scopes: expect.arrayContaining(['appointments', 'contacts']),
      },
    ]);
    await press(calendar, 'Renew the access token');
    await isAt(calendar, 'CalendarApp');
    await calendar.getByText('Review of the engine').waitFor();

    const one = `${consents}/${encodeURIComponent(listed.body.consents[0].id)}`;
    expect((await admin('DELETE', one)).status).toBe(204);
    expect((await admin('GET', consents)).body.consents).toEqual([]);
    await press(calendar, 'Renew the access token');
    await calendar.getByText('CalendarApp has no access any more.').waitFor();
    await follow(calendar, 'Home');
    await follow(calendar, 'Sign in');
    await isConsent(calendar);
    await context.close();
  });

  it.each(applications)('%s reports a declined consent, and can ask again', async (name) => {
    const context = await newBrowser();
    const tab = await begin(context, name);
    await signIn(tab, 'bob@example.com');
    await isConsent(tab);
    const answering = tab.waitForResponse((response) => new URL(response.url()).pathname === '/callback');
    await press(tab, 'Decline');
    expect((await answering).status()).toBe(403);
    await tab.getByText(`You declined. ${name} has read nothing.`).waitFor();
    await follow(tab, 'Ask me again');
    await isConsent(tab);
    await context.close();
  });

  it('lasts longer than an access token', async () => {
    const context = await newBrowser();
    const tab = await begin(context, 'MyTodos.io');
    await signIn(tab, 'bob@example.com');
    await press(tab, 'Accept');
    await tab.getByText('Book a table').waitFor();
    const forward = await fetch(`${demo.urls.Tenant}/_tenant/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ offset_s: 90_000 }),
    });
    expect(forward.status).toBe(200);
    await tab.reload();
    await tab.getByText('Book a table').waitFor();
    expect(await rowOf(tab, 'tasks')).toMatch(/^yes/);

    await tab.getByLabel('New task').fill('<b>Paint & sand</b>');
    await press(tab, 'Add');
    await tab.getByText('<b>Paint & sand</b>').waitFor();
    await press(tab, 'Done: <b>Paint & sand</b>');
    await tab.getByRole('button', { name: 'Not done: <b>Paint & sand</b>' }).waitFor();
    await context.close();
  });

  it.each(applications)(
    '%s accepts actions only from its own pages, and completes a sign-in once',
    async (name) => {
      const origin = demo.urls[name];
      const foreign = { method: 'POST', headers: { 'sec-fetch-site': 'same-site' } };
      expect((await fetch(`${origin}/sign-out`, foreign)).status).toBe(403);
      const stray = await fetch(`${origin}/callback?code=a&state=b`);
      expect(stray.status).toBe(400);
      expect(await stray.text()).toContain('not begun here');
      const context = await newBrowser();
      const tab = await begin(context, name);
      await tab.waitForURL((url) => url.pathname === '/u/login');
      // A response to the sign-in of another browser.
      await tab.goto(`${origin}/callback?code=a&state=b`);
      await tab.getByText('This did not work').waitFor();
      await tab.goto(`${origin}/callback?code=a&state=b`);
      await tab.getByText('not begun here').waitFor();
      await context.close();
    },
  );

  it.each(looks)('has pages without axe violations, $width px wide, $colorScheme', async (look) => {
    const context = await newBrowser(optionsOf(look));
    await revokeAll(context);
    const faults: string[] = [];
    const see = async (tab: Page, name: string): Promise<void> => {
      faults.push(...(await faultsOfLook(tab, `demo ${name}`, look)));
    };
    for (const [name] of applications) {
      const tab = await context.newPage();
      await tab.goto(demo.urls[name]);
      await see(tab, `${name} welcome`);
      await follow(tab, 'Sign in');
      if (name === 'CalendarApp') {
        await see(tab, 'sign-in');
        await signIn(tab, 'ada@example.com');
      }
      await isConsent(tab);
      await see(tab, `${name} consent`);
      await press(tab, 'Decline');
      await tab.getByText('You declined').waitFor();
      await see(tab, `${name} declined`);
      await follow(tab, 'Ask me again');
      await press(tab, 'Accept');
      await isAt(tab, name);
      await see(tab, `${name} home`);
    }
    expect(faults).toEqual([]);
    await context.close();
  });
});

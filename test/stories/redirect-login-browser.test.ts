import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { complaintsOf } from '../../packages/tenant/test/support/with-page.ts';
import { violationsOf } from '../support/axe.ts';
import { describeWith } from '../support/requirements.ts';
import {
  openFrontend,
  password,
  press,
  type Scheme,
  type Stage,
  startStage,
  tokens,
} from './frontend/start-stage.ts';

const email = 'ada@example.com';

async function start(scheme: Scheme): Promise<Stage> {
  const stage = await startStage(scheme);
  const { status } = await fetch(`${stage.world.url}/v1/auth/signup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  expect(status).toBe(201);
  return stage;
}

/** Signs in on the tenant's page. */
async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Whether the browser has a session, requested without a page. */
async function isSignedIn({ gateway }: Stage, { request }: BrowserContext): Promise<boolean> {
  const answer = await request.get(`${gateway}/v1/auth/session`, { headers: { 'X-CSRF': '1' } });
  return ((await answer.json()) as { authenticated: boolean }).authenticated;
}

const follow = (page: Page, name: string): Promise<void> => press(page, name, 'link');
const isAtTenant = (stage: Stage, page: Page): Promise<void> =>
  page.waitForURL((url) => url.origin === stage.world.tenant.origin && url.pathname === '/u/login');
const isAtFrontend = (stage: Stage, page: Page): Promise<void> =>
  page.waitForURL(`${stage.frontend.origin}/`);

for (const scheme of ['http', 'https'] as const) {
  describeWith('chromium', `a sign-in at the tenant's pages, over ${scheme}`, () => {
    let stage: Stage;
    beforeAll(async () => {
      stage = await start(scheme);
    });
    afterAll(() => stage.close());

    it.each([true, false])(
      'returns to the page that started it, with scripts: %s',
      async (javaScriptEnabled) => {
        const context = await stage.person({ javaScriptEnabled });
        const page = await context.newPage();
        await page.goto(stage.frontend.origin);
        await follow(page, 'Sign in elsewhere');
        await isAtTenant(stage, page);
        await signIn(page);
        await isAtFrontend(stage, page);
        if (javaScriptEnabled) await page.getByText(`Signed in as ${email}`).waitFor();
        expect(await isSignedIn(stage, context)).toBe(true);
        const cookies = await context.cookies(`${stage.gateway}/v1/auth/callback`);
        const ours = cookies.filter(({ name }) => name.includes('gatehouse'));
        expect(ours.map(({ name }) => name)).toEqual([scheme === 'https' ? '__Host-gatehouse' : 'gatehouse']);
        const heard = stage.door.heard();
        expect(heard).toContain('GET /v1/auth/callback?code=');
        expect(heard).not.toMatch(tokens);
        await context.close();
      },
    );

    it('in a popup window notifies the page that opened it', async () => {
      const context = await stage.person();
      const page = await openFrontend(stage, context);
      const opening = page.waitForEvent('popup');
      await press(page, 'Sign in in a window');
      const popup = await opening;
      await isAtTenant(stage, popup);
      const closing = popup.waitForEvent('close');
      await signIn(popup);
      await closing;
      await page.getByText(`Signed in as ${email}`).waitFor();
      await context.close();
    });

    it("ends at the gateway and the tenant by the session's sign-out link: the next one requires the password", async () => {
      const context = await stage.person();
      const page = await openFrontend(stage, context);
      const other = await openFrontend(stage, context);
      await follow(page, 'Sign in elsewhere');
      await signIn(page);
      await page.getByText(`Signed in as ${email}`).waitFor();
      await other.reload();
      await other.getByText(`Signed in as ${email}`).waitFor();

      await follow(page, 'Leave');
      await isAtFrontend(stage, page);
      await page.getByText('Signed out').waitFor();
      await press(other, 'My things');
      await other.getByText('401 unauthenticated').waitFor();
      await follow(page, 'Sign in elsewhere');
      await isAtTenant(stage, page);
      await signIn(page);
      await page.getByText(`Signed in as ${email}`).waitFor();
      await context.close();
    });
  });
}

const looks = [360, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

describeWith('chromium', "a sign-in at the tenant's pages", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await start('http');
  });
  afterAll(() => stage.close());

  /** A tab with a sign-in at the tenant's page. */
  async function beginIn(context: BrowserContext): Promise<Page> {
    const page = await openFrontend(stage, context);
    await follow(page, 'Sign in elsewhere');
    await isAtTenant(stage, page);
    return page;
  }

  /** Follows the retry link of an error page, and signs in at the tenant if it shows its page. */
  async function tryAgain(page: Page, code: string): Promise<void> {
    await page.getByText(`${code}, request`).waitFor();
    await follow(page, 'Try again');
  }

  it("leaves the session at the tenant if only the gateway's session ends, until both are ended", async () => {
    const context = await stage.person();
    const page = await beginIn(context);
    await signIn(page);
    await page.getByText(`Signed in as ${email}`).waitFor();
    await press(page, 'Sign out here');
    await page.getByText('Signed out').waitFor();
    // The tenant shows no page.
    await follow(page, 'Sign in elsewhere');
    await page.getByText(`Signed in as ${email}`).waitFor();

    const leaving = page.waitForRequest((request) => new URL(request.url()).pathname === '/v2/logout');
    await press(page, 'Sign out everywhere');
    const logout = new URL((await leaving).url());
    expect([...logout.searchParams.keys()].toSorted()).toEqual(['client_id', 'federated', 'returnTo']);
    await isAtFrontend(stage, page);
    await page.getByText('Signed out').waitFor();
    await follow(page, 'Sign in elsewhere');
    await isAtTenant(stage, page);
    await context.close();
  });

  it('in two tabs completes in both', async () => {
    const context = await stage.person();
    const [one, other] = [await beginIn(context), await beginIn(context)];
    for (const page of [one, other]) {
      await signIn(page);
      await isAtFrontend(stage, page);
      await page.getByText(`Signed in as ${email}`).waitFor();
    }
    await context.close();
  });

  it('that has expired says so, and its retry link works', async () => {
    const context = await stage.person();
    const page = await beginIn(context);
    stage.world.clock.offsetS += 601;
    await signIn(page);
    await tryAgain(page, 'login_expired');
    await isAtFrontend(stage, page);
    await page.getByText(`Signed in as ${email}`).waitFor();
    await context.close();
  });

  it('that five later ones have displaced says so, and its retry link works', async () => {
    const context = await stage.person();
    const page = await beginIn(context);
    for (let i = 0; i < 5; i++) await beginIn(context);
    await page.bringToFront();
    await signIn(page);
    await tryAgain(page, 'state_mismatch');
    await isAtFrontend(stage, page);
    await page.getByText(`Signed in as ${email}`).waitFor();
    await context.close();
  });

  it('that is complete redirects a user who navigates back to it', async () => {
    const context = await stage.person();
    const page = await beginIn(context);
    const calling = page.waitForRequest((request) => new URL(request.url()).pathname === '/v1/auth/callback');
    await signIn(page);
    const callback = (await calling).url();
    await isAtFrontend(stage, page);
    await page.goto('about:blank');
    await page.goto(callback);
    await isAtFrontend(stage, page);
    await page.getByText(`Signed in as ${email}`).waitFor();
    // It does not sign in again.
    await press(page, 'Sign out here');
    await page.getByText('Signed out').waitFor();
    await page.goto(callback);
    await page.getByText('It was already used').waitFor();
    expect(await isSignedIn(stage, context)).toBe(false);
    await tryAgain(page, 'state_mismatch');
    await isAtFrontend(stage, page);
    await page.getByText(`Signed in as ${email}`).waitFor();
    await context.close();
  });

  it('started ten times in parallel, with a long return_to, can be completed', async () => {
    const context = await stage.person();
    const page = await context.newPage();
    await page.goto(stage.frontend.origin);
    await page.evaluate(`(async () => {
      const place = ${JSON.stringify(`${stage.frontend.origin}/`)} + '?' + 'x'.repeat(900);
      const frames = Array.from({ length: 10 }, () => document.createElement('iframe'));
      const loads = frames.map((frame) => new Promise((resolve) => { frame.onload = resolve; }));
      for (const frame of frames)
        frame.src = ${JSON.stringify(stage.gateway)} + '/v1/auth/login?prompt=login&return_to=' + encodeURIComponent(place);
      document.body.append(...frames);
      await Promise.all(loads);
    })()`);
    const cookies = (await context.cookies(stage.gateway)).filter(({ name }) => name.includes('-tx-'));
    expect(cookies).toHaveLength(10);
    expect(cookies.map(({ name, value }) => `${name}=${value}`).join('; ').length).toBeLessThan(4096);
    await follow(page, 'Sign in elsewhere');
    await signIn(page);
    await isAtFrontend(stage, page);
    await context.close();
  });

  it('that starts at another host name is completed at that of PUBLIC_URL', async () => {
    const context = await stage.person();
    const page = await context.newPage();
    const { port } = new URL(stage.gateway);
    const query = new URLSearchParams({ return_to: `${stage.frontend.origin}/` }).toString();
    await page.goto(`http://127.0.0.1:${port}/v1/auth/login?${query}`);
    await isAtTenant(stage, page);
    await signIn(page);
    await isAtFrontend(stage, page);
    await page.getByText(`Signed in as ${email}`).waitFor();
    expect((await context.cookies(`http://127.0.0.1:${port}`)).length).toBe(0);
    await context.close();
  });

  it.each(looks)(
    'has pages without axe violations, $width px wide, $colorScheme',
    async ({ width, colorScheme }) => {
      const context = await stage.person({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true });
      const page = await context.newPage();
      const evil = new URLSearchParams({ return_to: 'https://evil.test/' }).toString();
      for (const path of ['/', `/v1/auth/login?${evil}`, '/v1/auth/callback?state=x']) {
        await page.goto(`${stage.gateway}${path}`);
        expect(await violationsOf(page)).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(
          0,
        );
      }
      await context.close();
    },
  );

  it('has pages without CSP violations', async () => {
    const context = await stage.person();
    const page = await context.newPage();
    const complaints = complaintsOf(page);
    for (const path of ['/', '/v1/auth/callback?state=x']) await page.goto(`${stage.gateway}${path}`);
    expect(complaints.filter((text) => !text.includes('status of 400'))).toEqual([]);
    await context.close();
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startChromium } from '../../../test/support/chromium.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { formPostPage } from '../src/pages/form-post-page.ts';
import { signInPage } from '../src/pages/sign-in-page.ts';
import { webMessagePage } from '../src/pages/web-message-page.ts';
import type { TenantReply } from '../src/wire/row.ts';
import { pageSamples } from './support/page-samples.ts';
import { type PageServer, servePages } from './support/serve-pages.ts';
import { complaintsOf, withPage } from './support/with-page.ts';

const listening = `<!doctype html><title>app</title><script>
addEventListener('message', ({ data, origin }) => { document.title = JSON.stringify({ data, origin }); });
</script>`;

describeWith('chromium', 'the pages in Chromium', () => {
  let browser: Browser;
  /** The tenant, as the browser sees it. */
  let tenant: PageServer;
  /** The target of the link. */
  let app: PageServer;
  /** The target of the application's redirect. */
  let beyond: PageServer;
  const redirects: Record<string, string> = {};

  beforeAll(async () => {
    browser = await startChromium();
    const redirectTo = (path: string): TenantReply => {
      const location = redirects[path];
      return location === undefined ? { body: 'arrived' } : { status: 302, body: '', headers: { location } };
    };
    beyond = await servePages({ end: { body: 'arrived' } });
    app = await servePages(
      {
        callback: { body: 'arrived' },
        on: { status: 302, body: '', headers: { location: `${beyond.origin}/end` } },
      },
      redirectTo,
    );
    tenant = await servePages(pageSamples, redirectTo);
    const frame = `<iframe src="${tenant.origin}/message"></iframe>`;
    const opener = `<button onclick="window.open('${tenant.origin}/message')">Sign in</button>`;
    Object.assign(app.pages, {
      framing: { contentType: 'text/html', body: listening + frame },
      opening: { contentType: 'text/html', body: listening + opener },
    });
    tenant.pages['message'] = webMessagePage({
      targetOrigin: app.origin,
      response: { code: 'c', state: `"</script>'&` },
    });
    tenant.pages['post'] = formPostPage({
      redirectUri: `${app.origin}/callback`,
      parameters: { code: 'c', state: '"<&', submit: 's' },
    });
  });
  beforeEach(() => {
    app.posts.length = 0;
    tenant.posts.length = 0;
    for (const path of Object.keys(redirects)) delete redirects[path];
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([tenant.close(), app.close(), beyond.close()]);
  });

  it('violate no CSP rule and apply the stylesheet', async () => {
    const found = await withPage(browser, {}, async (page) => {
      const complaints = complaintsOf(page);
      const looks = new Set<string>();
      for (const name of Object.keys(pageSamples)) {
        if (name === 'form-post' || name === 'web-message') continue;
        await page.goto(`${tenant.origin}/${name}`);
        looks.add(
          await page.evaluate<string>('getComputedStyle(document.querySelector("main")).borderRadius'),
        );
      }
      return { complaints, looks: [...looks] };
    });
    // Chromium also reports a 400 page as a console error, so the test distinguishes error pages from CSP violations.
    expect(found.complaints.filter((text) => !/status of 40[03]/.test(text))).toEqual([]);
    expect(found.looks).toEqual(['16px']);
  });

  it('have targets of 44 pixels, 360 px wide', async () => {
    const small = await withPage(browser, { viewport: { width: 360, height: 800 } }, async (page) => {
      const all: string[] = [];
      for (const name of Object.keys(pageSamples)) {
        if (name === 'form-post' || name === 'web-message') continue;
        await page.goto(`${tenant.origin}/${name}`);
        const targets = page.locator(
          'a, button, summary, label.check, input:not([type=hidden], [type=checkbox], .unseen)',
        );
        for (const target of await targets.all()) {
          const box = await target.boundingBox();
          if (box && (box.height < 44 || box.width < 44))
            all.push(`${name}: ${await target.innerHTML()} ${box.height}`);
        }
      }
      return all;
    });
    expect(small).toEqual([]);
  });

  it.each([true, false])(
    'the sign-in form sends the typed values with the tenant’s origin, with scripts: %s',
    async (javaScriptEnabled) => {
      await withPage(browser, { javaScriptEnabled }, async (page) => {
        await page.goto(`${tenant.origin}/sign-in`);
        await page.getByLabel('Email or username').fill('ann@example.com');
        await page.getByLabel('Password').fill('a&b=c+d é');
        await page.keyboard.press('Enter');
        await page.getByText('arrived').waitFor();
      });
      expect(tenant.posts).toEqual([
        {
          path: '/u/login',
          origin: tenant.origin,
          form: new URLSearchParams({
            state: 'a-state',
            username: 'ann@example.com',
            password: 'a&b=c+d é',
          }).toString(),
        },
      ]);
    },
  );

  it.each([
    ['sign-in', 'Continue with Simulated social', { connection: 'simulated-social' }],
    ['consent', 'Accept', { action: 'accept' }],
    ['consent', 'Decline', { action: 'deny' }],
    ['mfa-code-refused', 'Send a new code', { code: '', action: 'resend' }],
    ['mfa-choice', 'Text message XXXXXXXX0200', { factor: 'sms|dev_2' }],
    ['simulator', 'Bob bob@example.com', { connection: 'simulated-social', identity: 'bob' }],
  ])('%s: the button "%s" submits its value with empty fields', async (name, label, fields) => {
    await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(`${tenant.origin}/${name}`);
      await page.getByRole('button', { name: label, exact: true }).click();
      await page.getByText('arrived').waitFor();
    });
    const form = Object.fromEntries(new URLSearchParams(tenant.posts[0]?.form));
    expect(form).toEqual({ state: 'a-state', ...fields });
  });

  it('Enter in the code field submits with the first button, not with "Send a new code"', async () => {
    await withPage(browser, { javaScriptEnabled: false }, async (page) => {
      await page.goto(`${tenant.origin}/mfa-code-refused`);
      await page.locator('#code:focus').waitFor();
      await page.keyboard.type('123456');
      await page.keyboard.press('Enter');
      await page.getByText('arrived').waitFor();
    });
    expect(tenant.posts[0]?.form).toBe('state=a-state&code=123456&action=continue');
  });

  it('of several wrong fields the first gets the focus', async () => {
    await withPage(browser, {}, async (page) => {
      await page.goto(`${tenant.origin}/sign-up-refused`);
      await page.locator('#phone_number:focus').waitFor();
    });
  });

  const signInLeadingTo = (redirectsTo: string[]): TenantReply =>
    signInPage({
      state: 's',
      application: 'App',
      identifiers: [],
      connections: [{ name: 'c', label: 'C' }],
      redirectsTo,
    });

  /** The browser's location after the sign-in button, with a response that redirects to `location`. */
  const pressAndFollow = (reply: TenantReply, location: string): Promise<string> =>
    withPage(browser, {}, async (page) => {
      tenant.pages['leading'] = reply;
      redirects['/u/login'] = location;
      await page.goto(`${tenant.origin}/leading`);
      const complaint = page.waitForEvent('console', {
        predicate: (message) => /form-action/.test(message.text()),
      });
      await page.getByRole('button').click();
      await Promise.race([page.getByText('arrived').waitFor(), complaint]);
      complaint.catch(() => {});
      return page.url();
    });

  it('a redirect after a form reaches only the targets of the page', async () => {
    const callback = `${app.origin}/callback`;
    expect(await pressAndFollow(signInLeadingTo([callback]), callback)).toBe(callback);
    expect(await pressAndFollow(signInLeadingTo([]), callback)).not.toBe(callback);
    expect(await pressAndFollow(signInLeadingTo([`${beyond.origin}/end`]), callback)).not.toBe(callback);
  });

  it('a further redirect of the application reaches only listed origins', async () => {
    const [on, end] = [`${app.origin}/on`, `${beyond.origin}/end`];
    expect(await pressAndFollow(signInLeadingTo([on, end]), on)).toBe(end);
    expect(await pressAndFollow(signInLeadingTo([on]), on)).not.toBe(end);
  });

  it.each([true, false])(
    'form_post: the answer arrives as a form, with scripts: %s',
    async (javaScriptEnabled) => {
      await withPage(browser, { javaScriptEnabled }, async (page) => {
        const complaints = complaintsOf(page);
        await page.goto(`${tenant.origin}/post`);
        if (!javaScriptEnabled) await page.getByRole('button', { name: 'Continue' }).click();
        await page.getByText('arrived').waitFor();
        expect(complaints).toEqual([]);
      });
      expect(app.posts).toEqual([
        {
          path: '/callback',
          origin: tenant.origin,
          form: new URLSearchParams({ code: 'c', state: '"<&', submit: 's' }).toString(),
        },
      ]);
    },
  );

  it('web_message: the framing or opening window gets the response', async () => {
    const titles = await withPage(browser, {}, async (page) => {
      const complaints = complaintsOf(page);
      const heard = () => page.waitForFunction('document.title.startsWith("{")');
      await page.goto(`${app.origin}/framing`);
      await heard();
      const framed = await page.title();
      await page.goto(`${app.origin}/opening`);
      await page.getByRole('button').click();
      await heard();
      expect(complaints).toEqual([]);
      return [framed, await page.title()];
    });
    const response = { code: 'c', state: `"</script>'&` };
    const message = { data: { type: 'authorization_response', response }, origin: tenant.origin };
    expect(titles.map((title) => JSON.parse(title) as unknown)).toEqual([message, message]);
  });

  it('web_message: another origin may not frame it', async () => {
    const { origin } = beyond;
    Object.assign(beyond.pages, { framing: app.pages['framing'] });
    const complaints = await withPage(browser, {}, async (page) => {
      const heard = complaintsOf(page);
      await page.goto(`${origin}/framing`, { waitUntil: 'load' });
      expect(await page.title()).toBe('app');
      return heard;
    });
    expect(complaints.join()).toContain('frame-ancestors');
  });
});

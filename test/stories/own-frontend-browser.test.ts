import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../support/chromium.ts';
import { makeFolder } from '../support/folder.ts';
import { type RecordingUpstream, startRecordingUpstream } from '../support/recording-upstream.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';

const user = { email: 'ada@example.com', password: 'Correct-Horse-9' };
const page = `<!doctype html><title>Orders</title><h1>Orders</h1><img src="picture.svg" alt="A picture">
<p id="user"></p><script>fetch('user').then((r) => r.text()).then((t) => { document.querySelector('#user').textContent = t; })</script>`;
const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';

describeWith('chromium', 'a frontend behind the gateway, on its origin', () => {
  let folder: string;
  let frontend: RecordingUpstream;
  let world: World;
  let chromium: Browser;
  beforeAll(async () => {
    folder = makeFolder();
    frontend = await startRecordingUpstream();
    frontend.answer = ({ url, headers }, response) => {
      if (url === '/picture.svg') response.setHeader('Content-Type', 'image/svg+xml').end(picture);
      else if (url === '/user') response.end(`user ${String(headers['x-user-id'])}`);
      else if (url === '/start') response.writeHead(302, { Location: '/orders?open=1' }).end();
      else response.setHeader('Content-Type', 'text/html').end(page);
    };
    const routes = [
      {
        path: '/app/*',
        methods: ['GET'],
        upstream: frontend.url,
        rewrite: '/',
        guard: { user: true },
        csrf: 'same-origin',
        login: 'redirect',
      },
    ];
    writeFileSync(path.join(folder, 'routes.json'), JSON.stringify({ routes }));
    [world, chromium] = await Promise.all([
      startWorld({ ROUTES_FILE: path.join(folder, 'routes.json'), RATE_LIMIT_ENABLED: 'false' }),
      startChromium(),
    ]);
    await fetch(`${world.url}/v1/auth/signup`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(user),
    });
  });
  afterAll(async () => {
    await chromium.close();
    await world.close();
    await frontend.close();
  });

  /** The page with its resources, which cannot send X-CSRF. */
  async function expectOrders(tab: Page): Promise<void> {
    await tab.getByRole('heading', { name: 'Orders' }).waitFor();
    await tab.getByText(/^user auth0\|/).waitFor();
    expect(await tab.evaluate('document.images[0].naturalWidth')).toBe(8);
  }

  it('redirects a user who follows a link to sign-in, and back to the linked page', async () => {
    const tab = await chromium.newPage();
    const linked = `${world.gateway.publicUrl}/app/start`;
    await tab.setContent(`<a href="${linked}">Your orders</a>`);
    await tab.getByRole('link', { name: 'Your orders' }).click();
    await tab.waitForURL((url) => url.origin === world.tenant.origin);
    expect(frontend.seen).toEqual([]);
    await tab.getByLabel('Email').fill(user.email);
    await tab.getByLabel('Password').fill(user.password);
    await tab.getByRole('button', { name: 'Sign in', exact: true }).click();
    await tab.waitForURL(`${world.gateway.publicUrl}/app/orders?open=1`);
    await expectOrders(tab);
    // The same link on another site, now with a session.
    await tab.goto('about:blank');
    await tab.setContent(`<a href="${linked}">Again</a>`);
    await tab.getByRole('link', { name: 'Again' }).click();
    await tab.waitForURL(`${world.gateway.publicUrl}/app/orders?open=1`);
    await expectOrders(tab);
    await tab.close();
  });
});

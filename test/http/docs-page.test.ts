import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startChromium } from '../support/chromium.ts';
import type { GatewayUnderTest } from '../support/gateway.ts';
import { startLonelyGateway } from '../support/lonely-gateway.ts';
import { describeWith } from '../support/requirements.ts';

describeWith('chromium', 'the page /docs', () => {
  let under: GatewayUnderTest;
  let browser: Browser;

  beforeAll(async () => {
    under = await startLonelyGateway();
    browser = await startChromium();
  });
  afterAll(async () => {
    await browser.close();
    await under.close();
  });

  it('shows the endpoints in Chromium, loads nothing from elsewhere, and breaks no rule of its policy', async () => {
    const page = await browser.newPage();
    const foreign: string[] = [];
    const complaints: string[] = [];
    page.on('request', (request) => {
      if (!request.url().startsWith(under.url) && !request.url().startsWith('data:'))
        foreign.push(request.url());
    });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(`${under.url}/docs`);
    await page.getByText('/v1/auth/signin', { exact: true }).first().waitFor();
    await page.getByText('/api/location/geocode', { exact: true }).first().click();
    await page.getByText('insufficient_scope').first().waitFor();
    expect(foreign).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('tries an endpoint out as a page of ours calls it, so that the session of a sign-in there is good', async () => {
    const page = await browser.newPage();
    const { publicUrl } = under.gateway;
    await page.goto(`${publicUrl}/docs`);
    const operation = page.locator('[id$="-getSession"]');
    await operation.locator('.opblock-summary-control').click();
    await operation.locator('.try-out__btn').click();
    const [request] = await Promise.all([
      page.waitForRequest((sent) => sent.url().startsWith(`${publicUrl}/v1/auth/session`)),
      operation.locator('.execute').click(),
    ]);
    expect(request.headers()['x-csrf']).toBe('1');
  });
});

import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOf } from '../../../test/support/axe.ts';
import { startChromium } from '../../../test/support/chromium.ts';
import { faultsOfLook, looks, optionsOf } from '../../../test/support/looks.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { pageSamples } from './support/page-samples.ts';
import { type PageServer, servePages } from './support/serve-pages.ts';
import { withPage } from './support/with-page.ts';

/** The pages as rendered; the self-submitting page does not submit. */
const pages = Object.fromEntries(
  Object.entries(pageSamples).map(([name, reply]) => {
    const body = typeof reply.body === 'string' ? reply.body.replace(/<script>.*<\/script>/s, '') : '';
    return [name, { ...reply, body }];
  }),
);

describeWith('chromium', 'the pages by axe', () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    browser = await startChromium();
    server = await servePages({
      ...pages,
      wrong: { contentType: 'text/html', body: '<h2>x</h2><input><p style="color:#aaa">Faint' },
    });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  it.each(looks)(
    'have no axe violation, $width px wide, $colorScheme',
    { timeout: 300_000 },
    async (look) => {
      // A colour scheme changes only colours.
      const rules = look.colorScheme === 'dark' ? "{ runOnly: ['color-contrast'] }" : '{}';
      const found = await withPage(browser, optionsOf(look), async (page) => {
        const all: string[] = [];
        for (const name of Object.keys(pages)) {
          await page.goto(`${server.origin}/${name}`);
          all.push(...(await faultsOfLook(page, name, look, rules)));
        }
        return all;
      });
      expect(found).toEqual([]);
    },
  );

  it('detects violations on a faulty page', async () => {
    const found = await withPage(browser, { bypassCSP: true }, async (page) => {
      await page.goto(`${server.origin}/wrong`);
      return violationsOf(page);
    });
    expect(found.map((violation) => violation.split(':')[0])).toEqual(
      expect.arrayContaining(['color-contrast', 'document-title', 'html-has-lang', 'label']),
    );
  });
});

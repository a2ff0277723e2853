import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { violationsOf } from '../../../test/support/axe.ts';
import { startChromium } from '../../../test/support/chromium.ts';
import { describeWith } from '../../../test/support/requirements.ts';
import { pageSamples } from './support/page-samples.ts';
import { type PageServer, servePages } from './support/serve-pages.ts';
import { withPage } from './support/with-page.ts';

/** A folder for screenshots of each page; unset: no screenshots. */
const gallery = process.env['PAGES_GALLERY'];

const looks = [360, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

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
    'have no violation and do not scroll sideways, $width px wide, $colorScheme',
    async ({ width, colorScheme }) => {
      const options = { colorScheme, viewport: { width, height: 800 }, bypassCSP: true };
      // A colour scheme changes only colours.
      const rules = colorScheme === 'dark' ? "{ runOnly: ['color-contrast'] }" : '{}';
      const found = await withPage(browser, options, async (page) => {
        const all: string[] = [];
        for (const name of Object.keys(pages)) {
          await page.goto(`${server.origin}/${name}`);
          all.push(...(await violationsOf(page, rules)).map((violation) => `${name}: ${violation}`));
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          if (overflow > 0) all.push(`${name}: ${overflow} px too wide`);
          if (gallery !== undefined) {
            mkdirSync(gallery, { recursive: true });
            await page.screenshot({
              path: join(gallery, `${name}-${width}-${colorScheme}.png`),
              fullPage: true,
            });
          }
        }
        return all;
      });
      expect(found).toEqual([]);
    },
    120_000,
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

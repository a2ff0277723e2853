import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { AxeResults } from 'axe-core';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startChromium } from '../support/chromium.ts';
import { describeWith } from '../support/requirements.ts';
import { pageSamples } from './support/page-samples.ts';
import { type PageServer, servePages } from './support/serve-pages.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** A folder to put a screenshot of each page into; none are taken where it is unset. */
const gallery = process.env['PAGES_GALLERY'];

const widths = [360, 1280] as const;
const schemes = ['light', 'dark'] as const;
const looks = widths.flatMap((width) => schemes.map((colorScheme) => ({ width, colorScheme })));

describeWith('chromium', 'the pages in Chromium', () => {
  let browser: Browser;
  let server: PageServer;

  beforeAll(async () => {
    browser = await startChromium();
    server = await servePages(pageSamples);
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  async function withPage<T>(options: BrowserContextOptions, use: (page: Page) => Promise<T>): Promise<T> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    try {
      return await use(await context.newPage());
    } finally {
      await context.close();
    }
  }

  /** What axe finds; its source goes around the page's policy, so this is for nothing else. */
  async function violations(page: Page, rules: string): Promise<string[]> {
    await page.evaluate(axe);
    const { violations: found } = await page.evaluate<AxeResults>(`axe.run(document, ${rules})`);
    return found.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`),
    );
  }

  test.each(looks)(
    'no page has an axe violation or scrolls sideways, $width px wide, $colorScheme',
    async (look) => {
      // What a scheme can change is colours; all else is the same in both.
      const rules = look.colorScheme === 'dark' ? "{ runOnly: ['color-contrast'] }" : '{}';
      const options = { colorScheme: look.colorScheme, viewport: { width: look.width, height: 800 } };
      const found = await withPage({ ...options, bypassCSP: true, javaScriptEnabled: true }, async (page) => {
        const all: string[] = [];
        for (const name of Object.keys(pageSamples)) {
          // The page that sends itself is looked at before it does.
          await page.route('http://localhost:9/**', (route) => route.abort());
          await page.goto(`${server.origin}/${name}`);
          if (name === 'form-post') continue;
          all.push(...(await violations(page, rules)).map((violation) => `${name}: ${violation}`));
          const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
          if (overflow > 0) all.push(`${name}: ${overflow} px too wide`);
          if (gallery !== undefined) {
            mkdirSync(gallery, { recursive: true });
            await page.screenshot({
              path: join(gallery, `${name}-${look.width}-${look.colorScheme}.png`),
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
});

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';

/** The folder that gets the screenshots of the docs, such as `docs/screenshots`; none are taken where it is unset. */
const folder = process.env['SCREENSHOTS'];

/** Takes a picture of what a page shows, for the docs. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({
    path: path.join(folder, `${name}.png`),
    fullPage: true,
    animations: 'disabled',
    caret: 'hide',
  });
}

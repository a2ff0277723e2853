import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { violationsOf } from './axe.ts';

/** The appearances of a page: narrow and wide, light and dark. */
export const looks = [360, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

export type Look = (typeof looks)[number];

/** The browser options for an appearance, which also allow axe. */
export const optionsOf = ({ width, colorScheme }: Look) =>
  ({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true, reducedMotion: 'reduce' }) as const;

/** A folder for a screenshot of each page in each appearance; unset: none. */
const gallery = process.env['PAGES_GALLERY'];

/**
 * The faults of a page's appearance: axe violations (`rules` are its options, as a script), a page wider than its
 * window, and a missing icon. Each begins with `name`, like the screenshot.
 */
export async function faultsOfLook(
  page: Page,
  name: string,
  { width, colorScheme }: Look,
  rules?: string,
): Promise<string[]> {
  if (gallery !== undefined) {
    mkdirSync(gallery, { recursive: true });
    const file = `${name.replaceAll(/[^a-z\d.]+/gi, '-')}-${width}-${colorScheme}.png`;
    await page.screenshot({ path: path.join(gallery, file), fullPage: true, animations: 'disabled' });
  }
  const overflow = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
  const icon = await page.evaluate<string>("document.querySelector('link[rel=icon]')?.href ?? '/none'");
  const isThere = icon.startsWith('data:image/') || (await isImage(page, icon));
  return [
    ...(await violationsOf(page, rules)),
    ...(overflow > 0 ? [`${overflow} px too wide`] : []),
    ...(isThere ? [] : [`no icon at ${icon}`]),
  ].map((fault) => `${name}: ${fault}`);
}

async function isImage(page: Page, href: string): Promise<boolean> {
  if (!URL.canParse(href)) return false;
  const answer = await page.context().request.get(href);
  return answer.status() === 200 && answer.headers()['content-type']?.startsWith('image/') === true;
}

import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { violationsOf } from './axe.ts';

/** How people see a page: on a phone and on a desk, by day and by night. */
export const looks = [360, 1280].flatMap((width) =>
  (['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

export type Look = (typeof looks)[number];

/** The options of a browser that sees pages so, and that axe can be brought to. */
export const optionsOf = ({ width, colorScheme }: Look) =>
  ({ colorScheme, viewport: { width, height: 800 }, bypassCSP: true, reducedMotion: 'reduce' }) as const;

/** A folder that gets a picture of each page in each look; none are taken where it is unset. */
const gallery = process.env['PAGES_GALLERY'];

/**
 * What is wrong with how a page looks: what axe finds (`rules` are its options, as a script), a page that is wider than its
 * window, and an icon that is not there. Each begins with `name`, as does the picture in the gallery.
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

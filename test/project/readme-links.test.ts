import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { toAnchor } from '../../docs/site/pages.js';

/** Without docs/site, which holds copies of the pages once the site is built, and the packages of docs/code-blocks. */
const pages = globSync([
  '*.md',
  'docs/*.md',
  'docs/!(site|code-blocks)/**/*.md',
  '{packages,examples}/*/*.md',
]);

/** The files of the checkout that a page links to or shows. */
const linksOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

/** The anchors of a page: one for each heading, numbered where several are alike. */
function anchorsOf(page: string): Set<string> {
  const text = readFileSync(page, 'utf8').replaceAll(/^```[^]*?^```/gm, '');
  const counts = new Map<string, number>();
  return new Set(
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => {
      const anchor = toAnchor(heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1'));
      const count = counts.get(anchor) ?? 0;
      counts.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}

describe('the headings that a page links to', () => {
  const linked = pages.flatMap((page) =>
    [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s#:]*)#([^)\s]+)\)/g)].map(
      ([, file = '', anchor = '']) => ({
        page,
        target: file === '' ? page : path.join(path.dirname(page), file),
        anchor,
      }),
    ),
  );

  it('exist', () => {
    expect(linked.length).toBeGreaterThan(10);
    const isDead = ({ target, anchor }: (typeof linked)[number]) =>
      target.endsWith('.md') && existsSync(target) && !anchorsOf(target).has(anchor);
    expect(linked.filter(isDead)).toEqual([]);
  });
});

it('no page has the markers of a merge conflict', () => {
  const isMarked = (page: string) => /^(<{7}|>{7}) /m.test(readFileSync(page, 'utf8'));
  expect(pages.filter(isMarked)).toEqual([]);
});

describe('the files that a page links to or shows', () => {
  it('are collected from many pages', () => {
    expect(pages.length).toBeGreaterThan(10);
    expect(linksOf('README.md')).toContain('docs/screenshots/first-page.png');
  });

  it.each(pages)('%s: exist', (page) => {
    expect(linksOf(page).filter((link) => !existsSync(path.join(path.dirname(page), link)))).toEqual([]);
  });

  it('include every screenshot', () => {
    const shown = pages.flatMap((page) => linksOf(page).map((link) => path.join(path.dirname(page), link)));
    expect(globSync('docs/screenshots/*').filter((file) => !shown.includes(file))).toEqual([]);
  });
});

it('the README has at most 150 lines', () => {
  expect(readFileSync('README.md', 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

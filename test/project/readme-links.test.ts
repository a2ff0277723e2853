import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const pages = [
  ...globSync('*.md'),
  ...globSync(['docs/**/*.md', '{packages,examples}/*/*.md']).filter(
    (page) => !page.includes('node_modules'),
  ),
];

/** The files of the checkout that a page links to or shows. */
const linksOf = (page: string): string[] =>
  [...readFileSync(page, 'utf8').matchAll(/\]\(([^)\s#]+)(?:#[^)]*)?\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => !/^[a-z]+:/.test(link));

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

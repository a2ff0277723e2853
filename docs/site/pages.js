import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where the build puts copies of the pages, in the folders that they have in the checkout: Vite reads no file outside its package. */
export const STAGED = fileURLToPath(new URL('staged', import.meta.url));

/** The sections of the site, in their order: title, and the files whose pages they list. */
const SECTIONS = [
  ['Tutorials', 'docs/tutorials/*.md'],
  ['How to', 'docs/how-to/*.md'],
  ['Reference', '{docs/reference/*,packages/tenant/COVERAGE}.md'],
  ['Explanation', 'docs/{explanation/*,ARCHITECTURE,glossary,benchmarks}.md'],
  ['Decisions', 'docs/adr/*.md'],
  ['Packages', 'packages/*/README.md'],
  ['Examples', 'examples/*/README.md'],
  ['Project', '{README,CONTRIBUTING,SECURITY,CHANGELOG}.md'],
];

/** The address of a page below the site's root, without an ending: pages of docs/ lose that folder. */
export const toAddress = (file) => file.replace(/^docs\//, '').replace(/\.md$/, '');

/** The anchor of a heading, as GitHub makes it: pages are read there too. */
export const toAnchor = (heading) =>
  heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');

const toTitle = (file) => /^# (.+)$/m.exec(readFileSync(path.join(ROOT, file), 'utf8'))?.[1] ?? file;

/** Every page by section: its file in the checkout, title and address. */
export const readSections = () =>
  SECTIONS.map(([title, pattern]) => ({
    title,
    pages: globSync(pattern, { cwd: ROOT })
      .toSorted()
      .map((file) => ({ file, title: toTitle(file).replaceAll('`', ''), address: toAddress(file) })),
  })).filter(({ pages }) => pages.length > 0);

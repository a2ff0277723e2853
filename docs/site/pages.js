import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's folder. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Where the build puts copies of the pages, in the folders that they have in the checkout: Vite reads no file outside its package. */
export const STAGED = fileURLToPath(new URL('staged', import.meta.url));

/**
 * The sections of the site, in their order: title, the files whose pages they list, and their name in the top bar if they are in it. A page
 * is in the first section that matches.
 */
const SECTIONS = [
  ['Tutorials', 'docs/tutorials/*.md', 'Tutorials'],
  [
    'How to: frontends',
    'docs/how-to/{plain-javascript,react,vue,angular,native-apps,same-origin}.md',
    'How to',
  ],
  ['How to: sign-in', 'docs/how-to/{social-login,mfa,passwordless,organizations,step-up}.md'],
  ['How to: APIs', 'docs/how-to/{protect-an-upstream,other-apis,administration,customers,maps}.md'],
  ['How to: develop and migrate', 'docs/how-to/{embedded-tenant,testing,migrate-*}.md'],
  ['How to: operate', 'docs/how-to/*.md'],
  ['Reference', '{docs/reference/*,packages/tenant/COVERAGE}.md', 'Reference'],
  ['Explanation', 'docs/{explanation/*,ARCHITECTURE,glossary,benchmarks}.md', 'Explanation'],
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
export function readSections() {
  const taken = new Set();
  return SECTIONS.map(([title, pattern, nav]) => {
    const files = globSync(pattern, { cwd: ROOT }).filter((file) => !taken.has(file));
    for (const file of files) taken.add(file);
    const pages = files.toSorted().map((file) => ({
      file,
      title: toTitle(file).replaceAll('`', ''),
      address: toAddress(file),
    }));
    return { title, nav, pages };
  }).filter(({ pages }) => pages.length > 0);
}

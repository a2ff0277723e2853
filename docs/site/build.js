// `npm run docs`: builds docs/site/dist, with every page as Markdown beside it, llms.txt and llms-full.txt. `--serve` then serves it.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, serve } from 'vitepress';
import { ROOT, readSections } from './pages.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const dist = path.join(folder, 'dist');
const about =
  'Gatehouse is a backend-for-frontend auth gateway for Auth0, with an embedded tenant for local work.';

await build(folder);
const sections = readSections();
for (const { file, address } of sections.flatMap(({ pages }) => pages)) {
  const twin = path.join(dist, `${address}.md`);
  mkdirSync(path.dirname(twin), { recursive: true });
  cpSync(path.join(ROOT, file), twin);
}
const list = sections.map(({ title, pages }) =>
  [`## ${title}`, '', ...pages.map((page) => `- [${page.title}](/${page.address}.md)`)].join('\n'),
);
writeFileSync(path.join(dist, 'llms.txt'), `# Gatehouse\n\n> ${about}\n\n${list.join('\n\n')}\n`);
const texts = sections.flatMap(({ pages }) =>
  pages.map(({ file }) => readFileSync(path.join(ROOT, file), 'utf8')),
);
writeFileSync(path.join(dist, 'llms-full.txt'), texts.join('\n\n---\n\n'));
process.stdout.write(`${path.relative(process.cwd(), dist) || dist} written\n`);

if (process.argv.includes('--serve')) {
  const port = Number(process.env.DOCS_PORT ?? 4173);
  await serve({ root: folder, port });
  process.stdout.write(`http://localhost:${port}\n`);
}

// `npm run docs`: builds docs/site/dist with every page as Markdown beside it, llms.txt and llms-full.txt. `--serve` then serves it.
import { cpSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, serve } from 'vitepress';
import { ROOT, readSections, STAGED } from './pages.js';

const folder = fileURLToPath(new URL('.', import.meta.url));
const dist = path.join(folder, 'dist');
const about =
  'Gatehouse is a backend-for-frontend auth gateway for Auth0, with an embedded tenant for local work.';

const sections = readSections();
const pages = sections.flatMap((section) => section.pages);
rmSync(STAGED, { recursive: true, force: true });
const images = globSync('docs/{*.svg,screenshots/*.png}', { cwd: ROOT });
for (const file of ['docs/index.md', ...pages.map((page) => page.file), ...images])
  cpSync(path.join(ROOT, file), path.join(STAGED, file));
await build(folder);
for (const { file, address } of pages) cpSync(path.join(ROOT, file), path.join(dist, `${address}.md`));
const list = sections.map((section) =>
  [`## ${section.title}`, '', ...section.pages.map((page) => `- [${page.title}](/${page.address}.md)`)].join(
    '\n',
  ),
);
writeFileSync(path.join(dist, 'llms.txt'), `# Gatehouse\n\n> ${about}\n\n${list.join('\n\n')}\n`);
const texts = pages.map(({ file }) => readFileSync(path.join(ROOT, file), 'utf8'));
writeFileSync(path.join(dist, 'llms-full.txt'), texts.join('\n\n---\n\n'));
process.stdout.write(`${path.relative(ROOT, dist)} written\n`);

if (process.argv.includes('--serve')) {
  const port = Number(process.env.DOCS_PORT ?? 4173);
  await serve({ root: folder, port });
  process.stdout.write(`http://localhost:${port}\n`);
}

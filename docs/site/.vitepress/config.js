import { existsSync } from 'node:fs';
import path from 'node:path';
import { withMermaid } from 'vitepress-plugin-mermaid';
import { ROOT, readSections, toAddress } from '../pages.js';

const sections = readSections();
const files = new Set(['docs/index.md', ...sections.flatMap(({ pages }) => pages.map(({ file }) => file))]);

/** Links to files of the checkout that are not pages of the site become their path, as code. */
function showOtherFilesAsPaths(md) {
  md.core.ruler.push('other-files', ({ tokens, env }) => {
    const folder = path.dirname(path.relative(ROOT, env.path ?? ''));
    for (const { children } of tokens) {
      let isHidden = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const target = (token.attrGet('href') ?? '').split('#')[0];
          if (target === '' || /^[a-z]+:/.test(target)) continue;
          const file = path.join(folder, target);
          isHidden = !files.has(file) && existsSync(path.join(ROOT, file));
        }
        if (isHidden && token.type.startsWith('link_')) {
          token.tag = 'span';
          token.attrs = null;
        }
        if (token.type === 'link_close') isHidden = false;
      }
    }
  });
}

export default withMermaid({
  title: 'Gatehouse',
  description: 'Backend-for-frontend auth gateway for Auth0',
  lang: 'en',
  srcDir: ROOT,
  outDir: path.join(ROOT, 'docs/site/dist'),
  cacheDir: path.join(ROOT, 'docs/site/node_modules/.cache/vitepress'),
  // Everything that is no page of a section.
  srcExclude: ['{bench,build,data,deploy,src,test,scripts}/**', '**/{node_modules,dist,test,src}/**'],
  rewrites: (file) => `${toAddress(file)}.md`,
  markdown: { config: showOtherFilesAsPaths },
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: sections.slice(0, 4).map(({ title, pages }) => ({ text: title, link: `/${pages[0].address}` })),
    sidebar: sections.map(({ title, pages }) => ({
      text: title,
      collapsed: ['Decisions', 'Packages', 'Examples', 'Project'].includes(title),
      items: pages.map((page) => ({ text: page.title, link: `/${page.address}` })),
    })),
  },
});

import path from 'node:path';
import { withMermaid } from 'vitepress-plugin-mermaid';
import { ICON } from '../../../src/http/page.ts';
import { readSections, STAGED, toAddress, toAnchor } from '../pages.js';

const sections = readSections();
const files = new Set(['docs/index.md', ...sections.flatMap(({ pages }) => pages.map(({ file }) => file))]);

/** Links between pages become addresses of the site. Links to other files of the checkout become text. */
function setLinks(md) {
  md.core.ruler.push('site-links', ({ tokens, env }) => {
    const folder = path.dirname(path.relative(STAGED, env.realPath ?? env.path));
    for (const { children } of tokens) {
      let isText = false;
      for (const token of children ?? []) {
        if (token.type === 'link_open') {
          const [target, anchor] = (token.attrGet('href') ?? '').split('#');
          if (target === '' || target.startsWith('/') || /^[a-z]+:/.test(target)) continue;
          const file = path.join(folder, decodeURI(target));
          isText = !files.has(file);
          if (!isText)
            token.attrSet('href', `/${toAddress(file)}${anchor === undefined ? '' : `#${anchor}`}`);
        }
        if (isText && token.type.startsWith('link_')) {
          token.tag = 'span';
          token.attrs = null;
        }
        if (token.type === 'link_close') isText = false;
      }
    }
  });
}

export default withMermaid({
  title: 'Gatehouse',
  description: 'Backend-for-frontend auth gateway for Auth0',
  lang: 'en',
  srcDir: STAGED,
  outDir: 'dist',
  rewrites: (file) => `${toAddress(file)}.md`,
  markdown: {
    config: setLinks,
    anchor: { slugify: toAnchor },
    // The highlighter does not know these languages: the nearest ones.
    languageAlias: { caddyfile: 'nginx', haproxy: 'ini' },
  },
  // Addresses of a gateway that the reader runs.
  ignoreDeadLinks: 'localhostLinks',
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  vite: { esbuild: { tsconfigRaw: '{}' } },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: sections
      .filter(({ nav }) => nav !== undefined)
      .map(({ nav, pages }) => ({ text: nav, link: `/${pages[0].address}` })),
    sidebar: sections.map(({ title, pages }) => ({
      text: title,
      collapsed: ['Decisions', 'Packages', 'Examples', 'Project'].includes(title),
      items: pages.map((page) => ({ text: page.title, link: `/${page.address}` })),
    })),
  },
});

import type { IncomingMessage } from 'node:http';
import { PAGE_POLICY } from '../browser/security-headers.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ESCAPES[sign] ?? '');

/** The icon of the gateway, as SVG. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#24506f"/><path d="M7 26V13l9-6 9 6v13M13 26v-7a3 3 0 0 1 6 0v7" fill="none" stroke="#fff" stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** The icon within a page, which needs no further request: `/favicon.ico` may be the frontend's. */
export const ICON_LINK = `<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">`;

const STYLE = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;font:1rem/1.5 system-ui,sans-serif;background:Canvas;color:CanvasText}
main{box-sizing:border-box;width:100%;max-width:30rem;padding:2rem}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .75rem}
p{margin:0 0 1rem}
a{display:inline-block;padding:.625rem 1rem;border:1px solid CanvasText;border-radius:.5rem;color:CanvasText;text-decoration:none}
p a:first-child{background:CanvasText;color:Canvas}
a:focus-visible{outline:3px solid Highlight;outline-offset:2px}
main:has(dl){max-width:48rem}
dt{margin-top:1rem;font-weight:600;overflow-wrap:anywhere}
dd{margin:0}
dt a{display:inline;padding:0;border:0;color:LinkText;text-decoration:underline}
small{display:block;margin-top:1.5rem;overflow-wrap:anywhere}`;

export interface PageContent {
  readonly title: string;
  readonly text: string;
  /** Links, the most likely first. */
  readonly links?: readonly { readonly href: string; readonly text: string }[];
  /** Entries that each have a page of their own. */
  readonly entries?: readonly { readonly href: string; readonly name: string; readonly text: string }[];
  /** A note in small print. */
  readonly note?: string;
}

const toEntries = (entries: NonNullable<PageContent['entries']>): string =>
  `<dl>
${entries
  .map(
    ({ href, name, text }) =>
      `<dt><a href="${escape(href)}">${escape(name)}</a></dt>\n<dd>${escape(text)}</dd>`,
  )
  .join('\n')}
</dl>`;

const toLinks = (links: NonNullable<PageContent['links']>): string =>
  `<p>${links.map(({ href, text }) => `<a href="${escape(href)}">${escape(text)}</a>`).join('\n')}</p>`;

/** Renders a page; every part is escaped. */
export function toPage({ title, text, links, entries, note }: PageContent): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
${ICON_LINK}
<style>${STYLE}</style>
</head>
<body>
<main>
<h1>${escape(title)}</h1>
<p>${escape(text)}</p>
${links ? toLinks(links) : ''}
${entries ? toEntries(entries) : ''}
${note === undefined ? '' : `<small>${escape(note)}</small>`}
</main>
</body>
</html>
`;
}

/** Whether a caller accepts HTML, as browsers do and programs do not. */
export const wantsPage = ({ accept }: IncomingMessage['headers']): boolean =>
  accept?.includes('text/html') === true;

export const PAGE_TYPE = 'text/html; charset=utf-8';

/**
 * Headers of the gateway's pages, which isolate them from their opener. Only pages have them: on a redirect the opener
 * policy would separate a sign-in popup from the application that opened it.
 */
export const PAGE_HEADERS = {
  'Content-Security-Policy': PAGE_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
};

import type { IncomingMessage } from 'node:http';

type Headers = IncomingMessage['headers'];

/** In which frames a navigation may act: in none, in those of pages of our own site, or in any. */
export type Frames = 'none' | 'same-site' | 'any';

const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;
const AHEAD = /prefetch|prerender|preview/i;

/** Whether a browser, or the router of Next.js, only looks ahead: nobody has gone anywhere yet. */
export const isPrefetch = (headers: Headers): boolean =>
  PURPOSES.some((name) => AHEAD.test(String(headers[name]))) ||
  headers['next-router-prefetch'] !== undefined ||
  headers['rsc'] !== undefined;

/**
 * Whether a browser goes where the request leads (Fetch metadata). Images, scripts and `fetch` do not; a caller without
 * such headers is no browser of today and counts as going. Node's own `fetch` says the mode `cors` of itself, which of a
 * browser comes with another destination.
 */
export function isNavigation(headers: Headers, frames: Frames): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest, 'sec-fetch-site': site } = headers;
  const isNode = mode === 'cors' && (dest === 'document' || (dest === undefined && site === undefined));
  if (mode !== undefined && mode !== 'navigate' && !isNode) return false;
  if (dest !== 'iframe') return dest === undefined || dest === 'document';
  return frames === 'any' || (frames === 'same-site' && (site === 'same-origin' || site === 'same-site'));
}

/**
 * Whether a browser says that a person goes to this page, in a window of its own (Fetch Metadata §2): no script, no image
 * and no frame can send these headers.
 */
export const isDocumentNavigation = ({
  headers,
  method,
}: Pick<IncomingMessage, 'headers' | 'method'>): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document';

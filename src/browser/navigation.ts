import type { IncomingMessage } from 'node:http';

type Headers = IncomingMessage['headers'];

/** The frames in which a navigation may have effects: none, those of same-site pages, or any. */
export type Frames = 'none' | 'same-site' | 'any';

const PURPOSES = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'] as const;
const AHEAD = /prefetch|prerender|preview/i;

/** Whether a request is a prefetch, by a browser or by the router of Next.js. */
export const isPrefetch = (headers: Headers): boolean =>
  PURPOSES.some((name) => AHEAD.test(String(headers[name]))) ||
  headers['next-router-prefetch'] !== undefined ||
  headers['rsc'] !== undefined;

/**
 * Whether a request is a navigation (Fetch metadata); images, scripts and `fetch` are not. A caller without these headers
 * is not a current browser and counts as navigating. Node's `fetch` sends the mode `cors` too; in a browser it comes with
 * another destination.
 */
export function isNavigation(headers: Headers, frames: Frames): boolean {
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': dest, 'sec-fetch-site': site } = headers;
  const isNode = mode === 'cors' && (dest === 'document' || (dest === undefined && site === undefined));
  if (mode !== undefined && mode !== 'navigate' && !isNode) return false;
  if (dest !== 'iframe') return dest === undefined || dest === 'document';
  return frames === 'any' || (frames === 'same-site' && (site === 'same-origin' || site === 'same-site'));
}

/**
 * Whether a request is a user's top-level navigation to a page (Fetch Metadata §2). Scripts, images and frames cannot send
 * these headers.
 */
export const isDocumentNavigation = ({
  headers,
  method,
}: Pick<IncomingMessage, 'headers' | 'method'>): boolean =>
  (method === 'GET' || method === 'HEAD') &&
  headers['sec-fetch-mode'] === 'navigate' &&
  headers['sec-fetch-dest'] === 'document';

import type { IncomingMessage } from 'node:http';

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

import type { IncomingMessage } from 'node:http';

/**
 * node's own http module. An `import` of it reads each of its exports, and one of them loads node's whole HTTP
 * client for `fetch` and WebSocket: a start would take 30 ms longer.
 */
export const { createServer, validateHeaderName, validateHeaderValue } =
  process.getBuiltinModule('node:http');

/** Whether the server has taken the upgrade that a request offers. Node sets this; its types do not have it. */
export const isUpgraded = (request: Pick<IncomingMessage, 'headers'>): boolean =>
  (request as { readonly upgrade?: boolean }).upgrade === true;

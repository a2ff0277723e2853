import type { IncomingMessage } from 'node:http';

/** Whether the server has taken the upgrade that a request offers. Node sets this; its types do not have it. */
export const isUpgraded = (request: Pick<IncomingMessage, 'headers'>): boolean =>
  (request as { readonly upgrade?: boolean }).upgrade === true;

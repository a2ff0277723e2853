import type { IncomingMessage } from 'node:http';

/** Whether the server accepted the upgrade of a request. Node sets this property; its types lack it. */
export const isUpgraded = (request: Pick<IncomingMessage, 'headers'>): boolean =>
  (request as { readonly upgrade?: boolean }).upgrade === true;

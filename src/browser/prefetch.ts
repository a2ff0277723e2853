import type { IncomingMessage } from 'node:http';

/** Whether a browser only looks ahead: nobody has gone anywhere yet, so nothing may begin or end. */
export const isPrefetch = (headers: IncomingMessage['headers']): boolean =>
  [headers['sec-purpose'], headers['purpose'], headers['x-moz']].some((value) =>
    String(value).includes('prefetch'),
  );

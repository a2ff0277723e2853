import type { IncomingMessage } from 'node:http';

/** The path of a request target without its query, also for an absolute target (RFC 9112 §3.2.2). */
export function pathOf(request: IncomingMessage): string {
  const target = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '');
  const path = target.split(/[?#]/, 1)[0] ?? '';
  return path === '' ? '/' : path;
}

/** Whether a path belongs to the control API or the console, as the router matches it. */
export const isControlPath = (path: string): boolean => /^\/(?:(?:_tenant|console)(?:\/.*)?)?$/i.test(path);

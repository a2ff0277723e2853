import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';

/** The middleware signature that Express and node's own server share. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** The scheme of a request's connection. */
export const schemeOf = (request: IncomingMessage): 'http' | 'https' =>
  (request.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';

/**
 * Prevents DNS rebinding: without it, a web page could reach the tenant on loopback under a host name of its own.
 * Refuses a request whose Host is missing, repeated, or not loopback with the tenant's port, and an absolute request
 * target for another authority, which takes precedence over Host (RFC 9112 §3.2.2). `allowRemote` disables only the
 * check of the name.
 */
export function createHostGuard(options: {
  readonly allowRemote: boolean;
  readonly port: () => number;
}): Middleware {
  return (request, response, next) => {
    const hosts = request.headersDistinct.host ?? [];
    const host = hosts[0]?.toLowerCase();
    if (hosts.length !== 1 || host === undefined || host === '' || !hasAuthority(request, host)) {
      refuse(
        response,
        400,
        'a request needs exactly one Host header, and a request target for the same host',
      );
      return;
    }
    if (!options.allowRemote && !isLoopback(host, options.port(), schemeOf(request))) {
      refuse(
        response,
        403,
        `this tenant accepts only the hosts ${LOOPBACK_NAMES.join(', ')} with port ${options.port()} ` +
          '(TENANT_ALLOW_REMOTE=true disables this check on a demo network)',
      );
      return;
    }
    next();
  };
}

/** Whether a lower-case Host header names loopback and the tenant's port. */
export function isLoopback(host: string, port: number, scheme: 'http' | 'https'): boolean {
  const isDefaultPort = port === (scheme === 'https' ? 443 : 80);
  return LOOPBACK_NAMES.some((name) => host === `${name}:${port}` || (isDefaultPort && host === name));
}

function hasAuthority(request: IncomingMessage, host: string): boolean {
  const target = request.url ?? '';
  if (target.startsWith('/') || target === '*') return true;
  return /^https?:\/\/([^/?#]*)/i.exec(target)?.[1]?.toLowerCase() === host;
}

function refuse(response: ServerResponse, status: number, rule: string): void {
  response
    .writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' })
    .end(`Refused: ${rule}.\n`);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type Access, isKnownHost, LOOPBACK_NAMES } from './access.ts';

/** The middleware signature that Express and node's own server share. */
export type Middleware = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** The scheme of a request's connection. */
export const schemeOf = (request: IncomingMessage): 'http' | 'https' =>
  (request.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';

/**
 * Prevents DNS rebinding: without it, a web page could reach the tenant on loopback under a host name of its own.
 * Refuses a request whose Host is missing, repeated, or not a known name with the tenant's port, and an absolute
 * request target for another authority, which takes precedence over Host (RFC 9112 §3.2.2). A demo network disables
 * only the check of the name.
 */
export function createHostGuard(access: Access): Middleware {
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
    if (access.controlToken === undefined && !isKnownHost(host, access, schemeOf(request))) {
      const names = [...new Set([access.domain, ...LOOPBACK_NAMES])].join(', ');
      refuse(
        response,
        403,
        `this tenant accepts only the hosts ${names} with port ${access.port} (TENANT_DOMAIN adds a name, ` +
          'TENANT_ALLOW_REMOTE=true disables this check on a demo network)',
      );
      return;
    }
    next();
  };
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

import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';

/** A name or an address, and perhaps a port (RFC 9110 §7.2), without what a URL parser might take for something else. */
const hostPattern = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

const refuse = (reason: string): never => {
  throw new GatewayError('invalid_request', { reason });
};

/** Exactly one Host (RFC 9112 §3.2), but for HTTP/1.0. */
function requireHost({ headers: { host }, httpVersion }: IncomingMessage, count: number): void {
  if (host === undefined && httpVersion === '1.0') return;
  if (host === undefined || count !== 1 || !hostPattern.test(host)) refuse('host');
}

/** A body that we and whoever stands in front of us must measure alike (RFC 9112 §6.1). */
function requireTransferCoding({ headers, httpVersion }: IncomingMessage): void {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return;
  if (httpVersion !== '1.1' || coding.toLowerCase() !== 'chunked') refuse('transfer-encoding');
}

export const noUpgrade = { detail: 'No protocol upgrade is offered here.', reason: 'upgrade' } as const;

/** A WebSocket's opening handshake (RFC 6455 §4.1), as the server's parser has seen it; any other upgrade is refused. */
export function isWebSocketUpgrade(request: IncomingMessage): boolean {
  const { headers, method, httpVersion } = request;
  // Set by Node where the connection has been taken from its parser; its types do not have it.
  const { upgrade } = request as IncomingMessage & { readonly upgrade?: boolean };
  return (
    upgrade === true &&
    method === 'GET' &&
    httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0'
  );
}

/**
 * Refuses a request that two readers could understand in two ways. Node keeps the first of several equal headers, which
 * only the raw ones tell.
 * @returns how many `Authorization` headers there are: the row says how it refuses more than one
 * @throws GatewayError `invalid_request`
 */
export function requireSoundFraming(request: IncomingMessage): number {
  const { rawHeaders } = request;
  let hosts = 0;
  let contentTypes = 0;
  let authorizations = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    // The lengths first: this runs for every header of every request.
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
    else if (name.length === 12 && name.toLowerCase() === 'content-type') contentTypes++;
    else if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations++;
  }
  requireHost(request, hosts);
  if (contentTypes > 1) refuse('content-type');
  requireTransferCoding(request);
  const { upgrade, expect } = request.headers;
  if (upgrade !== undefined && !isWebSocketUpgrade(request))
    throw new GatewayError('invalid_request', noUpgrade);
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') refuse('expect');
  return authorizations;
}

import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';

/** A name or an address with an optional port (RFC 9110 §7.2), without characters that URL parsers interpret. */
const HOST_PATTERN = /^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

const refuse = (reason: string): never => {
  throw new GatewayError('invalid_request', { reason });
};

/** Requires exactly one Host (RFC 9112 §3.2), except with HTTP/1.0. */
function requireHost({ headers: { host }, httpVersion }: IncomingMessage, count: number): void {
  if (host === undefined && httpVersion === '1.0') return;
  if (host === undefined || count !== 1 || !HOST_PATTERN.test(host)) refuse('host');
}

/** Requires framing that the gateway and every proxy interpret in the same way (RFC 9112 §6.1). */
function requireTransferCoding({ headers, httpVersion }: IncomingMessage): void {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return;
  if (httpVersion !== '1.1' || coding.toLowerCase() !== 'chunked') refuse('transfer-encoding');
}

/** Refuses other versions than HTTP/1.0 and 1.1, which Node's parser accepts (RFC 9110 §15.6.6). */
export function requireHttpVersion({ httpVersion }: IncomingMessage): void {
  if (httpVersion !== '1.1' && httpVersion !== '1.0') throw new GatewayError('http_version_not_supported');
}

/**
 * Refuses a request with ambiguous framing. Reads the raw headers, since Node keeps only the first of repeated ones.
 * @returns the number of `Authorization` headers; the row decides how to refuse more than one
 * @throws GatewayError `invalid_request`
 */
export function requireValidFraming(request: IncomingMessage): number {
  const { rawHeaders } = request;
  let hosts = 0;
  let contentTypes = 0;
  let authorizations = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    // Compares the lengths first: this runs for every header of every request.
    if (name.length === 4 && name.toLowerCase() === 'host') hosts++;
    else if (name.length === 12 && name.toLowerCase() === 'content-type') contentTypes++;
    else if (name.length === 13 && name.toLowerCase() === 'authorization') authorizations++;
  }
  requireHost(request, hosts);
  if (contentTypes > 1) refuse('content-type');
  requireTransferCoding(request);
  const { expect } = request.headers;
  if (expect !== undefined && expect.toLowerCase() !== '100-continue') refuse('expect');
  return authorizations;
}

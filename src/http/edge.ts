import type { IncomingMessage, ServerResponse } from 'node:http';
import { GatewayError } from '../errors.ts';
import { toCorsHeaders } from './cors.ts';
import { type Exchange, isHeaderDoubled, setExchange } from './exchange.ts';
import type { InFlight } from './in-flight.ts';
import type { Origins } from './origins.ts';
import { parseRequestTarget } from './request-target.ts';

export interface EdgeOptions {
  readonly toRequestId: (received: string | undefined) => string;
  readonly toClientAddress: (request: IncomingMessage) => string;
  readonly origins: Origins;
  readonly inFlight: InFlight;
}

const KNOWN_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const RETRY_WHEN_OVERLOADED_S = 1;

/** The host of a request (RFC 9112 §3.2): exactly one Host header, but for HTTP/1.0. */
function requireHost(request: IncomingMessage): string {
  const { host } = request.headers;
  if (host === undefined && request.httpVersion === '1.0') return '';
  if (!host || isHeaderDoubled(request, 'host'))
    throw new GatewayError('invalid_request', { reason: 'host' });
  return host;
}

/** The one middleware before all others: gives the request its exchange, and judges its outer form. */
export function createEdge({ toRequestId, toClientAddress, origins, inFlight }: EdgeOptions) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const received = request.headers['x-request-id'];
    const exchange: Exchange = {
      id: toRequestId(typeof received === 'string' ? received : undefined),
      ip: toClientAddress(request),
      startedAtMs: performance.now(),
      path: '',
      query: '',
      cors: undefined,
      route: undefined,
      errorShape: 'problem',
      caller: undefined,
      refused: undefined,
      reason: undefined,
      code: undefined,
    };
    setExchange(response, exchange);
    const mayEnter = inFlight.enter();
    exchange.cors = toCorsHeaders(origins, request.headers.origin);
    if (!mayEnter) throw new GatewayError('overloaded', { retryAfterS: RETRY_WHEN_OVERLOADED_S });
    const host = requireHost(request);
    if (request.method === 'TRACE')
      throw new GatewayError('method_not_allowed', { headers: { Allow: KNOWN_METHODS } });
    if (request.headers.upgrade !== undefined) {
      throw new GatewayError('invalid_request', {
        detail: 'No protocol upgrade is offered here.',
        reason: 'upgrade',
      });
    }
    if (request.method === 'OPTIONS' && request.url === '*') exchange.path = '*';
    else {
      const target = parseRequestTarget(request.url ?? '', host);
      exchange.path = target.path;
      exchange.query = target.query;
    }
    next();
  };
}

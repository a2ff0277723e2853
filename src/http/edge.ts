import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { toCorsHeaders } from '../browser/cors.ts';
import type { Origins } from '../browser/origins.ts';
import { GatewayError } from '../errors.ts';
import { isUpgraded } from '../lib/node-http.ts';
import type { Places, Shortage } from '../limits/places.ts';
import type { Tracing } from '../observe/tracing.ts';
import type { Dispatch } from './dispatch.ts';
import { type Exchange, setExchange } from './exchange.ts';
import { requireHttpVersion, requireValidFraming } from './framing.ts';
import { HEALTH_PATHS } from './health-routes.ts';
import { parseRequestTarget } from './request-target.ts';

export interface EdgeOptions {
  readonly toRequestId: (received: string | undefined) => string;
  readonly toClientAddress: (request: IncomingMessage) => string;
  readonly origins: Origins;
  /** Places of all requests in flight. */
  readonly inFlight: Places;
  readonly findRow: Dispatch['findRow'];
  readonly tracing?: Pick<Tracing, 'startRequest'> | undefined;
}

const KNOWN_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const RETRY_WHEN_OVERLOADED_S = 1;

const toOverload = (shortage: Shortage): GatewayError =>
  new GatewayError('overloaded', {
    retryAfterS: RETRY_WHEN_OVERLOADED_S,
    reason: shortage,
    ...(shortage === 'share' && {
      detail: 'Too many requests of this address are in progress: wait until some have ended.',
    }),
  });

/** Checks the framing of a request. The target comes early, since its row decides the shape of errors. */
function requireValidRequest(
  request: IncomingMessage,
  exchange: Exchange,
  findRow: EdgeOptions['findRow'],
): void {
  const { method = '', url = '', headers } = request;
  requireHttpVersion(request);
  if (method === 'OPTIONS' && url === '*') exchange.path = '*';
  else {
    const { path, query } = parseRequestTarget(url, headers.host ?? '');
    exchange.path = path;
    exchange.query = query;
    findRow(exchange, method);
  }
  exchange.authorizations = requireValidFraming(request);
  exchange.isUpgrade = isUpgraded(request);
  if (method === 'TRACE') throw new GatewayError('method_not_allowed', { headers: { Allow: KNOWN_METHODS } });
  exchange.isWellFramed = true;
}

/** The first middleware: creates the exchange of a request and checks its framing. */
export function createEdge(options: EdgeOptions) {
  const { toRequestId, toClientAddress, origins, inFlight, findRow, tracing } = options;
  const refused = new WeakSet<Socket>();

  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    // Bytes after a badly framed request may be part of it (RFC 9112 §9.6).
    if (refused.has(request.socket)) return;
    const received = request.headers['x-request-id'];
    const id = toRequestId(typeof received === 'string' ? received : undefined);
    const exchange: Exchange = {
      id,
      ip: toClientAddress(request),
      startedAtMs: performance.now(),
      path: '',
      query: '',
      isWellFramed: false,
      authorizations: 0,
      isUpgrade: false,
      isInFlight: true,
      cors: undefined,
      match: undefined,
      row: undefined,
      caller: undefined,
      refused: undefined,
      reason: undefined,
      code: undefined,
      span: tracing?.startRequest(id, request.headers),
    };
    setExchange(response, exchange);
    const shortage = inFlight.enter(exchange.ip);
    exchange.cors = toCorsHeaders(origins, request.headers.origin);
    try {
      requireValidRequest(request, exchange, findRow);
    } catch (error) {
      refused.add(request.socket);
      throw error;
    }
    if (shortage && !HEALTH_PATHS.has(exchange.path)) throw toOverload(shortage);
    if (exchange.span) exchange.span.run(next);
    else next();
  };
}

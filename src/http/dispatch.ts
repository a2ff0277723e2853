import type { IncomingMessage, ServerResponse } from 'node:http';
import { toPreflightHeaders } from '../browser/cors.ts';
import { GatewayError } from '../errors.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import type { AnyRoute } from './proxy-route.ts';
import { toFlatHeaders } from './reply.ts';
import { createRouteTable, type Match } from './route-table.ts';
import { type Fail, type Row, type RowOptions, toRow } from './row.ts';

const NO_WEB_SOCKET = { detail: 'This route does not accept WebSockets.', reason: 'upgrade' } as const;

export interface Dispatch {
  /** Finds the row of a request and stores it on the exchange: the only lookup, as soon as the path is known. */
  readonly findRow: (exchange: Exchange, method: string) => void;
  /** Calls the row. */
  readonly serve: (request: IncomingMessage, response: ServerResponse, fail: Fail) => void | Promise<void>;
}

const allowOf = (match: Match<Row>): string => {
  const methods = [...match.byMethod.keys()];
  if (match.byMethod.has('GET')) methods.push('HEAD');
  return [...methods, 'OPTIONS'].join(', ');
};

/** Routes each request to its row, by exact bytes, and calls the row. */
export function createDispatch(routes: readonly AnyRoute[], options: RowOptions): Dispatch {
  const { writer, csrf } = options;
  const table = createRouteTable(routes.map((route) => toRow(route, options)));

  function answerOptions(request: IncomingMessage, response: ServerResponse, exchange: Exchange): void {
    const { match } = exchange;
    if (!match && exchange.path !== '*') throw new GatewayError('not_found');
    const allow = match ? allowOf(match) : 'GET, HEAD, POST, OPTIONS';
    const preflightMethod = request.headers['access-control-request-method'];
    const isAllowed = exchange.cors?.includes('Access-Control-Allow-Origin');
    const row = match?.byMethod.get(preflightMethod === 'HEAD' ? 'GET' : (preflightMethod ?? ''));
    const headers =
      preflightMethod !== undefined && isAllowed
        ? toPreflightHeaders(allow, row?.corsAllow)
        : { Allow: allow };
    writer.write(response, exchange, { status: 204, body: '', headers: toFlatHeaders(headers) });
  }

  function serve(request: IncomingMessage, response: ServerResponse, fail: Fail): void | Promise<void> {
    const exchange = exchangeOf(response);
    if (request.method === 'OPTIONS') return answerOptions(request, response, exchange);
    const { match, row } = exchange;
    if (!match) throw new GatewayError('not_found');
    if (!row) throw new GatewayError('method_not_allowed', { headers: { Allow: allowOf(match) } });
    if (exchange.isUpgrade && !row.isWebSocket) throw new GatewayError('invalid_request', NO_WEB_SOCKET);
    if (row.requiresCsrfHeader && csrf.hasSessionCookie(request.headers)) csrf.requireCsrfHeader(request);
    if (!row.authorize) {
      // Guards refuse this themselves, with a challenge.
      if (exchange.authorizations > 1) throw new GatewayError('invalid_request', { reason: 'authorization' });
      return row.serve(match.params, request, response, exchange, fail);
    }
    const checked = row.authorize(request);
    if (checked instanceof Promise) {
      return checked.then((caller) => {
        exchange.caller = caller;
        return row.serve(match.params, request, response, exchange, fail);
      });
    }
    exchange.caller = checked;
    return row.serve(match.params, request, response, exchange, fail);
  }

  return {
    findRow(exchange, method) {
      exchange.match = table.find(exchange.path);
      exchange.row = exchange.match?.byMethod.get(method === 'HEAD' ? 'GET' : method);
    },
    serve,
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { toPreflightHeaders } from '../browser/cors.ts';
import type { CookieProof } from '../browser/csrf.ts';
import { GatewayError } from '../errors.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { createLocalRow, type LimitCaller } from './local-row.ts';
import { type AnyRoute, isProxied, type ProxyRoute } from './proxy-route.ts';
import { toFlatHeaders, type Writer } from './reply.ts';
import type { Caller, MakeGuard } from './route.ts';
import { createRouteTable, type Match } from './route-table.ts';

export interface DispatchOptions {
  readonly makeGuard: MakeGuard;
  /** What a request with the session's cookie has to show; guards ask for it by themselves. */
  readonly proof: CookieProof;
  readonly defaultAudience: string;
  readonly writer: Writer;
  readonly limitCaller: LimitCaller | undefined;
}

const noWebSocket = { detail: 'This route takes no WebSocket.', reason: 'upgrade' } as const;

type Fail = (error: unknown) => void;
type Verdict = Caller | undefined;

interface Row {
  readonly method: string;
  readonly path: string;
  readonly guard: ((request: IncomingMessage) => Verdict | Promise<Verdict>) | undefined;
  /** Public, and yet a request with the session's cookie must show that a page of ours sent it. */
  readonly isProofAsked: boolean;
  readonly isWebSocket: boolean;
  readonly isLoginOffered: boolean;
  readonly corsAllow: readonly string[];
  readonly serve: (
    params: Match<Row>['params'],
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
    fail: Fail,
  ) => void | Promise<void>;
}

function toProxiedRow(route: ProxyRoute, limitCaller: LimitCaller | undefined): Row['serve'] {
  const limit = route.limit ?? (limitCaller && (({ caller }) => (caller ? limitCaller(caller) : undefined)));
  return (_params, request, response, exchange, fail) => {
    const charged = limit?.(exchange);
    if (!charged) return route.serve({ request, response, exchange, headers: [], fail });
    return charged.then((left) =>
      route.serve({ request, response, exchange, headers: toFlatHeaders(left), fail }),
    );
  };
}

function toGuard(route: AnyRoute, { makeGuard, proof, defaultAudience }: DispatchOptions): Row['guard'] {
  const { guard, audience = defaultAudience, path } = route;
  if (guard !== 'public') return makeGuard(guard, audience, path, isProxied(route) ? route : undefined);
  if (!route.takesBearer) return undefined;
  const judge = makeGuard({}, audience, path);
  return (request) => {
    if (request.headers.authorization !== undefined) return judge(request);
    if (proof.isCarried(request.headers)) proof.require(request);
    return undefined;
  };
}

/** A foreign page can make a browser send its cookie anywhere; where that could do something, it must be ours. */
const isProofAsked = (route: AnyRoute): boolean =>
  route.guard === 'public' &&
  !route.takesBearer &&
  (route.readsSession === true || route.method !== 'GET') &&
  !('isNavigation' in route && route.isNavigation);

function toRow(route: AnyRoute, options: DispatchOptions): Row {
  const { method, path, guard } = route;
  const { limitCaller, writer } = options;
  const limit = guard === 'public' ? undefined : limitCaller;
  return {
    method,
    path,
    guard: toGuard(route, options),
    isProofAsked: isProofAsked(route),
    isWebSocket: isProxied(route) && route.isWebSocket === true,
    isLoginOffered: isProxied(route) && route.isLoginOffered === true,
    corsAllow: (isProxied(route) && route.corsAllow) || [],
    serve: isProxied(route) ? toProxiedRow(route, limit) : createLocalRow(route, writer, limit),
  };
}

const allowOf = (match: Match<Row>): string => {
  const methods = [...match.byMethod.keys()];
  if (match.byMethod.has('GET')) methods.push('HEAD');
  return [...methods, 'OPTIONS'].join(', ');
};

/** Leads each request to its row, byte for byte, and has the row answer it. */
export function createDispatch(routes: readonly AnyRoute[], options: DispatchOptions) {
  const { writer, proof } = options;
  const table = createRouteTable(routes.map((route) => toRow(route, options)));

  function answerOptions(request: IncomingMessage, response: ServerResponse, exchange: Exchange): void {
    const match = exchange.path === '*' ? undefined : table.find(exchange.path);
    if (!match && exchange.path !== '*') throw new GatewayError('not_found');
    const allow = match ? allowOf(match) : 'GET, HEAD, POST, OPTIONS';
    const asked = request.headers['access-control-request-method'];
    const isAllowed = exchange.cors?.includes('Access-Control-Allow-Origin');
    const row = match?.byMethod.get(asked === 'HEAD' ? 'GET' : (asked ?? ''));
    const headers =
      asked !== undefined && isAllowed ? toPreflightHeaders(allow, row?.corsAllow) : { Allow: allow };
    writer.write(response, exchange, { status: 204, body: '', headers: toFlatHeaders(headers) });
  }

  return (request: IncomingMessage, response: ServerResponse, fail: Fail): void | Promise<void> => {
    const exchange = exchangeOf(response);
    if (request.method === 'OPTIONS') return answerOptions(request, response, exchange);
    const match = table.find(exchange.path);
    if (!match) throw new GatewayError('not_found');
    const row = match.byMethod.get(request.method === 'HEAD' ? 'GET' : (request.method ?? ''));
    if (!row) throw new GatewayError('method_not_allowed', { headers: { Allow: allowOf(match) } });
    exchange.route = row.path;
    exchange.isLoginOffered = row.isLoginOffered;
    if (exchange.isUpgrade && !row.isWebSocket) throw new GatewayError('invalid_request', noWebSocket);
    if (row.isProofAsked && proof.isCarried(request.headers)) proof.require(request);
    if (!row.guard) {
      // A guard refuses this itself, with its challenge.
      if (exchange.authorizations > 1) throw new GatewayError('invalid_request', { reason: 'authorization' });
      return row.serve(match.params, request, response, exchange, fail);
    }
    const verdict = row.guard(request);
    if (verdict instanceof Promise) {
      return verdict.then((caller) => {
        exchange.caller = caller;
        return row.serve(match.params, request, response, exchange, fail);
      });
    }
    exchange.caller = verdict;
    return row.serve(match.params, request, response, exchange, fail);
  };
}

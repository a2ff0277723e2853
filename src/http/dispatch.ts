import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { GatewayError } from '../errors.ts';
import { RecentMap } from '../lib/recent-map.ts';
import { type BodyReader, createBodyReader, toBodyLimit } from './body.ts';
import { toPreflightHeaders } from './cors.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { parseParameters } from './parameters.ts';
import { toFlatHeaders, type Writer } from './reply.ts';
import type { Caller, Guard, MakeGuard, Reply, Route } from './route.ts';
import { createRouteTable, type Match } from './route-table.ts';
import { parseInput } from './validation.ts';

/** Charges a caller for one call of a resource route; the headers tell what is left. */
export type LimitCaller = (caller: Caller) => Promise<Readonly<Record<string, string>>>;

export interface DispatchOptions {
  readonly makeGuard: MakeGuard;
  readonly defaultAudience: string;
  readonly writer: Writer;
  readonly limitCaller: LimitCaller | undefined;
}

interface Row {
  readonly method: string;
  readonly path: string;
  readonly route: Route;
  readonly guard: Guard | undefined;
  readonly limitCaller: LimitCaller | undefined;
  /** Undefined where any query will do. */
  readonly query: z.ZodType | undefined;
  readonly readBody: BodyReader | undefined;
  readonly headers: readonly string[];
  /** Answers of a pure row by raw query. */
  readonly memo: RecentMap<string, Buffer> | undefined;
}

const MEMO_ENTRIES = 2048;
const MEMO_MAX_QUERY = 512;
const noQuery = z.strictObject({});
const noStore = ['Cache-Control', 'no-store'] as const;

function toRow(route: Route, { makeGuard, defaultAudience, limitCaller }: DispatchOptions): Row {
  const isPublic = route.guard === 'public';
  return {
    method: route.method,
    path: route.path,
    route,
    guard:
      route.guard === 'public'
        ? undefined
        : makeGuard(route.guard, route.audience ?? defaultAudience, route.path),
    limitCaller: isPublic ? undefined : limitCaller,
    query: route.query ?? (route.isNavigation ? undefined : noQuery),
    readBody: route.body && createBodyReader(route.bodyTypes ?? ['json'], toBodyLimit(route.path)),
    headers: route.path.startsWith('/v1/') ? noStore : [],
    memo: route.pure && new RecentMap(MEMO_ENTRIES),
  };
}

/** A reply as bytes, its body parsed through the row's response schema so that no unknown key leaks. */
function toBytes(route: Route, reply: Reply): Buffer {
  const { body } = reply;
  if (body === undefined) return Buffer.alloc(0);
  if (Buffer.isBuffer(body)) return body;
  const doc = route.responses[reply.status];
  if (typeof body === 'string' && doc?.contentType) return Buffer.from(body);
  return Buffer.from(JSON.stringify(doc?.schema ? doc.schema.parse(body) : body));
}

/** Where a cookie is set, nothing is stored; below `/v1` nothing is anyway. */
function toCookieHeaders({ cookies }: Reply, row: Row): string[] {
  if (!cookies) return [];
  const headers = cookies.flatMap((cookie) => ['Set-Cookie', cookie]);
  return row.headers === noStore ? headers : [...headers, ...noStore];
}

const allowOf = (match: Match<Row>): string => {
  const methods = [...match.byMethod.keys()];
  if (match.byMethod.has('GET')) methods.push('HEAD');
  return [...methods, 'OPTIONS'].join(', ');
};

/** Leads each request to its row, byte for byte, and writes what the row's handler returns. */
export function createDispatch(routes: readonly Route[], options: DispatchOptions) {
  const { writer } = options;
  const table = createRouteTable(routes.map((route) => toRow(route, options)));

  function answerOptions(request: IncomingMessage, response: ServerResponse, exchange: Exchange): void {
    const match = exchange.path === '*' ? undefined : table.find(exchange.path);
    if (!match && exchange.path !== '*') throw new GatewayError('not_found');
    const allow = match ? allowOf(match) : 'GET, HEAD, POST, OPTIONS';
    const isPreflight = request.headers['access-control-request-method'] !== undefined;
    const isAllowed = exchange.cors?.includes('Access-Control-Allow-Origin');
    const headers = isPreflight && isAllowed ? toPreflightHeaders(allow) : { Allow: allow };
    writer.write(response, exchange, { status: 204, body: '', headers: toFlatHeaders(headers) });
  }

  async function callHandler(
    row: Row,
    params: Readonly<Record<string, string>>,
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
  ): Promise<void> {
    const { route, memo } = row;
    const limit = row.limitCaller && exchange.caller && (await row.limitCaller(exchange.caller));
    const known = memo?.get(exchange.query);
    if (known) {
      writer.write(response, exchange, {
        status: 200,
        body: known,
        headers: [...row.headers, ...toFlatHeaders(limit)],
      });
      return;
    }
    const query = row.query && parseInput(row.query, parseParameters(exchange.query));
    const body = row.readBody && route.body && parseInput(route.body, await row.readBody(request, response));
    const info = { id: exchange.id, ip: exchange.ip, headers: request.headers };
    // Parsed by the row's own schemas just above; the row's types were checked by defineRoute.
    const input = { params, query, body, caller: exchange.caller, request: info } as never;
    const reply = await route.handler(input);
    const bytes = toBytes(route, reply);
    if (memo && reply.status === 200 && exchange.query.length <= MEMO_MAX_QUERY)
      memo.set(exchange.query, bytes);
    writer.write(response, exchange, {
      status: reply.status,
      body: bytes,
      contentType: route.responses[reply.status]?.contentType,
      headers: [
        ...row.headers,
        ...toFlatHeaders(limit),
        ...toFlatHeaders(reply.headers),
        ...toCookieHeaders(reply, row),
      ],
    });
  }

  function serve(
    row: Row,
    params: Match<Row>['params'],
    request: IncomingMessage,
    response: ServerResponse,
  ): void | Promise<void> {
    const exchange = exchangeOf(response);
    // The hot path: no promise where none is needed.
    const known = row.limitCaller ? undefined : row.memo?.get(exchange.query);
    if (!known) return callHandler(row, params, request, response, exchange);
    writer.write(response, exchange, { status: 200, body: known, headers: row.headers });
  }

  return (request: IncomingMessage, response: ServerResponse): void | Promise<void> => {
    const exchange = exchangeOf(response);
    if (request.method === 'OPTIONS') return answerOptions(request, response, exchange);
    const match = table.find(exchange.path);
    if (!match) throw new GatewayError('not_found');
    const row = match.byMethod.get(request.method === 'HEAD' ? 'GET' : (request.method ?? ''));
    if (!row) throw new GatewayError('method_not_allowed', { headers: { Allow: allowOf(match) } });
    exchange.route = row.path;
    if (!row.guard) {
      // A guard refuses this itself, with its challenge.
      if (exchange.authorizations > 1) throw new GatewayError('invalid_request', { reason: 'authorization' });
      return serve(row, match.params, request, response);
    }
    const verdict = row.guard(request);
    if (verdict instanceof Promise) {
      return verdict.then((caller) => {
        exchange.caller = caller;
        return serve(row, match.params, request, response);
      });
    }
    exchange.caller = verdict;
    return serve(row, match.params, request, response);
  };
}

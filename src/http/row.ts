import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CookieProof } from '../browser/csrf.ts';
import type { createBrowserCheck } from './browser-check.ts';
import type { Exchange } from './exchange.ts';
import { createLocalRow, type LimitCaller } from './local-row.ts';
import { type AnyRoute, isProxied, type ProxyRoute } from './proxy-route.ts';
import { toFlatHeaders, type Writer } from './reply.ts';
import type { Caller, MakeGuard, Route } from './route.ts';

export interface RowOptions {
  readonly makeGuard: MakeGuard;
  /** What a request with the session's cookie has to show; guards ask for it by themselves. */
  readonly proof: CookieProof;
  readonly toBrowserCheck: ReturnType<typeof createBrowserCheck>;
  readonly defaultAudience: string;
  readonly writer: Writer;
  readonly limitCaller: LimitCaller | undefined;
}

export type Fail = (error: unknown) => void;
type Verdict = Caller | undefined;

/** A route as it serves: everything that a request asks of it, decided once at start. */
export interface Row {
  readonly method: string;
  readonly path: string;
  readonly guard: ((request: IncomingMessage) => Verdict | Promise<Verdict>) | undefined;
  /** Public, and yet a request with the session's cookie must show that a page of ours sent it. */
  readonly isProofAsked: boolean;
  /** Whether its answers may depend on the session's cookie. */
  readonly readsCookie: boolean;
  readonly isWebSocket: boolean;
  /** Whether a navigation without a session is sent to sign-in. */
  readonly isLoginOffered: boolean;
  /** Request headers that CORS allows beside the fixed ones. */
  readonly corsAllow: readonly string[];
  readonly errorShape: NonNullable<Route['errorShape']>;
  readonly serve: (
    params: Readonly<Record<string, string>>,
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
    fail: Fail,
  ) => void | Promise<void>;
}

function toProxiedServe(route: ProxyRoute, limitCaller: LimitCaller | undefined): Row['serve'] {
  const limit = route.limit ?? (limitCaller && (({ caller }) => (caller ? limitCaller(caller) : undefined)));
  return (_params, request, response, exchange, fail) => {
    const charged = limit?.(exchange);
    if (!charged) return route.serve({ request, response, exchange, headers: [], fail });
    return charged.then((left) =>
      route.serve({ request, response, exchange, headers: toFlatHeaders(left), fail }),
    );
  };
}

/** For a row that is answered here. */
function toLocalServe(route: Route, options: RowOptions, limit: LimitCaller | undefined): Row['serve'] {
  const serve = createLocalRow(route, options.writer, limit);
  const check = options.toBrowserCheck(route);
  if (!check) return serve;
  return (params, request, response, exchange) => {
    const early = check(request, exchange);
    if (!early) return serve(params, request, response, exchange);
    return options.writer.write(response, exchange, { ...early, body: '' });
  };
}

function toGuard(route: AnyRoute, { makeGuard, proof, defaultAudience }: RowOptions): Row['guard'] {
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

export function toRow(route: AnyRoute, options: RowOptions): Row {
  const { method, path, guard } = route;
  const limit = guard === 'public' ? undefined : options.limitCaller;
  return {
    method,
    path,
    guard: toGuard(route, options),
    isProofAsked: isProofAsked(route),
    readsCookie: guard !== 'public' || route.readsSession === true,
    isWebSocket: isProxied(route) && route.isWebSocket === true,
    isLoginOffered: isProxied(route) && route.isLoginOffered === true,
    corsAllow: (isProxied(route) && route.corsAllow) || [],
    errorShape: (isProxied(route) ? undefined : route.errorShape) ?? 'problem',
    serve: isProxied(route) ? toProxiedServe(route, limit) : toLocalServe(route, options, limit),
  };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CsrfCheck, RowTraits } from '../browser/csrf.ts';
import { type Origins, requireFriendlyOrigin } from '../browser/origins.ts';
import { GatewayError } from '../errors.ts';
import type { createBrowserCheck } from './browser-check.ts';
import type { Exchange } from './exchange.ts';
import { createLocalRow, type LimitCaller } from './local-row.ts';
import { type AnyRoute, isProxied, type ProxyRoute } from './proxy-route.ts';
import { toFlatHeaders, type Writer } from './reply.ts';
import {
  type Caller,
  type ErrorShape,
  isGuarded,
  type MakeGuard,
  type Route,
  toErrorShape,
} from './route.ts';

export interface RowOptions {
  readonly makeGuard: MakeGuard;
  readonly origins: Origins;
  /** What a request with the session's cookie has to show; guards ask for it by themselves. */
  readonly csrf: CsrfCheck;
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
  /** It has no guard, and yet a request with the session's cookie must show that a page of ours sent it. */
  readonly requiresCsrfHeader: boolean;
  /** Whether its answers may depend on the session's cookie. */
  readonly variesByCookie: boolean;
  readonly isWebSocket: boolean;
  /** Whether a navigation without a session is sent to sign-in. */
  readonly isLoginOffered: boolean;
  /** Request headers that CORS allows beside the fixed ones. */
  readonly corsAllow: readonly string[];
  readonly errorShape: ErrorShape;
  readonly serve: (
    params: Readonly<Record<string, string>>,
    request: IncomingMessage,
    response: ServerResponse,
    exchange: Exchange,
    fail: Fail,
  ) => void | Promise<void>;
}

/** Browsers cannot set headers on a WebSocket: where it comes from is all that tells. */
function requireWebSocketOrigin(origins: Origins, { headers }: IncomingMessage, { caller }: Exchange): void {
  requireFriendlyOrigin(origins, headers);
  if (caller?.kind === 'session' && headers.origin === undefined)
    throw new GatewayError('csrf_failed', { reason: 'origin' });
}

function toProxiedServe(
  route: ProxyRoute,
  origins: Origins,
  limitCaller: LimitCaller | undefined,
): Row['serve'] {
  const limit = route.limit ?? (limitCaller && (({ caller }) => (caller ? limitCaller(caller) : undefined)));
  return (_params, request, response, exchange, fail) => {
    if (exchange.isUpgrade) requireWebSocketOrigin(origins, request, exchange);
    const charged = limit?.(exchange);
    if (!charged) return route.serve({ request, response, exchange, headers: [], fail });
    return charged.then((left) =>
      route.serve({ request, response, exchange, headers: toFlatHeaders(left), fail }),
    );
  };
}

/**
 * Whether a browser may call a row from our own and listed origins only, also without a cookie (login CSRF): a row without a guard
 * that changes something, or that reads a credential from a header of its own.
 */
const isOriginChecked = ({ access, kind = 'api', method, requestHeaders }: Route): boolean =>
  kind === 'api' &&
  (access === 'public' || access === 'optional-session') &&
  (method !== 'GET' || requestHeaders !== undefined);

/** For a row that is answered here. */
function toLocalServe(route: Route, options: RowOptions, limit: LimitCaller | undefined): Row['serve'] {
  const { origins, writer } = options;
  const serve = createLocalRow(route, writer, limit);
  const check = options.toBrowserCheck(route);
  const checksOrigin = isOriginChecked(route);
  if (!check && !checksOrigin) return serve;
  return (params, request, response, exchange) => {
    const early = check?.(request, exchange);
    if (early) return writer.write(response, exchange, { ...early, body: '' });
    if (checksOrigin) requireFriendlyOrigin(origins, request.headers);
    return serve(params, request, response, exchange);
  };
}

function toTraits(route: AnyRoute): RowTraits | undefined {
  if (isProxied(route)) return route;
  return route.isEventStream ? { isStream: true, isWatch: true } : undefined;
}

function toGuard(route: AnyRoute, { makeGuard, csrf, defaultAudience }: RowOptions): Row['guard'] {
  const { access, audience = defaultAudience, path } = route;
  if (isGuarded(access)) return makeGuard(access, audience, path, toTraits(route));
  if (access !== 'optional') return undefined;
  const authorize = makeGuard({}, audience, path);
  return (request) => {
    if (request.headers.authorization !== undefined) return authorize(request);
    if (csrf.hasSessionCookie(request.headers)) csrf.requireCsrfHeader(request);
    return undefined;
  };
}

/** A foreign page can make a browser send its cookie anywhere; where that could do something, it must be ours. */
const requiresCsrfHeader = ({ access, kind, method }: AnyRoute): boolean =>
  kind !== 'page' && (access === 'optional-session' || (access === 'public' && method !== 'GET'));

export function toRow(route: AnyRoute, options: RowOptions): Row {
  const { method, path, access } = route;
  const limit = isGuarded(access) ? options.limitCaller : undefined;
  return {
    method,
    path,
    guard: toGuard(route, options),
    requiresCsrfHeader: requiresCsrfHeader(route),
    variesByCookie: access !== 'public',
    isWebSocket: isProxied(route) && route.isWebSocket === true,
    isLoginOffered: isProxied(route) && route.isLoginOffered === true,
    corsAllow: (isProxied(route) && route.corsAllow) || [],
    errorShape: isProxied(route) ? 'problem' : toErrorShape(route),
    serve: isProxied(route)
      ? toProxiedServe(route, options.origins, limit)
      : toLocalServe(route, options, limit),
  };
}

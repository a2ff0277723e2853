import type { IncomingMessage, ServerResponse } from 'node:http';
import type { CsrfCheck, RowTraits } from '../browser/csrf.ts';
import { type Origins, requireAllowedOrigin } from '../browser/origins.ts';
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
  /** The CSRF check for rows without a guard; guards do it themselves. */
  readonly csrf: CsrfCheck;
  readonly toBrowserCheck: ReturnType<typeof createBrowserCheck>;
  readonly defaultAudience: string;
  readonly writer: Writer;
  readonly limitCaller: LimitCaller | undefined;
}

export type Fail = (error: unknown) => void;
type GuardResult = Caller | undefined;

/** A route with everything that serving needs, derived once at start. */
export interface Row {
  readonly method: string;
  readonly path: string;
  readonly authorize: ((request: IncomingMessage) => GuardResult | Promise<GuardResult>) | undefined;
  /** A row without a guard that requires the CSRF header beside the session cookie. */
  readonly requiresCsrfHeader: boolean;
  /** Whether answers may depend on the session cookie. */
  readonly variesByCookie: boolean;
  readonly isWebSocket: boolean;
  /** Whether a navigation without a session is redirected to sign-in. */
  readonly isLoginOffered: boolean;
  /** Whether it refuses tokens from before permissions of their user were taken away. */
  readonly needsFreshPermissions: boolean;
  /** Additional request headers that CORS allows. */
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

/** Checks the origin of a WebSocket, on which browsers cannot set headers. */
function requireWebSocketOrigin(origins: Origins, { headers }: IncomingMessage, { caller }: Exchange): void {
  requireAllowedOrigin(origins, headers);
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
 * Whether a row accepts browsers only from the gateway's own and listed origins, even without a cookie (login CSRF): a row
 * without a guard that changes state, or that reads a credential from its own header.
 */
const isOriginChecked = ({ guard, kind = 'api', method, requestHeaders }: Route): boolean =>
  kind === 'api' &&
  (guard === 'public' || guard === 'optional-session') &&
  (method !== 'GET' || requestHeaders !== undefined);

/** Creates the handler of a local row. */
function toLocalServe(route: Route, options: RowOptions, limit: LimitCaller | undefined): Row['serve'] {
  const { origins, writer } = options;
  const serve = createLocalRow(route, writer, limit);
  const check = options.toBrowserCheck(route);
  const checksOrigin = isOriginChecked(route);
  if (!check && !checksOrigin) return serve;
  return (params, request, response, exchange) => {
    const early = check?.(request, exchange);
    if (early) return writer.write(response, exchange, { ...early, body: '' });
    if (checksOrigin) requireAllowedOrigin(origins, request.headers);
    return serve(params, request, response, exchange);
  };
}

function toTraits(route: AnyRoute): RowTraits | undefined {
  if (isProxied(route)) return route;
  return route.isEventStream ? { isStream: true, isWatch: true } : undefined;
}

function toAuthorize(route: AnyRoute, { makeGuard, csrf, defaultAudience }: RowOptions): Row['authorize'] {
  const { guard, audience = defaultAudience, path } = route;
  if (isGuarded(guard)) return makeGuard(guard, audience, path, toTraits(route));
  if (guard !== 'optional') return undefined;
  const authorizeBearer = makeGuard({}, audience, path);
  return (request) => {
    if (request.headers.authorization !== undefined) return authorizeBearer(request);
    if (csrf.hasSessionCookie(request.headers)) csrf.requireCsrfHeader(request);
    return undefined;
  };
}

/** Whether a row could be abused by a foreign page with the session cookie (CSRF). */
const requiresCsrfHeader = ({ guard, kind, method }: AnyRoute): boolean =>
  kind !== 'page' && (guard === 'optional-session' || (guard === 'public' && method !== 'GET'));

export function toRow(route: AnyRoute, options: RowOptions): Row {
  const { method, path, guard } = route;
  const limit = isGuarded(guard) ? options.limitCaller : undefined;
  return {
    method,
    path,
    authorize: toAuthorize(route, options),
    requiresCsrfHeader: requiresCsrfHeader(route),
    variesByCookie: guard !== 'public',
    isWebSocket: isProxied(route) && route.isWebSocket === true,
    isLoginOffered: isProxied(route) && route.isLoginOffered === true,
    needsFreshPermissions: isGuarded(guard) && guard.fresh_permissions === true,
    corsAllow: (isProxied(route) && route.corsAllow) || [],
    errorShape: isProxied(route) ? 'problem' : toErrorShape(route),
    serve: isProxied(route)
      ? toProxiedServe(route, options.origins, limit)
      : toLocalServe(route, options, limit),
  };
}

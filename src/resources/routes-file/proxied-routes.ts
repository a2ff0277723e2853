import type { LimitCall, ProxiedCall, ProxyRoute } from '../../http/proxy-route.ts';
import type { GuardRule } from '../../http/route.ts';
import type { Limits } from '../../limits/assemble.ts';
import type { ProxyTarget } from '../../proxy/proxy-target.ts';
import type { RoutesFileRow } from './routes-file-schema.ts';

const IDLE_MS = 30_000;
const STREAM_IDLE_MS = 300_000;

export interface ProxiedRoutesDeps {
  readonly createServe: (target: ProxyTarget) => (call: ProxiedCall) => void;
  readonly createRowLimiter: Limits['createRowLimiter'];
  /** `AUTH0_API_AUDIENCE` */
  readonly defaultAudience: string;
}

function toTarget(row: RoutesFileRow, defaultAudience: string): ProxyTarget {
  return {
    path: row.path,
    upstream: row.upstream,
    rewrite: row.rewrite,
    token: row.token,
    audience: row.audience ?? defaultAudience,
    timeoutMs: row.timeout_ms,
    idleTimeoutMs: row.idle_timeout_ms ?? (row.stream ? STREAM_IDLE_MS : IDLE_MS),
    retries: row.retry,
    maxBodyBytes: row.max_body,
    places: row.max_in_flight,
    isStream: row.stream,
    isWebSocket: row.websocket,
    cookies: row.cookies ?? [],
    passHeaders: row.pass_headers ?? [],
    exposeHeaders: row.cors?.expose ?? [],
    isFramingUpstreams: row.framing === 'upstream',
    keepAliveMs: row.keep_alive_ms,
  };
}

/** Counts by caller; where nobody is known, by address. */
function toLimit(
  { path, methods, limit, guard }: RoutesFileRow,
  deps: ProxiedRoutesDeps,
): LimitCall | undefined {
  if (!limit) return undefined;
  // Rows of one path are two rows still, each with its own count.
  const name = `route ${methods.join('|')} ${path}`;
  const limiter = deps.createRowLimiter(name, limit.per_caller, guard === 'public' ? 'address' : 'caller');
  return ({ caller, ip }) => limiter.charge(caller?.subject ?? ip);
}

const toOperationId = (method: string, path: string): string =>
  method.toLowerCase() +
  path.replace('*', 'rest').replaceAll(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase());

/** The rows of a routes file as the router and the API document want them: one for each method. */
export function proxiedRoutes(rows: readonly RoutesFileRow[], deps: ProxiedRoutesDeps): ProxyRoute[] {
  return rows.flatMap((row) => {
    const serve = deps.createServe(toTarget(row, deps.defaultAudience));
    const limit = toLimit(row, deps);
    return row.methods.map(
      (method): ProxyRoute => ({
        kind: 'proxy',
        method,
        path: row.path,
        // zod's optional members may be undefined; the rule's may only be absent, and mean the same.
        guard: row.guard as 'public' | GuardRule,
        ...(row.audience !== undefined && { audience: row.audience }),
        operationId: toOperationId(method, row.path),
        summary: row.summary ?? `${method} ${row.path}`,
        tag: 'Upstreams',
        responses: {
          200: { description: 'What the upstream answers, whatever its status' },
          ...(row.login === 'redirect' && method === 'GET' && { 303: TO_SIGN_IN }),
        },
        errors: ['payload_too_large', 'request_timeout', 'rate_limited', ...UPSTREAM_ERRORS],
        isStream: row.stream,
        isWebSocket: row.websocket,
        isSameOriginTrusted: row.csrf === 'same-origin',
        isLoginOffered: row.login === 'redirect',
        corsAllow: row.cors?.allow ?? [],
        limit,
        serve,
      }),
    );
  });
}

const TO_SIGN_IN = { description: "To sign-in and back: a browser's navigation without a session" };
const UPSTREAM_ERRORS = ['upstream_error', 'upstream_unavailable', 'upstream_timeout'] as const;

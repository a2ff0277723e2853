import type { LimitCall, ProxyRoute } from '../../http/proxy-route.ts';
import type { GuardRule } from '../../http/route.ts';
import type { Limits } from '../../limits/assemble.ts';
import type { Proxy } from '../../proxy/proxy.ts';
import type { ProxyTarget } from '../../proxy/proxy-target.ts';
import type { RoutesFileRow } from './routes-file-schema.ts';

const IDLE_MS = 30_000;
const STREAM_IDLE_MS = 300_000;

export interface ProxiedRoutesDeps {
  readonly createServe: Proxy['createServe'];
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

/** Counts by caller or, without a known caller, by address. */
function toLimit(
  { path, methods, limit, guard }: RoutesFileRow,
  deps: ProxiedRoutesDeps,
): LimitCall | undefined {
  if (!limit) return undefined;
  // Rows of the same path are separate rows, each with its own count.
  const name = `route ${methods.join('|')} ${path}`;
  const limiter = deps.createRowLimiter(name, limit.per_caller, guard === 'public' ? 'address' : 'caller');
  return ({ caller, ip }) => limiter.charge(caller?.subject ?? ip);
}

const toOperationId = (method: string, path: string): string =>
  method.toLowerCase() +
  path.replace('*', 'rest').replaceAll(/[^A-Za-z0-9]+(.?)/g, (_, next: string) => next.toUpperCase());

/** A row of a routes file as routes, one for each method. */
interface BuiltRow {
  readonly routes: readonly ProxyRoute[];
  readonly remove: () => void;
}

function buildRow(row: RoutesFileRow, deps: ProxiedRoutesDeps): BuiltRow {
  const { serve, remove } = deps.createServe(toTarget(row, deps.defaultAudience));
  const limit = toLimit(row, deps);
  const routes = row.methods.map(
    (method): ProxyRoute => ({
      kind: 'proxy',
      method,
      path: row.path,
      // Optional members of zod can be undefined; those of the rule must be absent, which has the same meaning.
      guard: row.guard as 'public' | GuardRule,
      ...(row.audience !== undefined && { audience: row.audience }),
      operationId: toOperationId(method, row.path),
      summary: row.summary ?? `${method} ${row.path}`,
      tag: 'Upstreams',
      responses: {
        200: { description: 'The response of the upstream, with any status' },
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
  return { routes, remove };
}

/** Rows that can replace those in use. */
export interface StagedRoutes {
  readonly routes: readonly ProxyRoute[];
  /** Ends the open streams of removed and changed rows. */
  readonly commit: () => void;
}

/**
 * Converts the rows of a routes file to routes. Each call stages the next version of the file; unchanged rows keep their
 * slots and limits.
 */
export function createProxiedRoutes(
  deps: ProxiedRoutesDeps,
): (rows: readonly RoutesFileRow[]) => StagedRoutes {
  let inUse: ReadonlyMap<string, BuiltRow> = new Map();
  return (rows) => {
    const next = new Map(
      rows.map((row) => {
        const key = JSON.stringify(row);
        return [key, inUse.get(key) ?? buildRow(row, deps)] as const;
      }),
    );
    return {
      routes: [...next.values()].flatMap(({ routes }) => routes),
      commit() {
        for (const [key, { remove }] of inUse) if (!next.has(key)) remove();
        inUse = next;
      },
    };
  };
}

const TO_SIGN_IN = { description: "To sign-in and back: a browser's navigation without a session" };
const UPSTREAM_ERRORS = ['upstream_error', 'upstream_unavailable', 'upstream_timeout'] as const;

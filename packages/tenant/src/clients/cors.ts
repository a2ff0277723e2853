import type { TenantContext } from '../context.ts';
import type { Middleware } from '../transport/host-guard.ts';
import type { Endpoint } from '../wire/row.ts';
import { allowsCallback } from './allowed-urls.ts';

const EXPOSED =
  'DPoP-Nonce, Retry-After, WWW-Authenticate, X-Auth0-RequestId, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Tenant-Hint';
const SENDABLE = 'Auth0-Client, Authorization, Content-Type, DPoP, X-Request-Language';
const PREFLIGHT_S = 600;

/** The web origin of a URL; undefined if it has none, such as an app's custom scheme. */
export function originOf(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.origin : undefined;
}

/** Whether an origin belongs to a client: by a callback, a web origin or an allowed origin. */
function isClientOrigin({ clients }: TenantContext['state'], origin: string): boolean {
  if (originOf(origin) !== origin) return false;
  return clients.list().some(({ callbacks, web_origins, allowed_origins }) => {
    const own = [...callbacks, ...web_origins, ...allowed_origins].map(originOf);
    return allowsCallback(
      own.filter((entry) => entry !== undefined),
      origin,
    );
  });
}

/**
 * CORS for the paths that browser code of the clients' origins may call: preflights and response headers, for no other
 * origins and never with cookies, which these endpoints do not read.
 */
export function createCors(
  { state }: Pick<TenantContext, 'state'>,
  methods: readonly Endpoint['method'][],
): Middleware {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.appendHeader('vary', 'Origin');
    if (origin === undefined || !isClientOrigin(state, origin)) {
      next();
      return;
    }
    response.setHeader('access-control-allow-origin', origin);
    response.setHeader('access-control-expose-headers', EXPOSED);
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) {
      next();
      return;
    }
    response.setHeader('access-control-allow-methods', methods.join(', '));
    response.setHeader('access-control-allow-headers', SENDABLE);
    response.setHeader('access-control-max-age', String(PREFLIGHT_S));
    response.appendHeader('vary', 'Access-Control-Request-Headers, Access-Control-Request-Method');
    response.writeHead(204).end();
  };
}

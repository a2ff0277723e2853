import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Exchange } from '../http/exchange.ts';
import type { Caller } from '../http/route.ts';
import { RecentMap } from '../lib/recent-map.ts';
import { OWN_REQUEST_HEADERS, toConnectionNames, toPlainName } from './header-names.ts';
import { createTraceParent, isTraceParent } from './trace-parent.ts';

/**
 * Removed request headers: the gateway's own, and those that upstream software trusts for address, user, method or path.
 */
const DROPPED: ReadonlySet<string> = new Set([
  ...OWN_REQUEST_HEADERS,
  'client-ip',
  'early-data',
  'fastly-client-ip',
  'proxy',
  'true-client-ip',
  'x-azure-clientip',
  'x-azure-socketip',
  'x-client-ip',
  'x-cluster-client-ip',
  'x-envoy-external-address',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-originating-ip',
  'x-real-ip',
  'x-rewrite-url',
]);
const DROPPED_FAMILIES = new RegExp(
  `^(?:${[
    'cf-access-',
    'cf-connecting-ip',
    'proxy-',
    'remote-',
    'ssl-client-',
    'tailscale-',
    'wl-proxy-',
    'x-amzn-oidc-',
    'x-auth-request-',
    'x-authenticated-',
    'x-authentik-',
    'x-forwarded',
    'x-goog-authenticated-',
    'x-middleware-subrequest',
    'x-ms-client-principal',
    'x-original-',
    'x-remote-',
    'x-ssl-',
    'x-user-',
    'x-webauth-',
  ].join('|')})`,
);

/** How a header of a caller is handled; a `traced` one is passed only together with a valid trace. */
type HeaderKind = 'dropped' | 'passed' | 'traced';
const MAX_KINDS = 512;
const MAX_KIND_NAME = 64;

const SCOPE_TOKEN = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/**
 * A claim as a header value; one that is not plain is percent-encoded as a whole, so that different claims stay different.
 */
const toHeaderValue = (claim: string): string =>
  /^[\x21-\x24\x26-\x7e]+$/.test(claim) ? claim : encodeURIComponent(claim.toWellFormed());

function toIdentity({ subject, scopes, clientId }: Caller): string[] {
  const plain = [...scopes].filter((scope) => SCOPE_TOKEN.test(scope));
  const identity = ['X-User-Id', toHeaderValue(subject), 'X-User-Scopes', plain.join(' ')];
  if (clientId !== undefined) identity.push('X-Client-Id', toHeaderValue(clientId));
  return identity;
}

/** The pairs of a Cookie header that a row passes on; undefined if none. */
function toCookies(header: string | undefined, names: ReadonlySet<string>): string | undefined {
  if (header === undefined || names.size === 0) return undefined;
  const kept = header.split(';').filter((pair) => names.has(pair.split('=', 1)[0]?.trim() ?? ''));
  return kept.length === 0 ? undefined : kept.map((pair) => pair.trim()).join('; ');
}

export interface RequestHeaderOptions {
  /** The public origin. */
  readonly publicUrl: string;
  /** Cookies that the upstream gets; never the gateway's own. */
  readonly cookies: readonly string[];
  /** Headers to pass on that are removed by default; never the gateway's own. */
  readonly passHeaders: readonly string[];
  /** `X-Forwarded-Prefix`; empty: none. */
  readonly forwardedPrefix: string;
}

/**
 * The headers that an upstream gets, flat. Without `accessToken` no `Authorization` is sent. `traceParent` stands in place of
 * the one that was received.
 */
export type ToRequestHeaders = (
  request: IncomingMessage,
  exchange: Exchange,
  accessToken: string | undefined,
  traceParent?: string,
) => string[];

export function createRequestHeaders(options: RequestHeaderOptions): ToRequestHeaders {
  const { publicUrl, cookies, passHeaders, forwardedPrefix } = options;
  const { host, protocol } = new URL(publicUrl);
  const proto = protocol.slice(0, -1);
  const names = new Set(cookies);
  // Exact names only: another spelling that normalizes to the same name is not passed.
  const passed = new Set(passHeaders.map((name) => name.toLowerCase()));
  /** Cache by header name as sent. */
  const kinds = new RecentMap<string, HeaderKind>(MAX_KINDS);
  // The verified-token cache returns one caller object for many requests.
  const identities = new WeakMap<Caller, readonly string[]>();

  function identityOf(caller: Caller): readonly string[] {
    let identity = identities.get(caller);
    if (!identity) identities.set(caller, (identity = toIdentity(caller)));
    return identity;
  }

  function toKind(name: string): HeaderKind {
    const plain = toPlainName(name);
    const isDropped = DROPPED.has(plain) || DROPPED_FAMILIES.test(plain);
    const kind =
      isDropped && !passed.has(name.toLowerCase()) ? 'dropped' : plain === 'tracestate' ? 'traced' : 'passed';
    if (name.length <= MAX_KIND_NAME) kinds.set(name, kind);
    return kind;
  }

  return (request, exchange, accessToken, traceParent) => {
    const { rawHeaders, headers } = request;
    const { id, ip, caller } = exchange;
    const forwardedFor = isIPv6(ip) ? `"[${ip}]"` : ip;
    const out = ['X-Request-Id', id, 'X-Forwarded-For', ip, 'X-Forwarded-Host', host];
    out.push('X-Forwarded-Proto', proto, 'Forwarded', `for=${forwardedFor};host="${host}";proto=${proto}`);
    if (forwardedPrefix !== '') out.push('X-Forwarded-Prefix', forwardedPrefix);
    if (accessToken !== undefined) out.push('Authorization', `Bearer ${accessToken}`);
    if (caller) out.push(...identityOf(caller));
    const cookie = toCookies(headers.cookie, names);
    if (cookie !== undefined) out.push('Cookie', cookie);
    const trace = headers['traceparent'];
    const isTraced = typeof trace === 'string' && isTraceParent(trace);
    if (traceParent !== undefined) out.push('traceparent', traceParent);
    else if (trace !== undefined) out.push('traceparent', isTraced ? trace : createTraceParent());
    if (headers['content-length'] !== undefined) out.push('Content-Length', headers['content-length']);
    const named = toConnectionNames(headers.connection);
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] ?? '';
      const kind = kinds.get(name) ?? toKind(name);
      // `tracestate` is valid only with its `traceparent`.
      if (kind === 'dropped' || (kind === 'traced' && !isTraced)) continue;
      if (named?.has(toPlainName(name))) continue;
      out.push(name, rawHeaders[i + 1] ?? '');
    }
    return out;
  };
}

import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';
import type { Exchange } from '../http/exchange.ts';
import type { Caller } from '../http/route.ts';
import { hopByHop, toConnectionNames, toPlainName } from './header-names.ts';
import { createTraceParent, isTraceParent } from './trace-parent.ts';

/** Never passed on as a caller sends it: ours, of one hop, or a way to make an upstream read another request. */
const dropped: ReadonlySet<string> = new Set([
  ...hopByHop,
  'host',
  'content-length',
  'expect',
  'authorization',
  'cookie',
  'cookie2',
  'forwarded',
  'x-real-ip',
  'x-client-id',
  'x-request-id',
  'traceparent',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-original-url',
  'x-original-uri',
  'x-rewrite-url',
]);
const droppedFamilies = /^(?:proxy-|x-forwarded|x-user-)/;

const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]+$/;

/** A claim as a header's value: percent-encoded whole where it is not plain, so that no two claims look alike. */
const toHeaderValue = (claim: string): string =>
  /^[\x21-\x24\x26-\x7e]+$/.test(claim) ? claim : encodeURIComponent(claim.toWellFormed());

function toIdentity({ subject, scopes, clientId }: Caller): string[] {
  const plain = [...scopes].filter((scope) => scopeToken.test(scope));
  const identity = ['X-User-Id', toHeaderValue(subject), 'X-User-Scopes', plain.join(' ')];
  if (clientId !== undefined) identity.push('X-Client-Id', toHeaderValue(clientId));
  return identity;
}

/** The pairs of a Cookie header that a row lets through; undefined where there are none. */
function toCookies(header: string | undefined, names: ReadonlySet<string>): string | undefined {
  if (header === undefined || names.size === 0) return undefined;
  const kept = header.split(';').filter((pair) => names.has(pair.split('=', 1)[0]?.trim() ?? ''));
  return kept.length === 0 ? undefined : kept.map((pair) => pair.trim()).join('; ');
}

export interface RequestHeaderOptions {
  /** The origin that callers see. */
  readonly publicUrl: string;
  /** Cookies that the upstream gets; none of ours. */
  readonly cookies: readonly string[];
}

/** The headers that an upstream gets, flat. `authorization` is the whole value; undefined: none is sent. */
export type ToRequestHeaders = (
  request: IncomingMessage,
  exchange: Exchange,
  authorization: string | undefined,
) => string[];

export function createRequestHeaders({ publicUrl, cookies }: RequestHeaderOptions): ToRequestHeaders {
  const { host, protocol } = new URL(publicUrl);
  const proto = protocol.slice(0, -1);
  const names = new Set(cookies);
  // The verified-token cache hands out one caller for many requests.
  const identities = new WeakMap<Caller, readonly string[]>();

  function identityOf(caller: Caller): readonly string[] {
    let identity = identities.get(caller);
    if (!identity) identities.set(caller, (identity = toIdentity(caller)));
    return identity;
  }

  return (request, exchange, authorization) => {
    const { rawHeaders, headers } = request;
    const { id, ip, caller } = exchange;
    const forwardedFor = isIPv6(ip) ? `"[${ip}]"` : ip;
    const out = ['X-Request-Id', id, 'X-Forwarded-For', ip, 'X-Forwarded-Host', host];
    out.push('X-Forwarded-Proto', proto, 'Forwarded', `for=${forwardedFor};host="${host}";proto=${proto}`);
    if (authorization !== undefined) out.push('Authorization', authorization);
    if (caller) out.push(...identityOf(caller));
    const cookie = toCookies(headers.cookie, names);
    if (cookie !== undefined) out.push('Cookie', cookie);
    const trace = headers['traceparent'];
    const isTraced = typeof trace === 'string' && isTraceParent(trace);
    if (trace !== undefined) out.push('traceparent', isTraced ? trace : createTraceParent());
    if (headers['content-length'] !== undefined) out.push('Content-Length', headers['content-length']);
    const named = toConnectionNames(headers.connection);
    for (let i = 0; i < rawHeaders.length; i += 2) {
      const name = rawHeaders[i] ?? '';
      const plain = toPlainName(name);
      if (dropped.has(plain) || droppedFamilies.test(plain) || named?.has(plain)) continue;
      // A trace state belongs to the trace that was dropped.
      if (plain === 'tracestate' && !isTraced) continue;
      out.push(name, rawHeaders[i + 1] ?? '');
    }
    return out;
  };
}

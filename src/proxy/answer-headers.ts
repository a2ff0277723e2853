import { isOwnCookie } from '../browser/own-cookies.ts';
import { API_POLICY_HEADER } from '../browser/security-headers.ts';
import type { Exchange } from '../http/exchange.ts';
import {
  OWN_ANSWER_HEADERS,
  toConnectionNames,
  toPlainName,
  toText,
  type UpstreamHeaders,
} from './header-names.ts';
import type { ProxyTarget } from './proxy-target.ts';
import type { Rewrite } from './rewrite.ts';

/** What reaches further than the answer itself: into the data of our own pages, their paths, or another address. */
const FAR_REACHING = ['clear-site-data', 'service-worker-allowed', 'refresh'];
const FRAMING = 'x-frame-options';
const EXPOSED = ['ETag', 'Location', 'Link'];

const NO_STORE = 'no-store';
/** `CDN-Cache-Control` (RFC 9213) and its like outrank what we would say. */
const ABOUT_STORING = /^expires$|(?:^|-)(?:cache|surrogate)-control$/;
const IS_JSON = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/** The name that a browser would take from a `Set-Cookie`: a nameless cookie is sent back as its value alone. */
const toCookieName = (setCookie: string): string =>
  setCookie
    .replace(/^[\s=]+/, '')
    .split(/[=;]/, 1)[0]
    ?.trimEnd() ?? '';

export interface AnswerHeaderOptions {
  /** Flat; those that an answer lacks, or may not say itself, are added. */
  readonly securityHeaders: readonly string[];
}

/** The headers of a proxied answer, flat: what the upstream may say, and what we say. */
export type ToAnswerHeaders = (
  status: number,
  headers: UpstreamHeaders,
  exchange: Exchange,
  ours: readonly string[],
) => string[];

/** What must not be stored: what a session's user sees, what sets a cookie, what refuses somebody (RFC 9111 §5.2.2.5). */
const isUnstorable = (status: number, headers: UpstreamHeaders, { caller }: Exchange): boolean =>
  caller?.kind === 'session' || status === 401 || status === 403 || headers['set-cookie'] !== undefined;

/** The headers that an upstream may not send to callers of a row, by lower-case name. */
function toDropped({ passHeaders, isFramingUpstreams }: ProxyTarget): ReadonlySet<string> {
  const dropped = new Set([...OWN_ANSWER_HEADERS, ...FAR_REACHING, FRAMING]);
  for (const name of passHeaders) dropped.delete(name.toLowerCase());
  if (isFramingUpstreams) dropped.delete(FRAMING);
  return dropped;
}

/** Makes what puts together the headers of a row's answers; `rewrite` where the row's paths are not the upstream's. */
export function createAnswerHeaders(
  { securityHeaders }: AnswerHeaderOptions,
  target: ProxyTarget,
  rewrite: Rewrite | undefined,
): ToAnswerHeaders {
  const dropped = toDropped(target);
  const lowerNames = securityHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : ''));
  const exposedNames = new Set([...EXPOSED, ...target.exposeHeaders]);
  const exposed = ['Access-Control-Expose-Headers', [...exposedNames].join(', ')];

  const changed = new Set(['set-cookie', ...(rewrite ? ['location', 'content-location'] : [])]);

  /** Those of a name that may go on, and how. */
  function toValues(name: string, value: string | string[], path: string): readonly string[] {
    const values = Array.isArray(value) ? value : [value];
    if (!changed.has(name)) return values;
    if (name !== 'set-cookie') return values.map((url) => rewrite?.toPublicUrl(url, path) ?? url);
    const theirs = values.filter((cookie) => !isOwnCookie(toCookieName(cookie)));
    return rewrite ? theirs.map((cookie) => rewrite.toPublicCookie(cookie)) : theirs;
  }

  return (status, headers, exchange, ours) => {
    const out = ['X-Request-Id', exchange.id, ...ours];
    const isSecret = isUnstorable(status, headers, exchange);
    const isSaid = toText(headers['cache-control'])?.includes(NO_STORE) === true;
    const named = toConnectionNames(toText(headers['connection']));
    const said = ours.length > 0 ? new Set(ours.filter((_, i) => i % 2 === 0).map(toPlainName)) : undefined;
    const hasNoLength = status === 204 || headers['transfer-encoding'] !== undefined;
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      if (value === undefined || dropped.has(name) || name.startsWith('access-control-') || said?.has(name))
        continue;
      if (named?.has(toPlainName(name))) continue;
      if (name === 'content-length' && hasNoLength) continue;
      if (isSecret && ABOUT_STORING.test(name) && !(isSaid && name === 'cache-control')) continue;
      if (typeof value === 'string' && !changed.has(name)) out.push(name, value);
      else for (const one of toValues(name, value, exchange.path)) out.push(name, one);
    }
    if (isSecret && !isSaid) out.push('Cache-Control', NO_STORE);
    if (exchange.caller?.kind === 'session') out.push('Vary', 'Cookie');
    for (let i = 0; i < securityHeaders.length; i += 2) {
      const lowerName = lowerNames[i] ?? '';
      if (headers[lowerName] === undefined || dropped.has(lowerName) || named?.has(lowerName))
        out.push(securityHeaders[i] ?? '', securityHeaders[i + 1] ?? '');
    }
    // Never on a page or what a page loads: its own policy is the upstream's business.
    const isOurPolicyFit = IS_JSON.test(toText(headers['content-type']) ?? '');
    if (isOurPolicyFit && headers['content-security-policy'] === undefined) out.push(...API_POLICY_HEADER);
    if (exchange.cors) {
      out.push(...exchange.cors);
      if (exchange.cors.includes('Access-Control-Allow-Origin')) out.push(...exposed);
    }
    return out;
  };
}

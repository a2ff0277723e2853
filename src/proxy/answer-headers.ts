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

/** Headers with an effect beyond the answer: on the site's data, other paths or the browser's location. */
const FAR_REACHING = ['clear-site-data', 'service-worker-allowed', 'refresh'];
const FRAMING = 'x-frame-options';
const EXPOSED = ['ETag', 'Location', 'Link'];

const NO_STORE = 'no-store';
/** `CDN-Cache-Control` (RFC 9213) and similar headers would override `Cache-Control`. */
const ABOUT_STORING = /^expires$|(?:^|-)(?:cache|surrogate)-control$/;
const IS_JSON = /^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i;

/**
 * The cookie name that a browser reads from a `Set-Cookie`. A nameless cookie is sent back as its value alone, which thus
 * counts as its name.
 */
const toCookieName = (setCookie: string): string =>
  setCookie
    .replace(/^[\s=]+/, '')
    .split(/[=;]/, 1)[0]
    ?.trimEnd() ?? '';

export interface AnswerHeaderOptions {
  /** Flat; added if an answer lacks them or may not set them itself. */
  readonly securityHeaders: readonly string[];
}

/** The headers of a proxied answer, flat: those allowed from the upstream, and the gateway's own. */
export type ToAnswerHeaders = (
  status: number,
  headers: UpstreamHeaders,
  exchange: Exchange,
  ours: readonly string[],
) => string[];

/** Whether an answer must not be stored: it is for a session, sets a cookie or refuses the caller (RFC 9111 §5.2.2.5). */
const isUnstorable = (status: number, headers: UpstreamHeaders, { caller }: Exchange): boolean =>
  caller?.kind === 'session' || status === 401 || status === 403 || headers['set-cookie'] !== undefined;

/** Lower-case names of the headers that a row removes from answers. */
function toDropped({ passHeaders, isFramingUpstreams }: ProxyTarget): ReadonlySet<string> {
  const dropped = new Set([...OWN_ANSWER_HEADERS, ...FAR_REACHING, FRAMING]);
  for (const name of passHeaders) dropped.delete(name.toLowerCase());
  if (isFramingUpstreams) dropped.delete(FRAMING);
  return dropped;
}

/**
 * Creates the function that builds the headers of a row's answers; `rewrite` if the row's paths differ from the upstream's.
 */
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

  /** The values of a header to pass on, rewritten where needed. */
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
    const ownNames =
      ours.length > 0 ? new Set(ours.filter((_, i) => i % 2 === 0).map(toPlainName)) : undefined;
    const hasNoLength = status === 204 || headers['transfer-encoding'] !== undefined;
    for (const name of Object.keys(headers)) {
      const value = headers[name];
      if (
        value === undefined ||
        dropped.has(name) ||
        name.startsWith('access-control-') ||
        ownNames?.has(name)
      )
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
    // Only for JSON: the policy of a page is up to the upstream.
    const needsApiPolicy = IS_JSON.test(toText(headers['content-type']) ?? '');
    if (needsApiPolicy && headers['content-security-policy'] === undefined) out.push(...API_POLICY_HEADER);
    if (exchange.cors) {
      out.push(...exchange.cors);
      if (exchange.cors.includes('Access-Control-Allow-Origin')) out.push(...exposed);
    }
    return out;
  };
}

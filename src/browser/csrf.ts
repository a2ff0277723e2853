import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import { isHeaderDoubled } from '../lib/is-header-doubled.ts';
import { isUpgraded } from '../lib/node-http.ts';
import { findCookie } from './cookies.ts';
import { isDocumentNavigation } from './navigation.ts';
import { type Origins, requireAllowedOrigin } from './origins.ts';

/** Traits of a row for its guard: alternatives to `X-CSRF` with which a browser may prove its origin. */
export interface RowTraits {
  /** Takes WebSocket upgrades. */
  readonly isWebSocket?: boolean;
  /** Answers with streams, such as server-sent events. */
  readonly isStream?: boolean;
  /** For GET and HEAD, `Sec-Fetch-Site: same-origin` is sufficient. */
  readonly isSameOriginTrusted?: boolean;
  /** Navigations without a session are redirected to sign-in; navigations change nothing there, from any origin. */
  readonly isLoginOffered?: boolean;
  /** Only watches the session: no use of it, which would put off its end. */
  readonly isWatch?: boolean;
}

type Headers = IncomingMessage['headers'];

/** The CSRF check: browsers add the session cookie to requests of foreign pages too, so a request must prove its origin. */
export interface CsrfCheck {
  /** Whether the request has a session cookie, valid or not. */
  hasSessionCookie(headers: Headers): boolean;
  /**
   * Requires `X-CSRF: 1`, which a foreign page cannot send without a preflight, and an own or allowed origin.
   * @throws GatewayError `csrf_failed`, `ambiguous_credentials` beside a bearer token or what may hide one
   */
  requireCsrfHeader(
    request: Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'method'>,
    traits?: RowTraits,
  ): void;
}

const BEARER = /^bearer\b/i;
const NO_HEADER = 'Add the header `X-CSRF: 1` to every request that carries the session cookie.';

/** Refuses a second credential, which may belong to another user. */
function requireCookieAlone(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): void {
  const { authorization } = request.headers;
  if (authorization === undefined) return;
  // Node keeps only the first of repeated headers.
  if (BEARER.test(authorization) || isHeaderDoubled(request, 'authorization'))
    throw new GatewayError('ambiguous_credentials');
}

export function createCsrfCheck(origins: Origins, cookieName: string): CsrfCheck {
  const isListed = ({ origin }: Headers): boolean =>
    origin !== undefined && (origins.isOwn(origin) || origins.isAllowed(origin));

  /** Whether the origin is sufficient, since browsers cannot set headers here. */
  function isOriginSufficient(request: Pick<IncomingMessage, 'headers' | 'method'>, traits: RowTraits) {
    const { headers, method } = request;
    if (traits.isWebSocket && isUpgraded(request)) return isListed(headers);
    const isSameOrigin = headers['sec-fetch-site'] === 'same-origin';
    if (traits.isSameOriginTrusted && isSameOrigin && (method === 'GET' || method === 'HEAD')) return true;
    const isEventStream = method === 'GET' && headers.accept?.includes('text/event-stream');
    return traits.isStream && isEventStream && (isListed(headers) || isSameOrigin);
  }

  return {
    hasSessionCookie: ({ cookie }) => findCookie(cookie, cookieName) !== undefined,
    requireCsrfHeader(request, traits = {}) {
      requireCookieAlone(request);
      if (traits.isLoginOffered && isDocumentNavigation(request)) return;
      if (request.headers['x-csrf'] !== '1' && !isOriginSufficient(request, traits))
        throw new GatewayError('csrf_failed', { reason: 'x-csrf', detail: NO_HEADER });
      requireAllowedOrigin(origins, request.headers);
    },
  };
}

import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import { isHeaderDoubled } from '../lib/is-header-doubled.ts';
import { isUpgraded } from '../lib/node-http.ts';
import { findCookie } from './cookies.ts';
import { isDocumentNavigation } from './navigation.ts';
import { type Origins, requireFriendlyOrigin } from './origins.ts';

/** What a guard must know of a row beside its rule: where else than in `X-CSRF` a browser may show where it comes from. */
export interface RowTraits {
  /** Takes WebSocket upgrades. */
  readonly isWebSocket?: boolean;
  /** Answers with streams, such as server-sent events. */
  readonly isStream?: boolean;
  /** For GET and HEAD the browser's word that a page of ours asks will do. */
  readonly isSameOriginTrusted?: boolean;
  /** A navigation without a session is sent to sign-in: navigations change nothing there, wherever they come from. */
  readonly isLoginOffered?: boolean;
  /** Only watches the session: no use of it, which would put off its end. */
  readonly isWatch?: boolean;
}

type Headers = IncomingMessage['headers'];

/** A request that carries the session's cookie must prove that a page of ours sent it: the browser adds the cookie by itself. */
export interface CsrfCheck {
  /** Whether the request carries the session's cookie, whatever it holds. */
  hasSessionCookie(headers: Headers): boolean;
  /**
   * Asks for `X-CSRF: 1`, which no foreign page can send without a preflight, and for an origin that is ours or listed.
   * @throws GatewayError `csrf_failed`, `ambiguous_credentials` beside a bearer token or what may hide one
   */
  requireCsrfHeader(
    request: Pick<IncomingMessage, 'headers' | 'rawHeaders' | 'method'>,
    traits?: RowTraits,
  ): void;
}

const BEARER = /^bearer\b/i;
const NO_HEADER = 'Add the header `X-CSRF: 1` to every request that carries the session cookie.';

/** Two credentials may be two people's. */
function requireCookieAlone(request: Pick<IncomingMessage, 'headers' | 'rawHeaders'>): void {
  const { authorization } = request.headers;
  if (authorization === undefined) return;
  // Of two headers Node keeps the first, whatever the other says.
  if (BEARER.test(authorization) || isHeaderDoubled(request, 'authorization'))
    throw new GatewayError('ambiguous_credentials');
}

export function createCsrfCheck(origins: Origins, cookieName: string): CsrfCheck {
  const isListed = ({ origin }: Headers): boolean =>
    origin !== undefined && (origins.isOwn(origin) || origins.isAllowed(origin));

  /** Where browsers cannot set headers, their origin speaks for them. */
  function speaksByOrigin(request: Pick<IncomingMessage, 'headers' | 'method'>, traits: RowTraits) {
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
      if (request.headers['x-csrf'] !== '1' && !speaksByOrigin(request, traits))
        throw new GatewayError('csrf_failed', { reason: 'x-csrf', detail: NO_HEADER });
      requireFriendlyOrigin(origins, request.headers);
    },
  };
}

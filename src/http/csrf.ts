import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';
import { findCookie } from './cookies.ts';
import { type Origins, requireFriendlyOrigin } from './origins.ts';
import type { RowTraits } from './route.ts';

type Headers = IncomingMessage['headers'];

/** A request that carries the session's cookie must prove that a page of ours sent it: the browser adds the cookie by itself. */
export interface CookieProof {
  /** Whether the request carries the session's cookie, whatever it holds. */
  isCarried(headers: Headers): boolean;
  /**
   * Asks for `X-CSRF: 1`, which no foreign page can send without a preflight, and for an origin that is ours or listed.
   * @throws GatewayError `csrf_failed`
   */
  require(request: Pick<IncomingMessage, 'headers' | 'method'>, traits?: RowTraits): void;
}

export function createCookieProof(origins: Origins, cookieName: string): CookieProof {
  const isListed = ({ origin }: Headers): boolean =>
    origin !== undefined && (origins.isOwn(origin) || origins.isAllowed(origin));

  /** Where browsers cannot set headers, their origin speaks for them. */
  function speaksByOrigin(
    { headers, method }: Pick<IncomingMessage, 'headers' | 'method'>,
    traits: RowTraits,
  ) {
    if (traits.isWebSocket && headers.upgrade !== undefined) return isListed(headers);
    const isEventStream = method === 'GET' && headers.accept?.includes('text/event-stream');
    return (
      traits.isStream && isEventStream && (isListed(headers) || headers['sec-fetch-site'] === 'same-origin')
    );
  }

  return {
    isCarried: ({ cookie }) => findCookie(cookie, cookieName) !== undefined,
    require(request, traits = {}) {
      if (request.headers['x-csrf'] !== '1' && !speaksByOrigin(request, traits))
        throw new GatewayError('csrf_failed', { reason: 'x-csrf' });
      requireFriendlyOrigin(origins, request.headers);
    },
  };
}

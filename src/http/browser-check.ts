import type { IncomingMessage } from 'node:http';
import { isNavigation, isPrefetch } from '../browser/navigation.ts';
import type { Origins } from '../browser/origins.ts';
import type { TrustProxy } from '../config/address-schemas.ts';
import { GatewayError } from '../errors.ts';
import { toTrusts } from './client-address.ts';
import type { Exchange } from './exchange.ts';
import type { Route } from './route.ts';

/** The host name of a `Host` header as URL parsers read it; undefined if invalid. */
function toHostName(host: string): string | undefined {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/**
 * Whether a browser used another host name than that of the public URL, which has other cookies. Ports are ignored, as in
 * cookies. Behind a trusted proxy, which may rewrite `Host`, only `X-Forwarded-Host` counts; without it the host counts as
 * the public one.
 */
function createIsOtherHost(
  publicUrl: string,
  trust: TrustProxy | undefined,
): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean {
  const own = new URL(publicUrl).hostname;
  const trusts = toTrusts(trust);
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-host'] ?? '').split(',', 1)[0];
    const host = trusts(socket.remoteAddress ?? '', 0) ? forwarded?.trim() : headers.host;
    const name = host === undefined ? undefined : toHostName(host);
    return name !== undefined && name !== own;
  };
}

/** Marks a redirect to the public URL, so that there is only one: a proxy may rewrite `Host` without `X-Forwarded-Host`. */
const MOVED = 'gatehouse_moved=1';

export interface BrowserCheckOptions {
  readonly publicUrl: string;
  readonly origins: Origins;
  readonly trust: TrustProxy | undefined;
}

/** Returns an answer instead of the handler's; undefined if the handler may be called. */
type BrowserCheck = (request: IncomingMessage, exchange: Exchange) => EarlyReply | undefined;

interface EarlyReply {
  readonly status: 204 | 303;
  /** Flat: name, value, …. */
  readonly headers: readonly string[];
}

const NOTHING_DONE: EarlyReply = { status: 204, headers: ['Cache-Control', 'no-store'] };

/**
 * Creates the check that runs before the handler of a row to which browsers navigate or which begins a sign-in. Prefetches,
 * requests that are not navigations, and requests by another host name than the public URL's do not reach the handler.
 */
export function createBrowserCheck({ publicUrl, origins, trust }: BrowserCheckOptions) {
  const isOtherHost = createIsOtherHost(publicUrl, trust);

  function redirectOnce(request: IncomingMessage, { path, query }: Exchange): EarlyReply | undefined {
    if (query.split('&').includes(MOVED) || !isOtherHost(request)) return undefined;
    const location = `${publicUrl}${path}?${query === '' ? '' : `${query}&`}${MOVED}`;
    return { status: 303, headers: ['Location', location, 'Cache-Control', 'no-store'] };
  }

  return ({ acts, atPublicUrlOnly }: Route): BrowserCheck | undefined => {
    if (acts) {
      return (request, exchange) => {
        if (request.method === 'HEAD' || isPrefetch(request.headers)) return NOTHING_DONE;
        if (!isNavigation(request.headers, acts.inFrames))
          throw new GatewayError('csrf_failed', {
            reason: 'navigation',
            detail: 'This address works only when a browser navigates to it.',
          });
        return redirectOnce(request, exchange);
      };
    }
    if (!atPublicUrlOnly) return undefined;
    return (request) => {
      const { origin } = request.headers;
      // The browser used the public URL, even if a proxy rewrote `Host`.
      if (origin !== undefined && origins.isOwn(origin)) return undefined;
      if (!isOtherHost(request)) return undefined;
      throw new GatewayError('cross_site_session', {
        reason: 'host',
        detail: `A sign-in that begins at another host name cannot be completed. Call ${publicUrl} (PUBLIC_URL).`,
      });
    };
  };
}

import type { IncomingMessage } from 'node:http';
import { isNavigation, isPrefetch } from '../browser/navigation.ts';
import type { Origins } from '../browser/origins.ts';
import { GatewayError } from '../errors.ts';
import type { TrustProxy } from './client-address.ts';
import type { Exchange } from './exchange.ts';
import { createIsElsewhere } from './own-host.ts';
import type { Route } from './route.ts';

/** Told in the query of a redirect to the public URL: a proxy that rewrites `Host` unseen would redirect for ever. */
const MOVED = 'gatehouse_moved=1';

export interface BrowserGateOptions {
  readonly publicUrl: string;
  readonly origins: Origins;
  readonly trust: TrustProxy;
}

/** What a row answers without acting; undefined: it may act. */
type Gate = (request: IncomingMessage, exchange: Exchange) => Aside | undefined;

interface Aside {
  readonly status: 204 | 303;
  /** Flat: name, value, …. */
  readonly headers: readonly string[];
}

const nothingDone: Aside = { status: 204, headers: ['Cache-Control', 'no-store'] };

/**
 * Makes what stands before the handler of a row that browsers go to, or begin a sign-in with: whatever only looks ahead,
 * goes nowhere, or came by the wrong host name sets nothing off.
 */
export function createBrowserGate({ publicUrl, origins, trust }: BrowserGateOptions) {
  const isElsewhere = createIsElsewhere(publicUrl, trust);

  /** Once: whoever comes again is where the public URL leads, whatever `Host` says. */
  function toPublicUrl(request: IncomingMessage, { path, query }: Exchange): Aside | undefined {
    if (query.split('&').includes(MOVED) || !isElsewhere(request)) return undefined;
    const location = `${publicUrl}${path}?${query === '' ? '' : `${query}&`}${MOVED}`;
    return { status: 303, headers: ['Location', location, 'Cache-Control', 'no-store'] };
  }

  return ({ acts, atPublicUrlOnly }: Route): Gate | undefined => {
    if (acts) {
      return (request, exchange) => {
        if (request.method === 'HEAD' || isPrefetch(request.headers)) return nothingDone;
        if (!isNavigation(request.headers, acts.inFrames))
          throw new GatewayError('csrf_failed', {
            reason: 'navigation',
            detail: 'This address acts only where a browser navigates to it.',
          });
        return toPublicUrl(request, exchange);
      };
    }
    if (!atPublicUrlOnly) return undefined;
    return (request) => {
      const { origin } = request.headers;
      // A page of ours knows where it is; `Host` may have been rewritten on the way.
      if ((origin !== undefined && origins.isOwn(origin)) || !isElsewhere(request)) return undefined;
      throw new GatewayError('cross_site_session', {
        reason: 'host',
        detail: `A sign-in that begins at another host name cannot be completed. Call ${publicUrl} (PUBLIC_URL).`,
      });
    };
  };
}

import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../errors.ts';

const LOOPBACK_HTTP = /^http:\/\/localhost(?::\d{1,5})?$/;

export interface OriginSettings {
  readonly publicUrl: string;
  readonly allowedOrigins: readonly string[];
  /** Development: every `http://localhost:<port>` is allowed too. */
  readonly allowLocalhostOrigins: boolean;
  readonly tokenModeOrigins: readonly string[];
}

/** Which origins may do what. Compared whole, as strings; `null` is nobody's origin. */
export interface Origins {
  /** That of the public URL. */
  readonly own: string;
  /** Whether any origin at all is listed: without one, CORS is off. */
  readonly isCorsOn: boolean;
  isAllowed(origin: string): boolean;
  isOwn(origin: string): boolean;
  isTokenMode(origin: string): boolean;
}

export function createOrigins(settings: OriginSettings): Origins {
  const own = new URL(settings.publicUrl).origin;
  const allowed = new Set(settings.allowedOrigins);
  const tokenMode = new Set(settings.tokenModeOrigins);
  return {
    own,
    isCorsOn: allowed.size > 0 || settings.allowLocalhostOrigins,
    isAllowed: (origin) =>
      allowed.has(origin) || (settings.allowLocalhostOrigins && LOOPBACK_HTTP.test(origin)),
    isOwn: (origin) => origin === own,
    isTokenMode: (origin) => tokenMode.has(origin),
  };
}

/** Whether a browser sent this: only browsers send these headers by themselves. */
export const isFromBrowser = (headers: IncomingMessage['headers']): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;

/** Whether the page that calls was loaded from the host that it calls. */
function isSameOrigin({ origin = '', host, 'sec-fetch-site': site }: IncomingMessage['headers']): boolean {
  if (site !== undefined) return site === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Refuses a browser's request that does not come from our own or a listed origin: login CSRF ends here.
 * @throws GatewayError `csrf_failed`
 */
export function requireFriendlyOrigin(origins: Origins, headers: IncomingMessage['headers']): void {
  const { origin } = headers;
  const isListed = origin !== undefined && (origins.isOwn(origin) || origins.isAllowed(origin));
  if (isListed) return;
  if (origin !== undefined || headers['sec-fetch-site'] === 'cross-site') {
    // The browser reached this gateway, but by another address than the public URL.
    const detail = `This page was opened at another address than the gateway's. Use ${origins.own} (PUBLIC_URL).`;
    throw new GatewayError('csrf_failed', { reason: 'origin', ...(isSameOrigin(headers) && { detail }) });
  }
}

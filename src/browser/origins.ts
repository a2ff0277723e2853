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

/** The permissions of origins. Origins are compared as whole strings; `null` is never allowed. */
export interface Origins {
  /** The origin of the public URL. */
  readonly own: string;
  /** Whether any origin is allowed; if not, CORS is off. */
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

/** Whether a browser sent the request: only browsers add these headers themselves. */
export const isFromBrowser = (headers: IncomingMessage['headers']): boolean =>
  headers.origin !== undefined || headers['sec-fetch-site'] !== undefined;

/** Whether the calling page was loaded from the called host. */
function isSameOrigin({ origin = '', host, 'sec-fetch-site': site }: IncomingMessage['headers']): boolean {
  if (site !== undefined) return site === 'same-origin';
  return URL.canParse(origin) && new URL(origin).host === host;
}

/**
 * Refuses a browser's request from an origin that is neither own nor listed, against login CSRF.
 * @throws GatewayError `csrf_failed`
 */
export function requireAllowedOrigin(origins: Origins, headers: IncomingMessage['headers']): void {
  const { origin } = headers;
  const isListed = origin !== undefined && (origins.isOwn(origin) || origins.isAllowed(origin));
  if (isListed) return;
  if (origin !== undefined || headers['sec-fetch-site'] === 'cross-site') {
    // The browser reached this gateway by another address than the public URL.
    const detail = `This page was opened at another address than the gateway's. Use ${origins.own} (PUBLIC_URL).`;
    throw new GatewayError('csrf_failed', { reason: 'origin', ...(isSameOrigin(headers) && { detail }) });
  }
}

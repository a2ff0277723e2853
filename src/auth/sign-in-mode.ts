import { isFromBrowser, type Origins } from '../browser/origins.ts';
import { GatewayError } from '../errors.ts';
import type { RequestInfo } from '../http/route.ts';

export type SignInMode = 'session' | 'token';

/**
 * Refuses tokens to a browser, unless `TOKEN_MODE_ORIGINS` has its origin.
 * @throws GatewayError `token_mode_refused`
 */
export function requireTokenMode(origins: Origins, headers: RequestInfo['headers']): void {
  const { origin } = headers;
  const isListed = origin !== undefined && origins.isTokenMode(origin);
  if (isFromBrowser(headers) && !isListed) throw new GatewayError('token_mode_refused');
}

/**
 * The requested mode; by default a session for browsers and tokens for other callers. A cross-site page gets no session:
 * its browser would not store the SameSite=Lax cookie.
 * @throws GatewayError `token_mode_refused`, `cross_site_session`
 */
export function toSignInMode(
  requested: SignInMode | undefined,
  origins: Origins,
  headers: RequestInfo['headers'],
): SignInMode {
  const mode = requested ?? (isFromBrowser(headers) ? 'session' : 'token');
  if (mode === 'token') requireTokenMode(origins, headers);
  else if (headers['sec-fetch-site'] === 'cross-site') throw new GatewayError('cross_site_session');
  return mode;
}

/** Adds `openid` for a session, which needs the subject of an ID token. */
export const toSignInScope = (scope: string, mode: SignInMode): string =>
  mode === 'session' && !scope.split(' ').includes('openid') ? `openid ${scope}` : scope;

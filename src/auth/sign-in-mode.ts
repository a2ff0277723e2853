import { isFromBrowser, type Origins } from '../browser/origins.ts';
import { GatewayError } from '../errors.ts';
import type { RequestInfo } from '../http/route.ts';

export type SignInMode = 'session' | 'token';

/**
 * Refuses to hand tokens to a browser, unless its origin is listed for that.
 * @throws GatewayError `token_mode_refused`
 */
export function requireTokenMode(origins: Origins, headers: RequestInfo['headers']): void {
  const { origin } = headers;
  const isListed = origin !== undefined && origins.isTokenMode(origin);
  if (isFromBrowser(headers) && !isListed) throw new GatewayError('token_mode_refused');
}

/**
 * Which way a caller gets signed in: what it asks for, else a session for browsers and tokens for all others. A page of
 * another site gets no session: its browser would drop the cookie, which is SameSite=Lax.
 * @throws GatewayError `token_mode_refused`, `cross_site_session`
 */
export function toSignInMode(
  asked: SignInMode | undefined,
  origins: Origins,
  headers: RequestInfo['headers'],
): SignInMode {
  const mode = asked ?? (isFromBrowser(headers) ? 'session' : 'token');
  if (mode === 'token') requireTokenMode(origins, headers);
  else if (headers['sec-fetch-site'] === 'cross-site') throw new GatewayError('cross_site_session');
  return mode;
}

/** A session needs to know whose it is, which only an ID token says. */
export const toSignInScope = (scope: string, mode: SignInMode): string =>
  mode === 'session' && !scope.split(' ').includes('openid') ? `openid ${scope}` : scope;

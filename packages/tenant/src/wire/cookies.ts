import type { IncomingHttpHeaders } from 'node:http';

/** The value of a cookie; undefined where the browser sent none of that name, or two that differ. */
export function readCookie({ cookie = '' }: IncomingHttpHeaders, name: string): string | undefined {
  const values = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return new Set(values).size === 1 ? values[0] : undefined;
}

/**
 * A Set-Cookie header. Without Secure: browsers come to the tenant by plain http on loopback, and a Secure cookie
 * set by https would shut out the http one of that name. `maxAgeS` 0 takes the cookie away.
 */
export const setCookie = (name: string, value: string, path: string, maxAgeS: number): string =>
  `${name}=${value}; Path=${path}; Max-Age=${maxAgeS}; HttpOnly; SameSite=Lax`;

import type { IncomingHttpHeaders } from 'node:http';

/** The value of a cookie; undefined if the browser sent none of that name, or two with different values. */
export function readCookie({ cookie = '' }: IncomingHttpHeaders, name: string): string | undefined {
  const values = cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  return new Set(values).size === 1 ? values[0] : undefined;
}

/** What a cookie has besides HttpOnly. */
export type CookieAttributes = 'SameSite=Lax' | 'Secure' | 'Secure; SameSite=None';

/**
 * A Set-Cookie header; `maxAgeS` 0 deletes the cookie. By default without Secure, because browsers use the tenant by plain
 * http on loopback: a Secure cookie set by https would block the http cookie of the same name.
 */
export const setCookie = (
  name: string,
  value: string,
  path: string,
  maxAgeS: number,
  attributes: CookieAttributes = 'SameSite=Lax',
): string => `${name}=${value}; Path=${path}; Max-Age=${maxAgeS}; HttpOnly; ${attributes}`;

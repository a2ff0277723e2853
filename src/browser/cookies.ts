import { isLoopback } from '../lib/address.ts';

/** Name of the session cookie, without its prefix. */
export const SESSION_COOKIE = 'gatehouse';

/** Trims spaces and tabs only, as browsers do: other white space is part of a cookie name. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text, from)) from++;
  while (to > from && isBlank(text, to - 1)) to--;
  return text.slice(from, to);
}
const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t';

/** The cookies of a request by name. A repeated cookie has no value, since it is ambiguous (RFC 6265 §5.4). */
export function parseCookies(header: string | undefined): ReadonlyMap<string, string | undefined> {
  const found = new Map<string, string | undefined>();
  if (header === undefined) return found;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0) continue;
    const name = trim(pair.slice(0, equals));
    found.set(name, found.has(name) ? undefined : trim(pair.slice(equals + 1)));
  }
  return found;
}

/** The value of one cookie, without parsing the others: undefined if absent, empty if repeated. */
export function findCookie(header: string | undefined, name: string): string | undefined {
  if (header === undefined || !header.includes(name)) return undefined;
  let found: string | undefined;
  for (const pair of header.split(';')) {
    const equals = pair.indexOf('=');
    if (equals < 0 || trim(pair.slice(0, equals)) !== name) continue;
    if (found !== undefined) return '';
    found = trim(pair.slice(equals + 1));
  }
  return found;
}

/** Names and attributes of the gateway's cookies, by the scheme of the public URL (RFC 6265bis §4.1.3.2). */
export interface CookieJar {
  /** `__Host-<name>`; without prefix on http, which is allowed on loopback only. */
  toName(name: string): string;
  /** A complete `Set-Cookie` value; `name` includes the prefix. */
  toSetCookie(name: string, value: string, maxAgeS: number): string;
  /** The `Set-Cookie` value that deletes a cookie, with the same attributes. */
  toClearCookie(name: string): string;
}

/** @throws Error if the URL is neither https nor on loopback: cookies would be sent over the network without `Secure` */
export function createCookieJar(publicUrl: string): CookieJar {
  const { protocol, hostname } = new URL(publicUrl);
  const isSecure = protocol === 'https:';
  if (!isSecure && !isLoopback(hostname))
    throw new Error(`cookies need https or a loopback host: ${publicUrl}`);
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  const toSetCookie = (name: string, value: string, maxAgeS: number) =>
    `${name}=${value}; Max-Age=${maxAgeS}; ${attributes}`;
  return {
    toName: (name) => (isSecure ? `__Host-${name}` : name),
    toSetCookie,
    toClearCookie: (name) => toSetCookie(name, '', 0),
  };
}

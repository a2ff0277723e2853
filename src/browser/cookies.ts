import { isLoopback } from '../lib/address.ts';

/** The cookie that holds a session, but for its prefix. */
export const SESSION_COOKIE = 'gatehouse';

/** Without the spaces and tabs around it. Any other space is a part of the text: what a browser took for another name is not ours. */
function trim(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text, from)) from++;
  while (to > from && isBlank(text, to - 1)) to--;
  return text.slice(from, to);
}
const isBlank = (text: string, at: number): boolean => text[at] === ' ' || text[at] === '\t';

/** The cookies of a request by name; one that came twice has no value, since nobody knows which is ours (RFC 6265 §5.4). */
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

/** One cookie's value, without reading the others: undefined where it is not there, empty where it came twice. */
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

/** Names and attributes of our cookies, decided once by the scheme of the public URL (RFC 6265bis §4.1.3.2). */
export interface CookieJar {
  /** `__Host-<name>`; plain on http, which only loopback may have. */
  toName(name: string): string;
  /** A whole `Set-Cookie` value; `name` as it is on the wire. */
  toSetCookie(name: string, value: string, maxAgeS: number): string;
  /** The `Set-Cookie` value that takes a cookie away, with the same attributes. */
  toClearCookie(name: string): string;
}

/** @throws Error where the URL is neither https nor on loopback: a cookie without `Secure` would go over the wire */
export function createCookieJar(publicUrl: string): CookieJar {
  const { protocol, hostname } = new URL(publicUrl);
  const isSecure = protocol === 'https:';
  if (!isSecure && !isLoopback(hostname))
    throw new Error(`cookies need https, or a host of this machine: ${publicUrl}`);
  const attributes = `Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
  const toSetCookie = (name: string, value: string, maxAgeS: number) =>
    `${name}=${value}; Max-Age=${maxAgeS}; ${attributes}`;
  return {
    toName: (name) => (isSecure ? `__Host-${name}` : name),
    toSetCookie,
    toClearCookie: (name) => toSetCookie(name, '', 0),
  };
}

import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Who may call the tenant. */
export interface Access {
  readonly port: number;
  /** The host name in the tenant's issuer. */
  readonly domain: string;
  /**
   * Undefined: only requests with a loopback name or the domain. Otherwise a demo network: any Host name, and callers
   * that are not on loopback need this token for the control API and the console.
   */
  readonly controlToken: string | undefined;
}

/** Names of this machine's loopback interface, as written in a Host header. */
export const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]'];

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** Whether a lower-case Host header has the domain or a loopback name, with the tenant's port. */
export function isKnownHost(
  host: string,
  { port, domain }: Pick<Access, 'port' | 'domain'>,
  scheme: 'http' | 'https',
): boolean {
  const isDefaultPort = port === (scheme === 'https' ? 443 : 80);
  return [domain, ...LOOPBACK_NAMES].some(
    (name) => host === `${name}:${port}` || (isDefaultPort && host === name),
  );
}

/** Whether the connection comes from this machine's loopback interface. */
export function isLoopbackPeer({ socket: { remoteAddress = '' } }: IncomingMessage): boolean {
  const family = isIP(remoteAddress);
  // `BlockList` also matches IPv4 addresses in IPv6 form.
  return family !== 0 && LOOPBACK.check(remoteAddress, family === 6 ? 'ipv6' : 'ipv4');
}

/** Whether a request has the control token: `Bearer`, or as the password of `Basic`, which browsers ask for. */
export function hasControlToken({ headers }: IncomingMessage, token: string): boolean {
  const [, scheme = '', value = ''] = /^(bearer|basic) +(\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const given =
    scheme.toLowerCase() === 'bearer'
      ? value
      : Buffer.from(value, 'base64')
          .toString()
          .replace(/^[^:]*:/, '');
  return timingSafeEqual(sha256(given), sha256(token));
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

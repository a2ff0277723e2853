import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The host of a URL without the brackets of IPv6. */
export const toBareHost = (hostname: string): string => hostname.replace(/^\[(.*)\]$/, '$1');

/** The address of a socket; IPv4 that a socket for both families has as `::ffff:192.0.2.1` (RFC 4291 §2.5.5.2) becomes IPv4. */
export const toPlainAddress = (address: string): string =>
  address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address;

/**
 * Whether a host name or an IP address, as a URL or a socket has it, is this machine's own: `localhost` and the names
 * below it (RFC 6761 §6.3), `127.0.0.0/8`, `::1`, also in the form of IPv6.
 */
export function isLoopback(host: string): boolean {
  const bare = toBareHost(host).toLowerCase();
  if (isIP(bare) === 0) return bare === 'localhost' || bare.endsWith('.localhost');
  return ipaddr.process(bare).range() === 'loopback';
}

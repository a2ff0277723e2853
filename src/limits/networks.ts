import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

const NARROW_BYTES = 8;
const WIDE_BYTES = 6;
const IPV4_BYTES = 4;

/** IPv6 ranges that contain IPv4 addresses: mapped (RFC 4291 §2.5.5.2), or translated (RFC 6052). */
const IPV4_RANGES: ReadonlySet<string> = new Set(['ipv4Mapped', 'rfc6052']);

/** The bytes of an IPv6 address; the four bytes of an IPv4 address in it; undefined otherwise. */
function toBytes(ip: string): readonly number[] | undefined {
  if (!isIPv6(ip)) return undefined;
  const address = ipaddr.parse(ip);
  const bytes = address.toByteArray();
  return IPV4_RANGES.has(address.range()) ? bytes.slice(-IPV4_BYTES) : bytes;
}

const toHex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');

/** The key under which limits count an address: the /64 for IPv6, since a customer has a whole /64. */
export function toNetworkKey(ip: string): string {
  const bytes = toBytes(ip);
  if (!bytes) return ip;
  return bytes.length === IPV4_BYTES ? bytes.join('.') : toHex(bytes.slice(0, NARROW_BYTES));
}

/** The key of the /48 of an IPv6 address, since some customers have a whole /48; undefined for other addresses. */
export function toWideNetworkKey(ip: string): string | undefined {
  const bytes = toBytes(ip);
  if (!bytes || bytes.length === IPV4_BYTES) return undefined;
  return `${toHex(bytes.slice(0, WIDE_BYTES))}/48`;
}

/** Creates the check whether an address is in these addresses and CIDR ranges. */
export function createAddressSet(ranges: readonly string[]): (ip: string) => boolean {
  const isListed = proxyAddr.compile([...ranges]);
  return (ip) => isListed(ip, 0);
}

import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

const NARROW_BYTES = 8;
const WIDE_BYTES = 6;
const IPV4_BYTES = 4;

/** IPv6 addresses that stand for IPv4 ones: mapped (RFC 4291 §2.5.5.2), or translated (RFC 6052). */
const IPV4_RANGES: ReadonlySet<string> = new Set(['ipv4Mapped', 'rfc6052']);

/** The bytes of an IPv6 address; of one that stands for an IPv4 address those four; undefined for anything else. */
function toBytes(ip: string): readonly number[] | undefined {
  if (!isIPv6(ip)) return undefined;
  const address = ipaddr.parse(ip);
  const bytes = address.toByteArray();
  return IPV4_RANGES.has(address.range()) ? bytes.slice(-IPV4_BYTES) : bytes;
}

const toHex = (bytes: readonly number[]): string => Buffer.from(bytes).toString('hex');

/** What limits count an address by: an IPv6 customer has a whole /64 to choose from. */
export function toNetworkKey(ip: string): string {
  const bytes = toBytes(ip);
  if (!bytes) return ip;
  return bytes.length === IPV4_BYTES ? bytes.join('.') : toHex(bytes.slice(0, NARROW_BYTES));
}

/** The /48 around an IPv6 address, which some customers have whole; undefined for any other address. */
export function toWideNetworkKey(ip: string): string | undefined {
  const bytes = toBytes(ip);
  if (!bytes || bytes.length === IPV4_BYTES) return undefined;
  return `${toHex(bytes.slice(0, WIDE_BYTES))}/48`;
}

/** Whether an address is one of these addresses or in one of these CIDR ranges. */
export function createAddressSet(ranges: readonly string[]): (ip: string) => boolean {
  const isListed = proxyAddr.compile([...ranges]);
  return (ip) => isListed(ip, 0);
}

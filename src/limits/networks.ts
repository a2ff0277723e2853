import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import proxyAddr from 'proxy-addr';

const NARROW_BYTES = 8;
const WIDE_DIGITS = 12;

/** What limits count an address by: an IPv6 customer has a whole /64 to choose from. */
export const toNetworkKey = (ip: string): string =>
  isIPv6(ip) ? Buffer.from(ipaddr.parse(ip).toByteArray().slice(0, NARROW_BYTES)).toString('hex') : ip;

/** The /48 around an IPv6 address, which some customers have whole; undefined for any other address. */
export const toWideNetworkKey = (ip: string): string | undefined =>
  isIPv6(ip) ? `${toNetworkKey(ip).slice(0, WIDE_DIGITS)}/48` : undefined;

/** Whether an address is one of these addresses or in one of these CIDR ranges. */
export function createAddressSet(ranges: readonly string[]): (ip: string) => boolean {
  const isListed = proxyAddr.compile([...ranges]);
  return (ip) => isListed(ip, 0);
}

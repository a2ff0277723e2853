import { lookup as resolve } from 'node:dns';
import type { IncomingMessage } from 'node:http';
import type { get as httpsGet } from 'node:https';
import { BlockList, isIP, type LookupFunction } from 'node:net';

const TIMEOUT_MS = 5000;
const MAX_BYTES = 5 * 1024;
const IS_JSON = /^application\/(?:[\w.-]+\+)?json(?:;|$)/i;

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/** The special-use addresses that are not loopback (RFC 6890). `BlockList` also matches IPv4 addresses in IPv6 form. */
const SPECIAL = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const)
  SPECIAL.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of [
  ['::', 128],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  SPECIAL.addSubnet(network, prefix, 'ipv6');

export interface DocumentPolicy {
  /** Whether documents may be on this machine, and be sent over http from there. */
  readonly allowsLoopback: boolean;
}

/** Fetches a JSON document by its URL. Rejects with a text for the caller who has named the URL. */
export type FetchDocument = (url: string) => Promise<unknown>;

/**
 * Creates a function that fetches documents from servers that callers name: only 200, JSON, at most 5 kB, within five
 * seconds, without redirects, and from no special-use address. The address that is checked is the one it connects to.
 */
export function createFetchDocument({ allowsLoopback }: DocumentPolicy): FetchDocument {
  const isAllowed = (address: string): boolean =>
    isLoopback(address) ? allowsLoopback : !SPECIAL.check(address, familyOf(address));
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, found) => {
      if (error) {
        callback(error, '', 0);
        return;
      }
      const allowed = found.filter(({ address }) => isAllowed(address));
      const [first] = allowed;
      if (!first) callback(refusedAddress(), '', 0);
      else if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
  return async (text) => {
    const url = new URL(text);
    const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
    // No lookup takes place for an address.
    if (isIP(host) !== 0 && !isAllowed(host)) throw refusedAddress();
    const isLocal = isIP(host) === 0 ? /^(?:.+\.)?localhost$/.test(host) : isLoopback(host);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && allowsLoopback && isLocal))
      throw new Error('the URL must use https');
    const get: typeof httpsGet =
      url.protocol === 'https:' ? (await import('node:https')).get : (await import('node:http')).get;
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const response = await new Promise<IncomingMessage>((done, fail) => {
      get(url, { lookup, signal, agent: false, headers: { accept: 'application/json' } }, done).on(
        'error',
        fail,
      );
    });
    return parse(response);
  };
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
const isLoopback = (address: string): boolean => LOOPBACK.check(address, familyOf(address));
const refusedAddress = () => new Error('the host has no public address');

async function parse(response: IncomingMessage): Promise<unknown> {
  try {
    if (response.statusCode !== 200) throw new Error(`the server answered ${response.statusCode}, not 200`);
    if (!IS_JSON.test(response.headers['content-type'] ?? ''))
      throw new Error('the document is not served as JSON');
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of response) {
      // A response without encoding yields buffers.
      const bytes = chunk as Buffer;
      size += bytes.length;
      if (size > MAX_BYTES) throw new Error(`the document is larger than ${MAX_BYTES} bytes`);
      chunks.push(bytes);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch (error) {
    throw error instanceof SyntaxError ? new Error('the document is not valid JSON') : error;
  } finally {
    response.destroy();
  }
}

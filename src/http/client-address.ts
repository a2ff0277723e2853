import type { IncomingMessage } from 'node:http';
import { compile } from 'proxy-addr';
import type { TrustProxy } from '../config/address-schemas.ts';
import { toPlainAddress } from '../lib/address.ts';
import type { Logger } from '../observe/logger.ts';
import { isForwarded, parseForwardedNode, toForwardedNodes } from './forwarded-address.ts';

/** Why a forwarded address does not count, as the log says it. Either may let many callers share the limits of one address. */
const doubts = {
  untrusted:
    'X-Forwarded-For is ignored, since TRUST_PROXY does not list this peer: if it is a proxy, all callers behind it count as one address',
  unreadable:
    'X-Forwarded-For names no address that can be read: callers behind it count as the proxy that passed it on',
};

/** Whether the proxy at an address is trusted, so many hops away from us. */
type Trusts = (address: string, hop: number) => boolean;

export function toTrusts(trust: TrustProxy | undefined): Trusts {
  if (trust === undefined) return () => false;
  return 'hops' in trust ? (_, hop) => hop < trust.hops : compile([...trust.cidrs]);
}

/** The socket's address, IPv4 as such also where the socket takes both kinds. */
const toPeer = ({ socket }: IncomingMessage): string => toPlainAddress(socket.remoteAddress ?? '');

/**
 * Tells the address of a request's client: the socket's, or what the trusted proxies in front of us say in
 * `X-Forwarded-For` or `Forwarded`, read from the right, so a caller's own entries count for nothing. What cannot be
 * read counts as the proxy that passed it on. The first doubt of each kind is logged.
 */
export function createClientAddress(
  trust: TrustProxy | undefined,
  log: Pick<Logger, 'warn'>,
): (request: IncomingMessage) => string {
  const trusts = toTrusts(trust);
  const reported = new Set<keyof typeof doubts>();
  const warnOnce = (doubt: keyof typeof doubts, peer: string): void => {
    if (reported.has(doubt)) return;
    reported.add(doubt);
    log.warn({ peer }, doubts[doubt]);
  };
  return (request) => {
    const peer = toPeer(request);
    if (!isForwarded(request)) return peer;
    if (!trusts(peer, 0)) {
      warnOnce('untrusted', peer);
      return peer;
    }
    let client = peer;
    let hop = 0;
    for (const node of toForwardedNodes(request)) {
      const address = parseForwardedNode(node);
      if (address === undefined) {
        warnOnce('unreadable', peer);
        return client;
      }
      client = address;
      hop += 1;
      if (!trusts(client, hop)) return client;
    }
    return client;
  };
}

import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import { compile } from 'proxy-addr';
import type { TrustProxy } from '../config/address-schemas.ts';
import { toPlainAddress } from '../lib/address.ts';
import type { Logger } from '../observe/logger.ts';

const IPV4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(?:\d{1,5}|_[\w.-]+))?$/;
const BRACKETED = /^\[([^\]%]+)\](?::(?:\d{1,5}|_[\w.-]+))?$/;

/**
 * The address of a node as RFC 7239 §6 lets it be written: IPv4 or IPv6, in brackets or without, with a port, in quotes.
 * Undefined for what is no address, `unknown` and hidden names among it.
 */
function parseForwardedNode(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).replaceAll(/\\(.)/g, '$1') : trimmed;
  const address = IPV4.exec(bare)?.[1] ?? BRACKETED.exec(bare)?.[1] ?? bare;
  if (isIPv4(address)) return address;
  // IPv4 in the form of IPv6 becomes IPv4; a zone means something on one machine only.
  return isIPv6(address) && !address.includes('%') ? ipaddr.process(address).toString() : undefined;
}

/** The node that an element of `Forwarded` is `for`; empty where it says none, or more than one. */
function toForNode(element: string): string {
  const nodes = element.split(';').flatMap((pair) => /^\s*for=(.*)$/i.exec(pair)?.[1] ?? []);
  return nodes.length === 1 ? (nodes[0] ?? '') : '';
}

/** Cuts at commas from the right: what a caller put on the left, an open quote say, cannot reach what a proxy added. */
function* fromTheRight(header: string): Generator<string> {
  for (let end = header.length; end >= 0; ) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1);
    const entry = header.slice(comma + 1, end);
    if (entry.trim() !== '') yield entry;
    end = comma;
  }
}

/** Whether a request says for whom it is forwarded. */
const isForwarded = ({ headers }: IncomingMessage): boolean =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;

/** The nodes that a request was forwarded for, the last proxy's word first; `Forwarded` only where there is no `X-Forwarded-For`. */
function* toForwardedNodes({ headers }: IncomingMessage): Generator<string> {
  const list = headers['x-forwarded-for'];
  // Node joins several headers of either name by commas; its types allow a list.
  if (list !== undefined) yield* fromTheRight(String(list));
  else for (const element of fromTheRight(headers.forwarded ?? '')) yield toForNode(element);
}

/** Why a forwarded address does not count, as the log says it. Either may let many callers share the limits of one address. */
const DOUBTS = {
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
  const reported = new Set<keyof typeof DOUBTS>();
  const warnOnce = (doubt: keyof typeof DOUBTS, peer: string): void => {
    if (reported.has(doubt)) return;
    reported.add(doubt);
    log.warn({ peer }, DOUBTS[doubt]);
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

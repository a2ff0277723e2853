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
 * Parses a node of RFC 7239 §6: IPv4 or IPv6, with or without brackets, port and quotes. Undefined if it is no address,
 * such as `unknown` or an obfuscated name.
 */
function parseForwardedNode(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).replaceAll(/\\(.)/g, '$1') : trimmed;
  const address = IPV4.exec(bare)?.[1] ?? BRACKETED.exec(bare)?.[1] ?? bare;
  if (isIPv4(address)) return address;
  // IPv4-mapped IPv6 becomes IPv4. Zones are refused: they are valid on one machine only.
  return isIPv6(address) && !address.includes('%') ? ipaddr.process(address).toString() : undefined;
}

/** The `for` node of a `Forwarded` element; empty if none or more than one. */
function toForNode(element: string): string {
  const nodes = element.split(';').flatMap((pair) => /^\s*for=(.*)$/i.exec(pair)?.[1] ?? []);
  return nodes.length === 1 ? (nodes[0] ?? '') : '';
}

/**
 * Splits at commas from the right, so that text of the caller on the left, such as an open quote, cannot affect what a
 * proxy added.
 */
function* fromTheRight(header: string): Generator<string> {
  for (let end = header.length; end >= 0; ) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1);
    const entry = header.slice(comma + 1, end);
    if (entry.trim() !== '') yield entry;
    end = comma;
  }
}

/** Whether a request has forwarding headers. */
const isForwarded = ({ headers }: IncomingMessage): boolean =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;

/** The nodes that a request was forwarded for, the nearest first; `Forwarded` only without `X-Forwarded-For`. */
function* toForwardedNodes({ headers }: IncomingMessage): Generator<string> {
  const list = headers['x-forwarded-for'];
  // Node joins repeated headers of either name with commas; its types allow a list.
  if (list !== undefined) yield* fromTheRight(String(list));
  else for (const element of fromTheRight(headers.forwarded ?? '')) yield toForNode(element);
}

/** Log messages for ignored forwarding headers. Either case may let many callers share the limits of one address. */
const IGNORED_REASONS = {
  untrusted:
    'X-Forwarded-For is ignored, since TRUST_PROXY does not list this peer: if it is a proxy, all callers behind it count as one address',
  unreadable:
    'X-Forwarded-For names no address that can be read: callers behind it count as the proxy that passed it on',
};

/** Whether the proxy at an address is trusted; `hop` is its distance. */
type Trusts = (address: string, hop: number) => boolean;

export function toTrusts(trust: TrustProxy | undefined): Trusts {
  if (trust === undefined) return () => false;
  return 'hops' in trust ? (_, hop) => hop < trust.hops : compile([...trust.cidrs]);
}

/** The socket's address; IPv4 in plain form on dual-stack sockets. */
const toPeer = ({ socket }: IncomingMessage): string => toPlainAddress(socket.remoteAddress ?? '');

/**
 * Creates the function that finds a request's client address: the socket's, or the one that trusted proxies report in
 * `X-Forwarded-For` or `Forwarded`. Entries are read from the right, so that a caller's own entries are ignored. An
 * unreadable entry counts as the proxy that sent it. The first ignored header of each kind is logged.
 */
export function createClientAddress(
  trust: TrustProxy | undefined,
  log: Pick<Logger, 'warn'>,
): (request: IncomingMessage) => string {
  const trusts = toTrusts(trust);
  const reported = new Set<keyof typeof IGNORED_REASONS>();
  const warnOnce = (doubt: keyof typeof IGNORED_REASONS, peer: string): void => {
    if (reported.has(doubt)) return;
    reported.add(doubt);
    log.warn({ peer }, IGNORED_REASONS[doubt]);
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

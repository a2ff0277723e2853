import type { IncomingMessage } from 'node:http';
import { isIPv4, isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';

const ipv4 = /^(\d{1,3}(?:\.\d{1,3}){3})(?::(?:\d{1,5}|_[\w.-]+))?$/;
const bracketed = /^\[([^\]%]+)\](?::(?:\d{1,5}|_[\w.-]+))?$/;

/**
 * The address of a node as RFC 7239 §6 lets it be written: IPv4 or IPv6, in brackets or without, with a port, in quotes.
 * Undefined for what is no address, `unknown` and hidden names among it.
 */
export function parseForwardedNode(text: string): string | undefined {
  const trimmed = text.trim();
  const bare = /^".*"$/.test(trimmed) ? trimmed.slice(1, -1).replaceAll(/\\(.)/g, '$1') : trimmed;
  const address = ipv4.exec(bare)?.[1] ?? bracketed.exec(bare)?.[1] ?? bare;
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
export const isForwarded = ({ headers }: IncomingMessage): boolean =>
  headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined;

/** The nodes that a request was forwarded for, the last proxy's word first; `Forwarded` only where there is no `X-Forwarded-For`. */
export function* toForwardedNodes({ headers }: IncomingMessage): Generator<string> {
  const list = headers['x-forwarded-for'];
  // Node joins several headers of either name by commas; its types allow a list.
  if (list !== undefined) yield* fromTheRight(String(list));
  else for (const element of fromTheRight(headers.forwarded ?? '')) yield toForNode(element);
}

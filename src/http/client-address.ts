import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import proxyAddr from 'proxy-addr';

export type TrustProxy = { readonly hops: number } | { readonly cidrs: readonly string[] } | undefined;

/**
 * Tells the address of a request's client: the socket's, or what the trusted proxies in front of us say
 * in `X-Forwarded-For`, read from the right, so a caller's own entries count for nothing.
 */
export function createClientAddress(trust: TrustProxy): (request: IncomingMessage) => string {
  const plain = (address: string | undefined): string => {
    const known = address ?? '';
    return known.startsWith('::ffff:') ? known.slice('::ffff:'.length) : known;
  };
  if (trust === undefined) return (request) => plain(request.socket.remoteAddress);
  const trusts =
    'hops' in trust ? (_: string, hop: number) => hop < trust.hops : proxyAddr.compile([...trust.cidrs]);
  return (request) => {
    const judged = plain(proxyAddr(request, trusts));
    return isIP(judged) ? judged : plain(request.socket.remoteAddress);
  };
}

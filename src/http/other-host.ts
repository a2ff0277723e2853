import type { IncomingMessage } from 'node:http';
import type { TrustProxy } from '../config/address-schemas.ts';
import { toTrusts } from './client-address.ts';

/** The host name of a `Host` header, as URL parsers read it; undefined where they cannot. */
function toHostName(host: string): string | undefined {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/**
 * Tells whether a browser called by another host name than that of the public URL: its cookies for the two differ. The
 * port does not count, since cookies ignore it. Behind a trusted proxy, which may rewrite `Host`, only `X-Forwarded-Host`
 * counts; without it the host is taken to be ours.
 */
export function createIsOtherHost(
  publicUrl: string,
  trust: TrustProxy | undefined,
): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean {
  const own = new URL(publicUrl).hostname;
  const trusts = toTrusts(trust);
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-host'] ?? '').split(',', 1)[0];
    const host = trusts(socket.remoteAddress ?? '', 0) ? forwarded?.trim() : headers.host;
    const name = host === undefined ? undefined : toHostName(host);
    return name !== undefined && name !== own;
  };
}

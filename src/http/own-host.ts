import type { IncomingMessage } from 'node:http';
import proxyAddr from 'proxy-addr';
import type { TrustProxy } from './client-address.ts';

/** The host name of a `Host` header, as URL parsers read it; undefined where they cannot. */
function toHostName(host: string): string | undefined {
  const url = `http://${host}`;
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/**
 * Tells whether a browser reached us under another host name than that of the public URL, where its cookies are not the
 * same. Ports do not count, since cookies know none. A trusted proxy may have rewritten `Host`: behind one only
 * `X-Forwarded-Host` counts, and without it nothing is known.
 */
export function createIsElsewhere(
  publicUrl: string,
  trust: TrustProxy,
): (request: Pick<IncomingMessage, 'headers' | 'socket'>) => boolean {
  const own = new URL(publicUrl).hostname;
  const trusts =
    trust === undefined ? () => false : 'hops' in trust ? () => true : proxyAddr.compile([...trust.cidrs]);
  return ({ headers, socket }) => {
    const forwarded = String(headers['x-forwarded-host'] ?? '')
      .split(',', 1)[0]
      ?.trim();
    const host = trusts(socket.remoteAddress ?? '', 0) ? forwarded : headers.host;
    const name = host === undefined ? undefined : toHostName(host);
    return name !== undefined && name !== own;
  };
}

import type { IncomingMessage } from 'node:http';

/** A request that Express has routed. */
interface RoutedRequest extends IncomingMessage {
  readonly originalUrl: string;
  readonly params: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** The decoded path parameters. Only wildcards have lists as values, and no row has a wildcard. */
export const paramsOf = ({ params }: RoutedRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));

/** The query: everything after the first `?`; further ones belong to the values. */
export function queryOf({ originalUrl }: RoutedRequest): URLSearchParams {
  const at = originalUrl.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : originalUrl.slice(at + 1));
}

/** The socket's address, with the prefix of IPv4-mapped IPv6 addresses removed. */
export const socketIpOf = ({ socket }: IncomingMessage): string =>
  socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';

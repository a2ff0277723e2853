import type { IncomingMessage } from 'node:http';

/** A request as Express hands it to a route. */
interface RoutedRequest extends IncomingMessage {
  readonly originalUrl: string;
  readonly params: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What a path's `:names` stand for, decoded. Only wildcards have lists for values, and no row has a wildcard. */
export const paramsOf = ({ params }: RoutedRequest): Record<string, string> =>
  Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)]));

/** All that follows the first `?`: further ones belong to the values. */
export function queryOf({ originalUrl }: RoutedRequest): URLSearchParams {
  const at = originalUrl.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : originalUrl.slice(at + 1));
}

/** The socket's address, without the prefix that a socket open to both IP versions puts before an IPv4 address. */
export const socketIpOf = ({ socket }: IncomingMessage): string =>
  socket.remoteAddress?.replace(/^::ffff:/, '') ?? '';

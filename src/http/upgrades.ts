import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Whether the server takes the upgrade that a request offers: a WebSocket's opening handshake (RFC 6455 §4.1) alone. Any
 * other request is served as if it offered nothing (RFC 9110 §7.8). So is a handshake behind a request that is not answered
 * yet: its connection is not free.
 */
export function isWebSocketHandshake({ headers, method, httpVersion, socket }: IncomingMessage): boolean {
  // Node sets this; its types do not have it.
  const { _httpMessage } = socket as Socket & { readonly _httpMessage?: ServerResponse | null };
  return (
    method === 'GET' &&
    httpVersion === '1.1' &&
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['transfer-encoding'] === undefined &&
    (headers['content-length'] ?? '0') === '0' &&
    !_httpMessage
  );
}

/** The bytes of a request in the usual form: one space after each colon, no chunks. */
function toUsualLength({ method = '', url = '', rawHeaders, headers }: IncomingMessage): number {
  let length = `${method} ${url} HTTP/1.1\r\n\r\n`.length + Number(headers['content-length'] ?? 0);
  for (const text of rawHeaders) length += text.length + ': '.length;
  return length;
}

/** The bytes of a connection's requests so far, where all of them offered an upgrade. */
const KNOWN_BYTES = new WeakMap<Socket, number>();

const UPGRADE_TOKEN = /(?:^|,)\s*upgrade\s*(?:,|$)/i;

/** Whether the parser takes a request for one that offers an upgrade (RFC 9110 §7.8). */
export const offersUpgrade = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade !== undefined && UPGRADE_TOKEN.test(headers.connection ?? '');

/**
 * Ends the connection after a request whose upgrade was not taken, unless it is certain that nothing followed the request
 * in its last packet: Node's parser drops such bytes, and the client has to send them again (RFC 9112 §9.6).
 */
export function endWhereBytesAreLost(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;

  function check(): void {
    const bytes = (KNOWN_BYTES.get(socket) ?? 0) + toUsualLength(request);
    if (bytes === socket.bytesRead) KNOWN_BYTES.set(socket, bytes);
    else if (response.headersSent) response.once('finish', () => socket.destroySoon());
    else response.shouldKeepAlive = false;
  }

  const isBodyless = Number(request.headers['content-length'] ?? 0) === 0;
  if (isBodyless) check();
  else request.once('end', check);
}

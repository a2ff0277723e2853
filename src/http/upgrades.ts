import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Whether the server accepts the upgrade of a request: only WebSocket handshakes (RFC 6455 §4.1). Any other upgrade is
 * ignored (RFC 9110 §7.8), as is a handshake behind a request that is not answered yet.
 */
export function isWebSocketHandshake({ headers, method, httpVersion, socket }: IncomingMessage): boolean {
  // Node sets this property; its types lack it.
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

/** The length of a request in the usual form: one space after each colon, no chunks. */
function toUsualLength({ method = '', url = '', rawHeaders, headers }: IncomingMessage): number {
  let length = `${method} ${url} HTTP/1.1\r\n\r\n`.length + Number(headers['content-length'] ?? 0);
  for (const text of rawHeaders) length += text.length + ': '.length;
  return length;
}

/** Bytes of a connection's requests so far, if all of them offered an upgrade. */
const KNOWN_BYTES = new WeakMap<Socket, number>();

const UPGRADE_TOKEN = /(?:^|,)\s*upgrade\s*(?:,|$)/i;

/** Whether the parser reads a request as an upgrade offer (RFC 9110 §7.8). */
export const offersUpgrade = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade !== undefined && UPGRADE_TOKEN.test(headers.connection ?? '');

/**
 * Closes the connection after an ignored upgrade, unless certainly nothing followed the request in its last packet: Node's
 * parser drops such bytes, and the client must send them again (RFC 9112 §9.6).
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

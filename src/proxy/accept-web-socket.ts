import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

const KEEP_ALIVE_MS = 30_000;

/** Answers 101 and detaches the socket from its response (RFC 6455 §4.2.2). */
export function acceptWebSocket(response: ServerResponse, headers: readonly string[]): Socket {
  const { socket } = response.req;
  response.detachSocket(socket);
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  for (let i = 0; i < headers.length; i += 2) lines.push(`${headers[i]}: ${headers[i + 1]}`);
  socket.write(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
  socket.setKeepAlive(true, KEEP_ALIVE_MS).setTimeout(0);
  return socket;
}

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** Requests that change something at a tenant. */
const WRITES = new Set(['POST', 'PATCH', 'PUT', 'DELETE']);

/**
 * A proxy between a command and its tenant. Calls `onWritten` with method and path after a change by the Management
 * API, before the response is returned; if it returns false, the response is dropped.
 */
export async function startRelay(
  origin: string,
  onWritten: (call: string) => boolean | Promise<boolean>,
): Promise<string> {
  const relay = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method = 'GET', url = '/', headers } = request;
    const body = Buffer.concat(await request.toArray());
    const { authorization = '', 'content-type': type = 'application/json' } = headers;
    const answer = await fetch(`${origin}${url}`, {
      method,
      headers: { authorization, 'content-type': type },
      ...(body.length > 0 && { body }),
    });
    const text = await answer.text();
    const isWrite = WRITES.has(method) && url.startsWith('/api/v2/');
    if (isWrite && !(await onWritten(`${method} ${url}`))) {
      request.destroy();
      return;
    }
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  };
  const server = createServer((request, response) => void relay(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  // The server listens on TCP, which the type does not express.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

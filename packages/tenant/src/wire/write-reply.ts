import type { ServerResponse } from 'node:http';
import type { TenantReply } from './row.ts';

/** Sends a response: an object as JSON, a string unchanged, an empty one without content type. */
export function writeReply(response: ServerResponse, reply: TenantReply): void {
  const { status = 200, body = '', headers = {} } = reply;
  const isText = typeof body === 'string';
  const type = isText
    ? (reply.contentType ?? 'text/plain; charset=utf-8')
    : 'application/json; charset=utf-8';
  const text = isText ? body : JSON.stringify(body);
  response.writeHead(status, {
    ...(text !== '' && { 'content-type': type }),
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

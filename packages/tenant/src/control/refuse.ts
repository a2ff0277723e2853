import type { ServerResponse } from 'node:http';

/** Writes an error of the control API: `{error, message}`, with a code for programs and a message for people. */
export function refuse(response: ServerResponse, status: number, error: string, message: string): void {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' })
    .end(JSON.stringify({ error, message }));
}

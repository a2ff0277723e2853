import type { IncomingMessage, ServerResponse } from 'node:http';
import { WireError } from './errors.ts';
import { HINTS } from './hints.ts';
import type { TenantReply } from './row.ts';
import { writeReply } from './write-reply.ts';

type ErrorWriter = (
  error: unknown,
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/**
 * Creates the only writer of the tenant's error responses. An unexpected error becomes a 500 without details and is
 * reported to `warn`.
 */
export function createErrorWriter(warn: (message: string) => void): ErrorWriter {
  // Express recognizes an error handler by its four parameters.
  return (error, request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const foreseen = toReply(error);
    if (!foreseen) {
      const path = request.url?.split('?', 1)[0];
      warn(`request failed: ${request.method} ${path}: ${error instanceof Error ? error.stack : 'no error'}`);
    }
    writeReply(response, foreseen ?? oauthReply(500, 'server_error', 'Internal error'));
  };
}

function toReply(error: unknown): TenantReply | undefined {
  if (error instanceof WireError) {
    const { hint, headers } = error.options;
    const extra = { 'cache-control': 'no-store', ...headers, ...(hint && { 'x-tenant-hint': HINTS[hint] }) };
    return { status: error.status, body: error.body, headers: extra };
  }
  if (!isClientFault(error)) return undefined;
  if (error.status === 413) return oauthReply(413, 'invalid_request', 'The body is too large');
  if (error.status === 415)
    return oauthReply(415, 'invalid_request', 'The encoding of the body is not supported');
  return oauthReply(400, 'invalid_request', 'The request is malformed');
}

const oauthReply = (status: number, error: string, description: string): TenantReply => ({
  status,
  body: { error, error_description: description },
  headers: { 'cache-control': 'no-store' },
});

/** An error of Express or its body parsers for a malformed request: it has a 4xx status. */
const isClientFault = (error: unknown): error is { status: number } =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500;

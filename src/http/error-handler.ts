import type { IncomingMessage } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import type { GatewayError } from '../errors.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { toGatewayError, toOAuthError, toProblem } from './problem.ts';
import { toFlatHeaders, type Writer } from './reply.ts';

export interface ErrorHandlerOptions {
  readonly publicUrl: string;
  readonly writer: Writer;
  /** Told of what nobody foresaw, with its stack; the client gets none of it. */
  readonly onUnexpected: (error: unknown, requestId: string) => void;
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';

/**
 * A request whose outer form the edge refused may be two requests to somebody else, and an unread body would have to
 * be read to its end before the next one.
 */
const isLastOfConnection = (request: IncomingMessage, { path }: Exchange, { code }: GatewayError): boolean =>
  (path === '' && code !== 'overloaded') || (hasBody(request) && !request.complete);

/** Turns whatever was thrown into an answer: the only place that writes errors. */
export function createErrorHandler({
  publicUrl,
  writer,
  onUnexpected,
}: ErrorHandlerOptions): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    const exchange = exchangeOf(response);
    const error = toGatewayError(thrown);
    if (error.code === 'internal') onUnexpected(error.cause ?? error, exchange.id);
    exchange.code = error.code;
    exchange.reason = error.options.reason;
    exchange.refused = error.options.caller;
    const isOAuth = exchange.errorShape === 'oauth';
    const headers = toFlatHeaders(error.options.headers);
    const { retryAfterS } = error.options;
    if (retryAfterS !== undefined) headers.push('Retry-After', String(retryAfterS));
    const isPrivate = error.status === 401 || error.status === 403 || exchange.path.startsWith('/v1/');
    if (isPrivate) headers.push('Cache-Control', 'no-store');
    const body = isOAuth ? toOAuthError(error) : toProblem(error, publicUrl, exchange.id);
    writer.write(response, exchange, {
      status: error.status,
      body: JSON.stringify(body),
      contentType: isOAuth ? undefined : 'application/problem+json',
      headers,
      close: isLastOfConnection(request, exchange, error),
    });
  };
}

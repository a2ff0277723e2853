import type { ErrorRequestHandler } from 'express';
import { errorTable, type GatewayError } from '../errors.ts';
import { exchangeOf } from './exchange.ts';
import { PAGE_TYPE, pageHeaders, toPage, wantsPage } from './page.ts';
import { toGatewayError, toOAuthError, toProblem } from './problem.ts';
import { toFlatHeaders, type Writer } from './reply.ts';
import { type ToLoginPath, toSignInAnswer } from './sign-in-answer.ts';

export interface ErrorHandlerOptions {
  readonly publicUrl: string;
  readonly toLoginPath: ToLoginPath;
  /** Whether answers also name what only the operator can change: not in production. */
  readonly isForOperator: boolean;
  readonly writer: Writer;
  /** Called with what nobody foresaw, with its stack; the client gets none of it. */
  readonly onUnexpected: (error: unknown, requestId: string) => void;
}

/** An error for a person: our own words alone, and a way back. */
function toErrorPage(error: GatewayError, requestId: string): string {
  const { detail, retryPath } = error.options;
  return toPage({
    title: errorTable[error.code].title,
    text: `${detail ?? 'You can try again.'} If it happens again, tell those who run this application what stands below.`,
    links: [{ href: retryPath ?? '/', text: retryPath ? 'Try again' : 'Go back' }],
    note: `${error.code}, request ${requestId}`,
  });
}

/** Turns whatever was thrown into an answer, in the error shape of the row it was meant for: the only place that writes errors. */
export function createErrorHandler(options: ErrorHandlerOptions): ErrorRequestHandler {
  const { publicUrl, toLoginPath, isForOperator, writer, onUnexpected } = options;
  return (thrown: unknown, request, response, _next) => {
    const exchange = exchangeOf(response);
    const error = toGatewayError(thrown);
    if (error.code === 'internal') onUnexpected(error.cause ?? error, exchange.id);
    exchange.code = error.code;
    exchange.reason = error.options.reason;
    exchange.refused = error.options.caller;
    const toSignIn = toSignInAnswer(request, exchange, error, toLoginPath);
    if (toSignIn) {
      writer.write(response, exchange, toSignIn);
      return;
    }
    const { row } = exchange;
    const isOAuth = row?.errorShape === 'oauth';
    const isPage = row?.errorShape === 'page' && wantsPage(request.headers);
    const headers = toFlatHeaders(error.options.headers);
    const { retryAfterS } = error.options;
    if (retryAfterS !== undefined) headers.push('Retry-After', String(retryAfterS));
    // Without a path nobody knows what it was meant for.
    const isPrivate = exchange.path === '' || exchange.path.startsWith('/v1/');
    if (isPrivate || error.status === 401 || error.status === 403) headers.push('Cache-Control', 'no-store');
    if (row?.variesByCookie) headers.push('Vary', 'Cookie');
    if (isPage) {
      headers.push(...toFlatHeaders(pageHeaders));
      writer.write(response, exchange, {
        status: error.status,
        body: toErrorPage(error, exchange.id),
        contentType: PAGE_TYPE,
        headers,
      });
      return;
    }
    const body = isOAuth
      ? toOAuthError(error, isForOperator)
      : toProblem(error, { publicUrl, requestId: exchange.id, isForOperator });
    writer.write(response, exchange, {
      status: error.status,
      body: JSON.stringify(body),
      contentType: isOAuth ? undefined : 'application/problem+json',
      headers,
      // A request of doubtful form may be two requests to somebody else.
      close: !exchange.isSound,
    });
  };
}

import type { IncomingMessage } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { isDocumentNavigation } from '../browser/navigation.ts';
import { ERROR_TABLE, type ErrorCode, type GatewayError } from '../errors.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { PAGE_HEADERS, PAGE_TYPE, toPage, wantsPage } from './page.ts';
import { toGatewayError, toOAuthError, toProblem } from './problem.ts';
import { type ResponseParts, toFlatHeaders, type Writer } from './reply.ts';

/** The path that signs a browser in and then returns it to `page`, a path with its query. */
type ToLoginPath = (page: string) => string;

const WITHOUT_SESSION: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'session_expired']);

/** The redirect to sign-in that a navigation gets instead of the error for a missing session, if the row offers it. */
function toSignInAnswer(
  request: IncomingMessage,
  { row, path, query }: Exchange,
  { code, options }: GatewayError,
  toLoginPath: ToLoginPath,
): ResponseParts | undefined {
  if (!row?.isLoginOffered || !WITHOUT_SESSION.has(code) || !isDocumentNavigation(request)) return undefined;
  const location = toLoginPath(query === '' ? path : `${path}?${query}`);
  const headers = ['Location', location, 'Cache-Control', 'no-store', 'Vary', 'Cookie'];
  // Clears the cookie of an ended session.
  const cookie = options.headers?.['Set-Cookie'];
  if (cookie !== undefined) headers.push('Set-Cookie', cookie);
  return { status: 303, body: '', headers };
}

export interface ErrorHandlerOptions {
  readonly publicUrl: string;
  readonly toLoginPath: ToLoginPath;
  /** Whether answers include advice for the operator: not in production. */
  readonly isForOperator: boolean;
  readonly writer: Writer;
  /** Called with unexpected errors, which are not shown to the client. */
  readonly onUnexpected: (error: unknown, requestId: string) => void;
}

/** An error page, with the gateway's own texts only and a link to retry. */
function toErrorPage(error: GatewayError, requestId: string): string {
  const { detail, retryPath } = error.options;
  return toPage({
    title: ERROR_TABLE[error.code].title,
    text: `${detail ?? 'You can try again.'} If it happens again, report the line below to the operator of this application.`,
    links: [{ href: retryPath ?? '/', text: retryPath ? 'Try again' : 'Go back' }],
    note: `${error.code}, request ${requestId}`,
  });
}

/** Turns anything thrown into an error answer, in the shape of the request's row: the only place that writes errors. */
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
    // Without a parsed path the route is unknown.
    const isPrivate = exchange.path === '' || exchange.path.startsWith('/v1/');
    if (isPrivate || error.status === 401 || error.status === 403) headers.push('Cache-Control', 'no-store');
    if (row?.variesByCookie) headers.push('Vary', 'Cookie');
    if (isPage) {
      headers.push(...toFlatHeaders(PAGE_HEADERS));
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
      // Another reader could take a badly framed request for two.
      close: !exchange.isWellFramed,
    });
  };
}

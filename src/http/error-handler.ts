import type { IncomingMessage } from 'node:http';
import type { ErrorRequestHandler } from 'express';
import { isDocumentNavigation } from '../browser/navigation.ts';
import { ERROR_TABLE, type ErrorCode, type GatewayError } from '../errors.ts';
import { type Exchange, exchangeOf } from './exchange.ts';
import { PAGE_HEADERS, PAGE_TYPE, toPage, wantsPage } from './page.ts';
import { toGatewayError, toOAuthError, toProblem } from './problem.ts';
import { type ResponseParts, toFlatHeaders, type Writer } from './reply.ts';

/** Where a browser begins to sign in, to come back to a page of ours: its path with its query. */
type ToLoginPath = (page: string) => string;

const WITHOUT_SESSION: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'session_expired']);

/** What a person's browser gets instead of the error of a missing session, where the row offers it: the way to sign-in. */
function toSignInAnswer(
  request: IncomingMessage,
  { row, path, query }: Exchange,
  { code, options }: GatewayError,
  toLoginPath: ToLoginPath,
): ResponseParts | undefined {
  if (!row?.isLoginOffered || !WITHOUT_SESSION.has(code) || !isDocumentNavigation(request)) return undefined;
  const location = toLoginPath(query === '' ? path : `${path}?${query}`);
  const headers = ['Location', location, 'Cache-Control', 'no-store', 'Vary', 'Cookie'];
  // Takes away the cookie of a session that has ended.
  const cookie = options.headers?.['Set-Cookie'];
  if (cookie !== undefined) headers.push('Set-Cookie', cookie);
  return { status: 303, body: '', headers };
}

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
    title: ERROR_TABLE[error.code].title,
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
      // A request of doubtful form may be two requests to somebody else.
      close: !exchange.isSound,
    });
  };
}

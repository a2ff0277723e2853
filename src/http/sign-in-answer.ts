import type { IncomingMessage } from 'node:http';
import { isDocumentNavigation } from '../browser/document-navigation.ts';
import type { ErrorCode, GatewayError } from '../errors.ts';
import type { Exchange } from './exchange.ts';
import type { Answer } from './reply.ts';

/** Where a browser begins to sign in, to come back to a page of ours: its path with its query. */
export type ToLoginPath = (page: string) => string;

const withoutSession: ReadonlySet<ErrorCode> = new Set(['unauthenticated', 'session_expired']);

/** What a person's browser gets instead of the error of a missing session, where the row offers it: the way to sign-in. */
export function toSignInAnswer(
  request: IncomingMessage,
  { row, path, query }: Exchange,
  { code, options }: GatewayError,
  toLoginPath: ToLoginPath,
): Answer | undefined {
  if (!row?.isLoginOffered || !withoutSession.has(code) || !isDocumentNavigation(request)) return undefined;
  const location = toLoginPath(query === '' ? path : `${path}?${query}`);
  const headers = ['Location', location, 'Cache-Control', 'no-store', 'Vary', 'Cookie'];
  // Takes away the cookie of a session that has ended.
  const cookie = options.headers?.['Set-Cookie'];
  if (cookie !== undefined) headers.push('Set-Cookie', cookie);
  return { status: 303, body: '', headers };
}

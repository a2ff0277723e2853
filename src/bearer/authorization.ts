import type { IncomingMessage } from 'node:http';
import { isHeaderDoubled } from '../lib/is-header-doubled.ts';

/** No credentials that we know: nothing at all, or another scheme (RFC 6750 §3.1, RFC 9110 §11.6.2). */
export const noCredentials = Symbol('no credentials');
/** A header that is not `Bearer`, one space and one word, or more than one header. */
export const malformed = Symbol('malformed');

const BEARER = /^bearer(?![!#$%&'*+.^_`|~\w-])/i;
const SCHEME = /^[!#$%&'*+.^_`|~\w-]+(?: |$)/;

/** The bearer token of a request, from its `Authorization` header only. */
export function toBearerToken(request: IncomingMessage): string | typeof noCredentials | typeof malformed {
  const { authorization } = request.headers;
  if (authorization === undefined) return noCredentials;
  if (isHeaderDoubled(request, 'authorization')) return malformed;
  if (!BEARER.test(authorization)) return SCHEME.test(authorization) ? noCredentials : malformed;
  const token = authorization.slice(7);
  const isOneWord = token !== '' && !token.includes(' ') && !token.includes('\t');
  return authorization[6] === ' ' && isOneWord ? token : malformed;
}

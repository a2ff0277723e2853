import type { IncomingMessage } from 'node:http';
import { isHeaderDoubled } from '../lib/is-header-doubled.ts';

/** No `Authorization` header, or another scheme than Bearer (RFC 6750 §3.1, RFC 9110 §11.6.2). */
export const noCredentials = Symbol('no credentials');
/** More than one header, or not exactly `Bearer`, one space and one word. */
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

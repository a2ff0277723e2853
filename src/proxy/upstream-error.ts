import { GatewayError } from '../errors.ts';

const RETRY_AFTER_S = 2;

/** Codes of failures before the upstream received anything. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'EMFILE',
]);

/** Maps the error of a failed attempt, by its code of undici, Node's network or TLS. */
export function toUpstreamError(cause: Error): Error {
  if (cause instanceof GatewayError) return cause;
  const { code } = cause as { code?: string };
  // Not every parser error has a code.
  if (cause.name === 'HTTPParserError')
    return new GatewayError('upstream_error', { cause, reason: 'not_http' });
  if (code === undefined || code === 'UND_ERR_INVALID_ARG') return cause;
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT')
    return new GatewayError('upstream_timeout', { cause, reason: 'connect' });
  if (UNREACHABLE.has(code))
    return new GatewayError('upstream_unavailable', { cause, reason: code, retryAfterS: RETRY_AFTER_S });
  return new GatewayError('upstream_error', { cause, reason: code });
}

const OTHERS_FAULTS: ReadonlySet<string> = new Set([
  'payload_too_large',
  'request_timeout',
  'invalid_request',
  'overloaded',
]);

/** Whether a failure with this code was not caused by the upstream. */
export const isNotUpstreamFault = (code: string): boolean => OTHERS_FAULTS.has(code);

import { GatewayError } from '../errors.ts';

const RETRY_AFTER_S = 2;

/** Nothing has reached the upstream. */
const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EADDRNOTAVAIL',
  'EMFILE',
]);

/** What a failed attempt answers with: foreseen where it has a code of undici, of Node's network or of TLS. */
export function toUpstreamError(cause: Error): Error {
  if (cause instanceof GatewayError) return cause;
  const { code } = cause as { code?: string };
  // Not every fault that its parser finds has a code.
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

/** Whether a failure of this code is not the upstream's fault. */
export const isOthersFault = (code: string): boolean => OTHERS_FAULTS.has(code);

import type { ErrorCode } from '../errors.ts';
import { type AnyRoute, isProxied } from '../http/proxy-route.ts';
import { isGuarded } from '../http/route.ts';

/** Errors of every route. */
const COMMON_ERRORS: readonly ErrorCode[] = [
  'validation_failed',
  'method_not_allowed',
  'overloaded',
  'internal',
];
const GUARD_ERRORS: readonly ErrorCode[] = [
  'invalid_request',
  'unauthenticated',
  'invalid_token',
  'insufficient_scope',
  'ambiguous_credentials',
  'csrf_failed',
  'session_expired',
  'store_unavailable',
  'tenant_unavailable',
];
const BODY_ERRORS: readonly ErrorCode[] = [
  'request_timeout',
  'payload_too_large',
  'unsupported_media_type',
  'rate_limited',
];
const TENANT_ERRORS: readonly ErrorCode[] = [
  'tenant_unavailable',
  'tenant_timeout',
  'tenant_error',
  'tenant_misconfigured',
];

/** All error codes of a row, without duplicates. */
export function toErrorCodes(row: AnyRoute): ErrorCode[] {
  const codes = [...COMMON_ERRORS, ...row.errors];
  if (isGuarded(row.guard)) codes.push(...GUARD_ERRORS);
  if (!isProxied(row) && row.body) codes.push(...BODY_ERRORS);
  if (!isProxied(row) && row.acts) codes.push('csrf_failed');
  if (row.path.startsWith('/v1/')) codes.push(...TENANT_ERRORS);
  return [...new Set(codes)];
}

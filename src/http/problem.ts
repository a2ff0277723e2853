import { ERROR_TABLE, type ErrorCode, GatewayError, meaningOf } from '../errors.ts';

/** OAuth has fewer words than our table (RFC 6749 §5.2, RFC 8707 §2); the endpoints that keep its shape say these. */
const OAUTH_ERRORS: Partial<Record<ErrorCode, string>> = {
  invalid_client: 'invalid_client',
  invalid_scope: 'invalid_scope',
  invalid_target: 'invalid_target',
  unauthorized_client: 'unauthorized_client',
  unsupported_grant_type: 'unsupported_grant_type',
  rate_limited: 'temporarily_unavailable',
  too_many_attempts: 'temporarily_unavailable',
  overloaded: 'temporarily_unavailable',
  tenant_unavailable: 'temporarily_unavailable',
  tenant_timeout: 'temporarily_unavailable',
  internal: 'server_error',
  tenant_error: 'server_error',
  tenant_misconfigured: 'server_error',
};

/** Anything thrown, as the error we answer with: what we did not foresee is `internal`. */
export const toGatewayError = (thrown: unknown): GatewayError =>
  thrown instanceof GatewayError ? thrown : new GatewayError('internal', { cause: thrown });

/** What the caller can do; where the operator is the one who reads it, what they can change as well. */
function toAdvice({ code, detail, options }: GatewayError, isForOperator: boolean): string {
  const operatorAdvice = options.operatorAdvice ?? meaningOf(code).operatorAdvice;
  return isForOperator && operatorAdvice !== undefined ? `${detail} ${operatorAdvice}` : detail;
}

export interface ProblemContext {
  readonly publicUrl: string;
  readonly requestId: string;
  /** Whether answers also name what only the operator can change: not in production. */
  readonly isForOperator: boolean;
}

/** A problem details object (RFC 9457) with our members. */
export function toProblem(
  error: GatewayError,
  { publicUrl, requestId, isForOperator }: ProblemContext,
): Record<string, unknown> {
  const { errors, retryAfterS, members } = error.options;
  return {
    type: `${publicUrl}/problems/${error.code}`,
    title: ERROR_TABLE[error.code].title,
    status: error.status,
    detail: toAdvice(error, isForOperator),
    code: error.code,
    request_id: requestId,
    ...(errors && { errors }),
    ...(retryAfterS !== undefined && { retry_after: retryAfterS }),
    ...members,
  };
}

/** The word of OAuth for one of our codes. */
export function toOAuthErrorCode(code: ErrorCode): string {
  const { status } = ERROR_TABLE[code];
  const isClientFault = status < 500 && status !== 429;
  return OAUTH_ERRORS[code] ?? (isClientFault ? 'invalid_request' : 'server_error');
}

const NOT_DESCRIPTIVE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** The error of RFC 6749 §5.2, whose description keeps to the characters that it allows. */
export function toOAuthError(error: GatewayError, isForOperator: boolean): Record<string, unknown> {
  const { members, errors } = error.options;
  const fields = errors?.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  const description = fields ?? `${ERROR_TABLE[error.code].title} ${toAdvice(error, isForOperator)}`;
  return {
    error: toOAuthErrorCode(error.code),
    error_description: description.replaceAll(NOT_DESCRIPTIVE, '?'),
    ...members,
  };
}

import { ERROR_TABLE, type ErrorCode, GatewayError, meaningOf } from '../errors.ts';

/** OAuth error codes for our codes (RFC 6749 §5.2, RFC 8707 §2), used by endpoints with OAuth errors. */
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

/** Converts anything thrown to a GatewayError; unexpected errors become `internal`. */
export const toGatewayError = (thrown: unknown): GatewayError =>
  thrown instanceof GatewayError ? thrown : new GatewayError('internal', { cause: thrown });

/** The advice for the caller, and for the operator if `isForOperator`. */
function toAdvice({ code, detail, options }: GatewayError, isForOperator: boolean): string {
  const operatorAdvice = options.operatorAdvice ?? meaningOf(code).operatorAdvice;
  return isForOperator && operatorAdvice !== undefined ? `${detail} ${operatorAdvice}` : detail;
}

export interface ProblemContext {
  readonly publicUrl: string;
  readonly requestId: string;
  /** Whether answers include advice for the operator: not in production. */
  readonly isForOperator: boolean;
}

/** Creates a problem details object (RFC 9457) with additional members. */
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

/** The OAuth error code for one of our codes. */
export function toOAuthErrorCode(code: ErrorCode): string {
  const { status } = ERROR_TABLE[code];
  const isClientFault = status < 500 && status !== 429;
  return OAUTH_ERRORS[code] ?? (isClientFault ? 'invalid_request' : 'server_error');
}

const NOT_DESCRIPTIVE = /[^\x20\x21\x23-\x5b\x5d-\x7e]/g;

/** Creates an error of RFC 6749 §5.2; its description uses only the allowed characters. */
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

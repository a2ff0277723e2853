import { ERROR_TABLE, type ErrorCode, type ErrorMeaning } from './error-table.ts';

export { ERROR_TABLE, type ErrorCode, type ErrorMeaning } from './error-table.ts';

/** The table entry of an error code. */
export const meaningOf = (code: ErrorCode): ErrorMeaning => ERROR_TABLE[code];

/** One fault of a request: `path` is a JSON path such as `email` or `user_metadata.age`. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

export interface GatewayErrorOptions {
  /** For the log only; never reaches an answer. */
  readonly cause?: unknown;
  /** What the caller can do. Default: the table's advice. Never text of a library or of the tenant. */
  readonly detail?: string;
  /** What only the operator can change: for answers in development; the table's where absent. */
  readonly operatorAdvice?: string;
  readonly errors?: readonly FieldError[];
  /** Whole seconds; sent as `Retry-After` and as `retry_after`. */
  readonly retryAfterS?: number;
  /** Further headers of the answer, such as `WWW-Authenticate` or `Allow`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Further members of the problem (RFC 9457 §3.2), such as `mfa_handle` or `reason`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** The refused caller for the log, if a guard identified it. */
  readonly caller?: { readonly subject: string; readonly clientId: string | undefined };
  /** The retry link of an error page: a path of the gateway. */
  readonly retryPath?: string;
  /** Why, for the log: a short machine-readable word such as `expired` or `aud`. */
  readonly reason?: string;
}

/** An expected failure. Anything else thrown becomes 500 `internal`. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly code: ErrorCode;
  readonly status: number;
  /** What the caller can do about it. */
  readonly detail: string;
  readonly options: GatewayErrorOptions;

  constructor(code: ErrorCode, options: GatewayErrorOptions = {}) {
    super(ERROR_TABLE[code].title, { cause: options.cause });
    this.code = code;
    this.detail = options.detail ?? ERROR_TABLE[code].advice;
    this.status = ERROR_TABLE[code].status;
    this.options = options;
  }

  /** The same error with further headers. */
  withHeaders(headers: Readonly<Record<string, string>>): GatewayError {
    return new GatewayError(this.code, { ...this.options, headers: { ...headers, ...this.options.headers } });
  }
}

/** The code of anything thrown; `internal` for unexpected errors. */
export const toErrorCode = (thrown: unknown): ErrorCode =>
  thrown instanceof GatewayError ? thrown.code : 'internal';

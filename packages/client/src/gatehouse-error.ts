import type { Problem } from './api-types.ts';

/** Error codes of this client, in addition to those of the gateway. */
export type ClientErrorCode = 'network_error' | 'unexpected_response' | 'popup_blocked' | 'popup_closed';

/** All error codes. */
export type GatehouseErrorCode = Problem['code'] | ClientErrorCode;

/** Additional members of some codes. */
export interface ProblemMembers {
  /** With `mfa_required`: the handle that continues the sign-in. */
  mfa_handle?: string;
  /** With `mfa_required`: lifetime of the handle in seconds. */
  expires_in?: number;
  /** With `mfa_required`: the factors of the user. */
  factors?: { type: string; enrolled: boolean }[];
  /** With `weak_password` and `access_denied`. */
  reason?: string;
  /** With `weak_password` if `reason` is `strength`. */
  rules?: { code: string; message: string; satisfied: boolean }[];
  /** With `insufficient_user_authentication`: maximum seconds since the sign-in. */
  max_age?: number;
  /** With `insufficient_user_authentication`: the accepted values, separated by spaces. */
  acr_values?: string;
}

/** An error response of the gateway (RFC 9457), with the members of its code. */
export type GatehouseProblem = Problem & ProblemMembers;

interface GatehouseErrorOptions {
  readonly status?: number;
  readonly problem?: GatehouseProblem | undefined;
  readonly retryAfterS?: number | undefined;
  readonly cause?: unknown;
}

/** The error of a failed call. Branch on `code`; `detail` says what to do. */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError';
  readonly code: GatehouseErrorCode;
  /** HTTP status of the response; 0 without a response. */
  readonly status: number;
  readonly detail: string;
  /** The complete problem; undefined if the response was not a problem of the gateway. */
  readonly problem: GatehouseProblem | undefined;
  /** Seconds to wait before a retry, if the response states it. */
  readonly retryAfterS: number | undefined;

  constructor(code: GatehouseErrorCode, detail: string, options: GatehouseErrorOptions = {}) {
    super(detail, { cause: options.cause });
    this.code = code;
    this.detail = detail;
    this.status = options.status ?? 0;
    this.problem = options.problem;
    this.retryAfterS = options.retryAfterS;
  }
}

/** The problem in a response; undefined if it is not a problem of the gateway. Reads the body. */
export async function readProblem(response: Response): Promise<GatehouseProblem | undefined> {
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) return undefined;
  try {
    const body: unknown = await response.json();
    return typeof (body as GatehouseProblem).code === 'string' ? (body as GatehouseProblem) : undefined;
  } catch {
    return undefined;
  }
}

/** `Retry-After` in seconds: a number, or a date (RFC 9110 §10.2.3). */
export function readRetryAfterS({ headers }: Response): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const seconds = /^\d+$/.test(text) ? Number(text) : Math.ceil((Date.parse(text) - Date.now()) / 1000);
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** The error of a response of the gateway or of a proxy in between. */
export async function toGatehouseError(response: Response): Promise<GatehouseError> {
  const { status } = response;
  const problem = await readProblem(response);
  const detail =
    problem?.detail ?? `Unexpected response with status ${status}, not from the gateway. Try again later.`;
  return new GatehouseError(problem?.code ?? 'unexpected_response', detail, {
    status,
    problem,
    retryAfterS: problem?.retry_after ?? readRetryAfterS(response),
  });
}

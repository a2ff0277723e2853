import type { Problem } from './api-types.ts';

/** Codes of this client, beside those of the gateway. */
export type ClientErrorCode = 'network_error' | 'unexpected_response' | 'popup_blocked' | 'popup_closed';

/** What a program may branch on. */
export type GatehouseErrorCode = Problem['code'] | ClientErrorCode;

/** What single codes bring along. */
export interface ProblemMembers {
  /** With `mfa_required`: what the sign-in goes on with. */
  mfa_handle?: string;
  /** With `mfa_required`: seconds for which the handle is good. */
  expires_in?: number;
  /** With `mfa_required`: the factors of the user. */
  factors?: { type: string; enrolled: boolean }[];
  /** With `weak_password` and `access_denied`. */
  reason?: string;
  /** With `weak_password` where `reason` is `strength`. */
  rules?: { code: string; message: string; satisfied: boolean }[];
  /** With `insufficient_user_authentication`: seconds since the sign-in, at most. */
  max_age?: number;
  /** With `insufficient_user_authentication`: separated by spaces. */
  acr_values?: string;
}

/** An error answer of the gateway (RFC 9457), with the members of its code. */
export type GatehouseProblem = Problem & ProblemMembers;

interface GatehouseErrorOptions {
  readonly status?: number;
  readonly problem?: GatehouseProblem | undefined;
  readonly retryAfterS?: number | undefined;
  readonly cause?: unknown;
}

/** Why a call failed. Branch on `code`; `detail` says in a sentence what to do. */
export class GatehouseError extends Error {
  override readonly name = 'GatehouseError';
  readonly code: GatehouseErrorCode;
  /** Of the answer; 0 where there was none. */
  readonly status: number;
  readonly detail: string;
  /** The whole answer; undefined where it was no problem of the gateway. */
  readonly problem: GatehouseProblem | undefined;
  /** Seconds to wait before the next try, where the gateway says so. */
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

/** The problem that an answer holds; undefined where it is none of the gateway's. Reads the body. */
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

/** The error that an answer means, whoever on the way gave it. */
export async function toGatehouseError(response: Response): Promise<GatehouseError> {
  const { status } = response;
  const problem = await readProblem(response);
  const detail = problem?.detail ?? `The answer was ${status} and not from the gateway. Try again later.`;
  return new GatehouseError(problem?.code ?? 'unexpected_response', detail, {
    status,
    problem,
    retryAfterS: problem?.retry_after ?? readRetryAfterS(response),
  });
}

import {
  BrokenCircuitError,
  BulkheadRejectedError,
  bulkhead,
  CircuitState,
  circuitBreaker,
  handleWhen,
  SamplingBreaker,
  TaskCancelledError,
  wrap,
} from 'cockatiel';
import { Agent, type Dispatcher, request } from 'undici';
import { GatewayError } from '../errors.ts';
import { readBounded } from '../lib/read-bounded.ts';
import type { Tracing } from '../observe/tracing.ts';
import { toRetryAfterS } from './retry-after.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const MAX_ANSWER_BYTES = 256 * 1024;
const MAX_PARALLEL = 128;
const MAX_WAITING = 128;
const BREAKER_WINDOW_MS = 5_000;
const BREAKER_SHARE = 0.5;
const BREAKER_MIN_RPS = 1;
const PROBE_AFTER_MS = 2_000;
const RETRY_AFTER_S = 5;

/** A response of the tenant: parsed JSON, or undefined for an empty body. */
export interface TenantAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: unknown;
}

export interface TenantRequest {
  /** Default: POST. */
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** The path of an endpoint, such as `/oauth/token`, and its query. */
  readonly path: string;
  /** The name in metrics, for paths that contain an id. */
  readonly name?: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: 256 kB. */
  readonly maxAnswerBytes?: number;
}

/** Calls the tenant. Calls are never retried, because a POST may have had its effect. */
export type TenantCall = (call: TenantRequest) => Promise<TenantAnswer>;

export interface TenantCallOptions {
  readonly baseUrl: string;
  /** Timeout of the whole call, in milliseconds. */
  readonly timeoutMs: number;
  /** Maximum size of a response body. Default: 256 kB. */
  readonly maxAnswerBytes?: number;
  readonly onCalled?: (path: string, outcome: string, seconds: number) => void;
  readonly tracing?: Pick<Tracing, 'startHttpCall'> | undefined;
}

export interface TenantCalls {
  readonly call: TenantCall;
  /** Whether the breaker is open. */
  readonly isBroken: () => boolean;
  readonly close: () => Promise<void>;
}

const CONNECT_FAILURES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_SOCKET',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
]);

const TIMEOUTS = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'UND_ERR_ABORTED', 'ABORT_ERR']);

/** Error codes that Auth0 sends with 500 although it works: for a missing setting, and for a user whom an Action denies. */
const ANSWERED_BY500: ReadonlySet<unknown> = new Set(['server_error', 'access_denied']);

const unavailable = (reason: string, cause?: unknown, retryAfterS = RETRY_AFTER_S): GatewayError =>
  new GatewayError('tenant_unavailable', { retryAfterS, reason, cause });

/** Maps the error of a failed call. An invalid certificate counts as unavailable. */
function toCallError(error: unknown): GatewayError {
  if (error instanceof GatewayError) return error;
  if (error instanceof TaskCancelledError) return new GatewayError('tenant_timeout', { cause: error });
  if (error instanceof BrokenCircuitError) return unavailable('breaker_open', error);
  if (error instanceof BulkheadRejectedError) return unavailable('bulkhead_full', error);
  const { code, name } = error as { code?: string; name?: string };
  if (name === 'TimeoutError' || name === 'AbortError' || TIMEOUTS.has(code ?? '')) {
    return new GatewayError('tenant_timeout', { cause: error });
  }
  if (CONNECT_FAILURES.has(code ?? '')) return unavailable(code ?? '', error);
  if (
    code?.startsWith('ERR_TLS') ||
    code?.includes('CERT') ||
    code?.includes('VERIFY') ||
    code?.includes('SIGNED')
  ) {
    return unavailable('certificate', error);
  }
  return new GatewayError('tenant_error', { cause: error, reason: code ?? name ?? 'unknown' });
}

/** Rejects when the signal aborts. */
const toAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(new GatewayError('tenant_timeout')), { once: true });
  });

/** Reads a body. One that is cut off is a broken answer and no outage, since the tenant has answered. */
async function readAnswer(
  body: Dispatcher.ResponseData['body'],
  maxBytes = MAX_ANSWER_BYTES,
): Promise<Buffer> {
  try {
    return await readBounded(
      body,
      maxBytes,
      () => new GatewayError('tenant_error', { reason: 'answer_too_large' }),
    );
  } catch (error) {
    if (!CONNECT_FAILURES.has((error as { code?: string }).code ?? '')) throw error;
    throw new GatewayError('tenant_error', { cause: error, reason: 'answer_cut_off' });
  }
}

function toJson(text: string, contentType: string, status: number): unknown {
  if (text === '') return undefined;
  if (!contentType.includes('json')) {
    // Two endpoints respond to success with plain text; an error that is not JSON does not come from the tenant.
    if (status < 300) return text;
    throw new GatewayError('tenant_error', { reason: 'not_json' });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError('tenant_error', { cause, reason: 'broken_json' });
  }
}

/** A response whose status is sufficient: an unreadable body is ignored. */
async function toClearAnswer(
  status: number,
  headers: TenantAnswer['headers'],
  stream: Dispatcher.ResponseData['body'],
): Promise<TenantAnswer> {
  const body = toObject(await readAnswer(stream).catch(() => Buffer.alloc(0)));
  const isAnswer = status === 500 && ANSWERED_BY500.has(body?.['error']);
  if (status >= 500 && !isAnswer)
    throw unavailable(`status_${status}`, undefined, toRetryAfterS(headers, RETRY_AFTER_S));
  return { status, headers, body };
}

const isOutage = (error: unknown): boolean =>
  error instanceof GatewayError && (error.code === 'tenant_unavailable' || error.code === 'tenant_timeout');

/**
 * Creates the client of the tenant: 2 s to connect, `timeoutMs` for the whole call, a maximum response size, a bulkhead
 * that isolates a slow tenant from other work, and a breaker that opens when half the calls of 5 s fail.
 */
export function createTenantCalls({
  baseUrl,
  timeoutMs,
  maxAnswerBytes,
  onCalled,
  tracing,
}: TenantCallOptions): TenantCalls {
  const { origin } = new URL(baseUrl);
  const agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    pipelining: 1,
    connections: MAX_PARALLEL,
  });
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: PROBE_AFTER_MS,
    breaker: new SamplingBreaker({
      threshold: BREAKER_SHARE,
      duration: BREAKER_WINDOW_MS,
      minimumRps: BREAKER_MIN_RPS,
    }),
  });
  const policy = wrap(bulkhead(MAX_PARALLEL, MAX_WAITING), breaker);

  async function send(
    { method = 'POST', path, form, json, headers, maxAnswerBytes: maxBytes = maxAnswerBytes }: TenantRequest,
    signal: AbortSignal,
    traceParent: string | undefined,
  ): Promise<TenantAnswer> {
    try {
      const answer = await request(new URL(path, baseUrl), {
        method,
        dispatcher: agent,
        signal,
        headers: {
          accept: 'application/json',
          ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
          ...(json !== undefined && { 'content-type': 'application/json' }),
          ...(traceParent !== undefined && { traceparent: traceParent }),
          ...headers,
        },
        body: form ? new URLSearchParams(form).toString() : json === undefined ? null : JSON.stringify(json),
      });
      const { statusCode: status, headers: answered } = answer;
      if (status === 429 || (status >= 500 && status !== 501))
        return toClearAnswer(status, answered, answer.body);
      const bytes = await readAnswer(answer.body, maxBytes);
      const contentType = String(answered['content-type'] ?? '');
      return { status, headers: answered, body: toJson(bytes.toString('utf8'), contentType, status) };
    } catch (error) {
      throw toCallError(error);
    }
  }

  return {
    async call(tenantRequest) {
      const startedAt = performance.now();
      const { method = 'POST', path, name = path } = tenantRequest;
      const [template = ''] = name.split('?');
      const span = tracing?.startHttpCall({ method, origin, template });
      let outcome = 'failed';
      try {
        // The timeout starts here and includes the wait for the bulkhead.
        const signal = AbortSignal.timeout(timeoutMs);
        const answer = await Promise.race([
          policy.execute(() => send(tenantRequest, signal, span?.traceParent), signal),
          toAborted(signal),
        ]);
        outcome = String(answer.status);
        return answer;
      } catch (error) {
        const named = toCallError(error);
        outcome = named.code;
        throw named;
      } finally {
        span?.end(outcome);
        onCalled?.(name, outcome, (performance.now() - startedAt) / 1000);
      }
    },
    isBroken: () => breaker.state !== CircuitState.Closed,
    close: () => agent.destroy(),
  };
}

function toObject(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

import { ERROR_TABLE, type ErrorCode, meaningOf } from '../errors.ts';
import type { LogOutput } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { toLogString } from './printable.ts';
import type { RequestSpan } from './tracing.ts';

interface Who {
  readonly subject: string;
  readonly clientId: string | undefined;
}

/** The fields of a request that its log line contains. */
export interface AnsweredRequest {
  readonly id: string;
  readonly ip: string;
  /** The pattern of its route, never the raw path. */
  readonly row: { readonly path: string } | undefined;
  readonly caller: Who | undefined;
  /** Who was refused, where that is known. */
  readonly refused: Who | undefined;
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly span: RequestSpan | undefined;
}

/** Advice for the operator, for errors that the caller cannot fix: logged in production too. */
const ADVICE_BY_CODE = new Map<string, string | undefined>(
  (Object.keys(ERROR_TABLE) as ErrorCode[]).map((code) => [code, meaningOf(code).operatorAdvice]),
);

const round = (ms: number): number => Math.round(ms * 100) / 100;

const optional = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${toLogString(value)}`;

/** Probes come every few seconds, and their 503 responses are expected while starting and draining. */
function toLevel(status: number, isProbe: boolean): 'debug' | 'info' | 'error' {
  if (isProbe) return status === 503 ? 'info' : 'debug';
  return status >= 500 ? 'error' : 'info';
}

/**
 * Writes one line of hand-picked fields for each answer, and observes its duration. No raw path, no query. The line is
 * put together by hand, since this happens on every request: the id, the method and the address are of alphabets that
 * need no escaping, everything else is escaped. `probes` are the routes of health checks.
 */
export function createAccessLog(
  output: Pick<LogOutput, 'plain' | 'writeLine'>,
  metrics: Metrics,
  toPseudonym: (subject: string) => string,
  probes: ReadonlySet<string>,
) {
  const levels = ['debug', 'info', 'error'] as const;
  const written = new Set(levels.filter((level) => output.plain.isLevelEnabled(level)));
  return (request: AnsweredRequest, method: string, status: number, durationMs: number): void => {
    const route = request.row?.path ?? 'unmatched';
    metrics.observeRequest(route, method, status, durationMs / 1000);
    const level = toLevel(status, probes.has(route));
    if (!written.has(level)) return;
    const caller = request.caller ?? request.refused;
    output.writeLine(
      `{"level":"${level}","time":${Date.now()},"request_id":"${request.id}","method":"${method}"` +
        `,"route":${JSON.stringify(route)},"status":${status},"ms":${round(durationMs)},"ip":"${request.ip}"` +
        `${caller ? `,"subject":"${toPseudonym(caller.subject)}"` : ''}${optional('client_id', caller?.clientId)}` +
        `${optional('trace_id', request.span?.traceId)}${optional('code', request.code)}${optional('reason', request.reason)}` +
        `${request.code === undefined ? '' : optional('advice', ADVICE_BY_CODE.get(request.code))},"msg":"request"}\n`,
    );
  };
}

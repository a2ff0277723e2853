import type { LogOutput } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { toLogString } from './printable.ts';

interface Who {
  readonly subject: string;
  readonly clientId: string | undefined;
}

/** The fields of one request that its line is made of. */
export interface AnsweredRequest {
  readonly id: string;
  readonly ip: string;
  /** What it was for: never the raw path. */
  readonly row: { readonly path: string } | undefined;
  readonly caller: Who | undefined;
  /** Who was refused, where that is known. */
  readonly refused: Who | undefined;
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

const round = (ms: number): number => Math.round(ms * 100) / 100;

const optional = (name: string, value: string | undefined): string =>
  value === undefined ? '' : `,"${name}":${toLogString(value)}`;

/**
 * Writes one line of hand-picked fields for each answer, and observes its duration. No raw path, no query. The line is
 * put together by hand, since this happens on every request: the id, the method and the address are of alphabets that
 * need no escaping, everything else is escaped.
 */
export function createAccessLog(
  output: Pick<LogOutput, 'plain' | 'writeLine'>,
  metrics: Metrics,
  toPseudonym: (subject: string) => string,
) {
  const writesInfo = output.plain.isLevelEnabled('info');
  const writesErrors = output.plain.isLevelEnabled('error');
  return (request: AnsweredRequest, method: string, status: number, durationMs: number): void => {
    const route = request.row?.path ?? 'unmatched';
    metrics.observeRequest(route, method, status, durationMs / 1000);
    const isError = status >= 500;
    if (!(isError ? writesErrors : writesInfo)) return;
    const caller = request.caller ?? request.refused;
    output.writeLine(
      `{"level":"${isError ? 'error' : 'info'}","time":${Date.now()},"request_id":"${request.id}","method":"${method}"` +
        `,"route":${JSON.stringify(route)},"status":${status},"ms":${round(durationMs)},"ip":"${request.ip}"` +
        `${caller ? `,"subject":"${toPseudonym(caller.subject)}"` : ''}${optional('client_id', caller?.clientId)}` +
        `${optional('code', request.code)}${optional('reason', request.reason)},"msg":"request"}\n`,
    );
  };
}

import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';

/** The fields of one request that its line is made of. */
export interface AnsweredRequest {
  readonly id: string;
  readonly ip: string;
  readonly route: string | undefined;
  readonly caller: { readonly subject: string; readonly clientId: string | undefined } | undefined;
  readonly code: string | undefined;
  readonly reason: string | undefined;
}

const round = (ms: number): number => Math.round(ms * 100) / 100;

/** Writes one line of hand-picked fields for each answer, and observes its duration. No raw path, no query. */
export function createAccessLog(log: Logger, metrics: Metrics, toPseudonym: (subject: string) => string) {
  return (request: AnsweredRequest, method: string, status: number, durationMs: number): void => {
    const route = request.route ?? 'unmatched';
    metrics.observeRequest(route, method, status, durationMs / 1000);
    const line = {
      request_id: request.id,
      method,
      route,
      status,
      ms: round(durationMs),
      ip: request.ip,
      subject: request.caller && toPseudonym(request.caller.subject),
      client_id: request.caller?.clientId,
      code: request.code,
      reason: request.reason,
    };
    if (status >= 500) log.error(line, 'request');
    else log.info(line, 'request');
  };
}

import { createKeyedHash } from '../lib/keyed-hash.ts';
import { type AnsweredRequest, createAccessLog } from './access-log.ts';
import { type Audit, createAudit, createDenialAudit } from './audit.ts';
import type { LogOutput } from './logger.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Build } from './operations-metrics.ts';
import { createPseudonyms } from './pseudonym.ts';

export interface ObserveOptions {
  readonly output: LogOutput;
  readonly build: Build;
  /** Keys the hashes of users in the log. */
  readonly secret: string;
  /** Paths of health checks, whose access log lines have a lower level. */
  readonly healthPaths: ReadonlySet<string>;
}

export interface Observe {
  readonly metrics: Metrics;
  readonly audit: Audit;
  /** Records one answered request: its access log line, its metrics, and its audit event where a guard denied it. */
  readonly recordAnswer: (
    request: AnsweredRequest,
    method: string,
    status: number,
    durationMs: number,
  ) => void;
}

/** Puts the log, the audit events and the metrics together. */
export function assembleObserve({ output, build, secret, healthPaths }: ObserveOptions): Observe {
  const metrics = createMetrics(build);
  const toPseudonym = createPseudonyms(createKeyedHash(secret, 'log subject'));
  const audit = createAudit(output.plain, toPseudonym);
  const auditDenial = createDenialAudit(audit);
  const writeAccessLog = createAccessLog(output, metrics, toPseudonym, healthPaths);
  return {
    metrics,
    audit,
    recordAnswer(request, method, status, durationMs) {
      writeAccessLog(request, method, status, durationMs);
      auditDenial(request);
      const route = request.row?.path;
      // The spans of health checks are not ended, and so not sent.
      if (request.span && !(route !== undefined && healthPaths.has(route)))
        request.span.end({ method, route, status, code: request.code });
      if (request.reason !== undefined) metrics.countRefusal(request.reason);
    },
  };
}

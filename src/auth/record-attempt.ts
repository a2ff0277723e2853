import { toErrorCode } from '../errors.ts';
import type { Reply, RequestInfo } from '../http/route.ts';
import { type Audit, type AuditEvent, toAuditOutcome } from '../observe/audit.ts';

/** Records attempts in the audit log and the metrics. */
export interface AttemptRecorder {
  readonly audit: Audit;
  /** Counts the outcome of an event: `succeeded`, or the code of the error. */
  readonly count: (event: AuditEvent, outcome: string) => void;
}

export interface AttemptOutcome {
  readonly reply: Reply;
  /** The `sub` of the user, if known. */
  readonly subject?: string | undefined;
  /** The attempt is pending: neither succeeded nor failed. */
  readonly isOpen?: boolean;
}

interface AuditedAttempt {
  readonly event: AuditEvent;
  /** Who the attempt is about: the folded identifier or a `sub`. */
  readonly subject?: string | undefined;
}

/** Records the outcome of an event; `error` is undefined if it succeeded. */
export function recordOutcome(
  { audit, count }: AttemptRecorder,
  about: Omit<Parameters<Audit>[0], 'outcome' | 'reason'>,
  error: unknown,
): void {
  audit({ ...about, ...toAuditOutcome(error) });
  count(about.event, error === undefined ? 'succeeded' : toErrorCode(error));
}

/** Runs one attempt and records its outcome. */
export async function recordAttempt(
  recorder: AttemptRecorder,
  { event, subject: supposed }: AuditedAttempt,
  { id: requestId, ip }: RequestInfo,
  run: () => Promise<AttemptOutcome>,
): Promise<Reply> {
  try {
    const { reply, subject = supposed, isOpen = false } = await run();
    if (!isOpen) recordOutcome(recorder, { event, requestId, ip, subject }, undefined);
    return reply;
  } catch (error) {
    recordOutcome(recorder, { event, requestId, ip, subject: supposed }, error);
    throw error;
  }
}

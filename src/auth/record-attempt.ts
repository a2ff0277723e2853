import { GatewayError } from '../errors.ts';
import type { Reply, RequestInfo } from '../http/route.ts';
import type { Audit, AuditEvent } from '../observe/audit.ts';

/** Where attempts are reported: the audit log and the metrics. */
export interface AttemptRecorder {
  readonly audit: Audit;
  /** Counts the outcome of an event: `succeeded`, or the code of the error. */
  readonly count: (event: AuditEvent, outcome: string) => void;
}

export interface AttemptOutcome {
  readonly reply: Reply;
  /** The `sub` of the user, where it became known. */
  readonly subject?: string | undefined;
  /** Nothing has been decided: nobody was signed in, and nobody was refused. */
  readonly isOpen?: boolean;
}

interface Attempt {
  readonly event: AuditEvent;
  /** Who it is about as far as that is known before: what the user typed, folded, or a `sub`. */
  readonly subject?: string | undefined;
}

/** Reports one outcome: `succeeded`, or the code of an error. */
export function recordOutcome(
  { audit, count }: AttemptRecorder,
  about: Omit<Parameters<Audit>[0], 'outcome' | 'reason'>,
  outcome: string,
): void {
  if (outcome === 'succeeded') audit({ ...about, outcome });
  else audit({ ...about, outcome: 'failed', reason: outcome });
  count(about.event, outcome);
}

/** Runs one attempt and reports how it ended, whichever way it ends. */
export async function recordAttempt(
  recorder: AttemptRecorder,
  { event, subject: supposed }: Attempt,
  { id: requestId, ip }: RequestInfo,
  run: () => Promise<AttemptOutcome>,
): Promise<Reply> {
  try {
    const { reply, subject = supposed, isOpen = false } = await run();
    if (!isOpen) recordOutcome(recorder, { event, requestId, ip, subject }, 'succeeded');
    return reply;
  } catch (error) {
    const reason = error instanceof GatewayError ? error.code : 'internal';
    recordOutcome(recorder, { event, requestId, ip, subject: supposed }, reason);
    throw error;
  }
}

import { GatewayError, toErrorCode } from '../errors.ts';
import type { AnsweredRequest } from './access-log.ts';
import type { Logger } from './logger.ts';
import { toLogField } from './printable.ts';

/** The audit events; one log line each. */
export type AuditEvent =
  | 'auth.signup'
  | 'auth.signin'
  | 'auth.passwordless_start'
  | 'auth.password_forgot'
  | 'auth.password_change'
  | 'auth.email_verification'
  | 'auth.profile_change'
  | 'auth.mfa'
  | 'auth.mfa_enrolment'
  | 'auth.refresh'
  | 'auth.client_token'
  | 'auth.backchannel_logout'
  | 'auth.signout'
  | 'auth.session_revoked'
  | 'session.revoked'
  | 'bearer.denied'
  | 'guard.denied';

/** Events whose name says how they ended. */
const NAMED_BY_OUTCOME: ReadonlySet<AuditEvent> = new Set([
  'guard.denied',
  'session.revoked',
  'bearer.denied',
]);

export interface AuditEntry {
  readonly event: AuditEvent;
  readonly outcome: 'succeeded' | 'failed';
  /** Absent where several requests share one event. */
  readonly requestId?: string | undefined;
  readonly ip?: string | undefined;
  /** A `sub`, or the identifier that was tried; hashed before it is logged. */
  readonly subject?: string | undefined;
  readonly clientId?: string | undefined;
  /** `feed`: the tenant's log said so. */
  readonly source?: 'feed' | undefined;
  /** An error code, with the reason in the response, or a short word. */
  readonly reason?: string | undefined;
}

export type Audit = (entry: AuditEntry) => void;

/**
 * The outcome of an operation by the error that it threw. The reason is the error's code, with the `reason` of its response if there is one, as in
 * `access_denied: email_not_verified`.
 */
export function toAuditOutcome(error: unknown): Pick<AuditEntry, 'outcome' | 'reason'> {
  if (error === undefined) return { outcome: 'succeeded' };
  const code = toErrorCode(error);
  const reason = error instanceof GatewayError ? error.options.members?.['reason'] : undefined;
  return { outcome: 'failed', reason: typeof reason === 'string' ? `${code}: ${reason}` : code };
}

/** Writes audit events to the log: `event` is `auth.signin.failed` and the like. */
export function createAudit(log: Logger, toPseudonym: (subject: string) => string): Audit {
  return ({ event, outcome, requestId, ip, subject, clientId, source, reason }) => {
    const line = {
      event: NAMED_BY_OUTCOME.has(event) ? event : `${event}.${outcome}`,
      outcome,
      request_id: requestId,
      ip,
      subject: subject === undefined ? undefined : toPseudonym(subject),
      client_id: toLogField(clientId),
      source,
      reason: toLogField(reason),
    };
    log.info(line, 'audit');
  };
}

const deniedCodes: ReadonlySet<string> = new Set([
  'invalid_token',
  'insufficient_scope',
  'insufficient_user_authentication',
]);

/** Creates the function that records requests denied by a guard as audit events, and ignores all others. */
export const createDenialAudit =
  (audit: Audit) =>
  ({ code, reason, id: requestId, ip, refused }: AnsweredRequest): void => {
    if (code === undefined || !deniedCodes.has(code)) return;
    audit({
      event: 'guard.denied',
      outcome: 'failed',
      requestId,
      ip,
      subject: refused?.subject,
      clientId: refused?.clientId,
      reason: reason ?? code,
    });
  };

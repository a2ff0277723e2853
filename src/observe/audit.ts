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
  | 'guard.denied'
  | AdminEvent;

/** What administrators do. */
export type AdminEvent =
  | 'admin.user_list'
  | 'admin.user_read'
  | 'admin.user_create'
  | 'admin.user_update'
  | 'admin.user_block'
  | 'admin.user_unblock'
  | 'admin.user_delete'
  | 'admin.verification_email'
  | 'admin.password_reset'
  | 'admin.session_list'
  | 'admin.session_end'
  | 'admin.consent_list'
  | 'admin.consent_revoke'
  | 'admin.customer_list'
  | 'admin.customer_read'
  | 'admin.customer_write'
  | 'admin.customer_secret'
  | 'admin.customer_delete';

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
  /** Who acted, where that is not the subject: a `sub`; hashed before it is logged. */
  readonly actor?: string | undefined;
  /** The key of the customer that it is about. */
  readonly customer?: string | undefined;
  /** `feed`: an entry of the tenant's log. */
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
  return ({ event, outcome, requestId, ip, subject, clientId, actor, customer, source, reason }) => {
    const line = {
      event: NAMED_BY_OUTCOME.has(event) ? event : `${event}.${outcome}`,
      outcome,
      request_id: requestId,
      ip,
      subject: subject === undefined ? undefined : toPseudonym(subject),
      client_id: toLogField(clientId),
      actor: actor === undefined ? undefined : toPseudonym(actor),
      customer: toLogField(customer),
      source,
      reason: toLogField(reason),
    };
    log.info(line, 'audit');
  };
}

const DENIED_CODES: ReadonlySet<string> = new Set([
  'invalid_token',
  'insufficient_scope',
  'insufficient_user_authentication',
]);

/** Creates the function that records requests denied by a guard as audit events, and ignores all others. */
export const createDenialAudit =
  (audit: Audit) =>
  ({ code, reason, id: requestId, ip, refused }: AnsweredRequest): void => {
    if (code === undefined || !DENIED_CODES.has(code)) return;
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

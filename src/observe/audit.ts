import { GatewayError, toErrorCode } from '../errors.ts';
import type { AnsweredRequest } from './access-log.ts';
import type { Logger } from './logger.ts';
import { toLogField } from './printable.ts';

/** The audit events, one log line each, and when one is written. docs/reference/log.md lists them. */
export const AUDIT_EVENTS = {
  'auth.signup': 'a sign-up',
  'auth.signin': 'a sign-in: by password, code, link, redirect or code exchange',
  'auth.passwordless_start': 'a request for a code or a link',
  'auth.password_forgot': 'a request for a mail to reset the password',
  'auth.password_change': 'a user changes the password',
  'auth.email_verification': 'a request for the verification mail',
  'auth.profile_change': 'a user changes the profile',
  'auth.mfa': 'a second factor is checked',
  'auth.mfa_enrolment': 'a second factor is enrolled',
  'auth.refresh': 'an access token is renewed, for a session or by a refresh token',
  'auth.client_token': 'a machine client asks for a token',
  'auth.backchannel_logout': 'the tenant sends a logout token',
  'auth.signout': 'a session is signed out',
  'auth.session_revoked': 'a user ends own sessions, or the oldest ends at SESSION_MAX_PER_USER',
  'session.revoked': 'a session ends because the log of the tenant says so',
  'bearer.denied': 'tokens of a user or client are refused because the log of the tenant says so',
  'guard.denied': 'a guard refuses a request for its token, scopes or age of the sign-in',
  'admin.user_list': 'an administrator searches users',
  'admin.user_read': 'an administrator reads a user',
  'admin.user_create': 'an administrator creates a user',
  'admin.user_update': 'an administrator changes a user',
  'admin.user_block': 'an administrator blocks a user',
  'admin.user_unblock': 'an administrator unblocks a user',
  'admin.user_delete': 'an administrator deletes a user',
  'admin.verification_email': 'an administrator sends a user the verification mail',
  'admin.password_reset': 'an administrator sends a user the mail to reset the password',
  'admin.session_list': 'an administrator lists the sessions of a user',
  'admin.session_end': 'an administrator ends the sessions of a user',
  'admin.consent_list': 'an administrator lists the consents of a user',
  'admin.consent_revoke': 'an administrator revokes consents of a user',
  'admin.customer_list': 'an administrator lists customers',
  'admin.customer_read': 'an administrator reads a customer',
  'admin.customer_write': 'an administrator creates or corrects a customer',
  'admin.customer_secret': 'an administrator rotates the secret of a customer',
  'admin.customer_delete': 'an administrator deletes a customer',
} as const satisfies Readonly<Record<string, string>>;

export type AuditEvent = keyof typeof AUDIT_EVENTS;

/** What administrators do. */
export type AdminEvent = Extract<AuditEvent, `admin.${string}`>;

/** Events whose name says how they ended; the others end with `.succeeded` or `.failed`. */
export const NAMED_BY_OUTCOME: ReadonlySet<AuditEvent> = new Set([
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

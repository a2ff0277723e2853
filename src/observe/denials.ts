import type { AnsweredRequest } from './access-log.ts';
import type { Audit } from './audit.ts';

const deniedCodes: ReadonlySet<string> = new Set([
  'invalid_token',
  'insufficient_scope',
  'insufficient_user_authentication',
]);

/** Makes what tells the audit of each request that a guard has denied, and of no other. */
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

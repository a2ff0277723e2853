import type { TenantContext } from '../context.ts';
import type { Ticket, User } from '../state/user-documents.ts';
import { makeTicket } from './make-ticket.ts';

/** Kind and subject of each mail. */
const MAILS = {
  verify_email: { kind: 'verify_email', subject: 'Verify your email' },
  reset_password: { kind: 'reset_password', subject: 'Reset your password' },
  unblock: { kind: 'blocked_account', subject: 'Your account has been blocked' },
} as const satisfies Record<Ticket['purpose'], object>;

/** Mails a user a single-use link. Does nothing for a user without an e-mail address. */
export function mailTicket(
  context: Pick<TenantContext, 'state' | 'inbox' | 'origin' | 'clock'>,
  purpose: Ticket['purpose'],
  { user_id, email }: Pick<User, 'user_id' | 'email'>,
  clientId?: string,
): void {
  if (email === undefined) return;
  const link = makeTicket(context, purpose, { user_id, email }, { client_id: clientId });
  context.inbox.add({ to: email, ...MAILS[purpose], link });
}

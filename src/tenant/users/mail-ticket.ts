import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../random.ts';
import type { Ticket, User } from '../state/user-documents.ts';

const dayMs = 24 * 3600 * 1000;

/** What each kind of link is called, where it leads and how long it works. */
const mails = {
  verify_email: {
    kind: 'verify_email',
    subject: 'Verify your email',
    path: 'u/email-verification',
    ttlMs: 5 * dayMs,
  },
  reset_password: {
    kind: 'reset_password',
    subject: 'Reset your password',
    path: 'u/reset-verify',
    ttlMs: 5 * dayMs,
  },
  unblock: {
    kind: 'blocked_account',
    subject: 'Your account has been blocked',
    path: 'u/unblock',
    ttlMs: 30 * dayMs,
  },
} as const satisfies Record<Ticket['purpose'], object>;

/** Mails a user a link that works once; users without an address get none. */
export function mailTicket(
  { state, inbox, origin, clock }: Pick<TenantContext, 'state' | 'inbox' | 'origin' | 'clock'>,
  purpose: Ticket['purpose'],
  user: User,
  clientId?: string,
): void {
  if (user.email === undefined) return;
  const { kind, subject, path, ttlMs } = mails[purpose];
  const secret = randomToken();
  state.tickets.put({
    id: digest(secret),
    purpose,
    user_id: user.user_id,
    email: user.email,
    client_id: clientId,
    expires_ms: clock.now() + ttlMs,
  });
  inbox.add({ to: user.email, kind, subject, link: `${origin}/${path}?ticket=${secret}` });
}

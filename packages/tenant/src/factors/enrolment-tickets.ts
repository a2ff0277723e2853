import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { EnrolmentTicket } from '../state/factor-documents.ts';
import type { User } from '../state/user-documents.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const TTL_MS = 5 * 24 * 3600 * 1000;

/** Creates a link for a user to enrol a second factor; it works once, for five days. Returns its secret and its URL. */
export function makeEnrolmentTicket(
  { state, clock, origin }: Pick<TenantContext, 'state' | 'clock' | 'origin'>,
  wanted: Omit<EnrolmentTicket, 'id' | 'expires_ms'>,
): { readonly id: string; readonly url: string } {
  const secret = randomToken();
  state.enrolmentTickets.put({ ...wanted, id: digest(secret), expires_ms: clock.now() + TTL_MS });
  return { id: secret, url: `${origin}/mfa/enrollment?ticket=${secret}` };
}

/** The ticket with this secret and its user; undefined if it is used or expired, or if the user is deleted or blocked. */
export function findEnrolmentTicket(
  { state, clock }: Deps,
  secret: string,
): { readonly ticket: EnrolmentTicket; readonly user: User } | undefined {
  const ticket = state.enrolmentTickets.get(digest(secret));
  const user = ticket && state.users.get(ticket.user_id);
  if (!ticket || ticket.expires_ms <= clock.now() || !user || user.blocked === true) return undefined;
  return { ticket, user };
}

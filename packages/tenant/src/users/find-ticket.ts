import type { TenantContext } from '../context.ts';
import { digest } from '../lib/random.ts';
import type { Ticket, User } from '../state/user-documents.ts';

export interface FoundTicket {
  readonly ticket: Ticket;
  readonly user: User;
}

/**
 * The ticket of a mailed link and its user; undefined if the ticket is used, expired, for another purpose, or was
 * mailed to an address that is no longer the user's. To consume a ticket, find and remove it in one transaction.
 */
export function findTicket(
  { state, clock }: Pick<TenantContext, 'state' | 'clock'>,
  purpose: Ticket['purpose'],
  secret: string,
): FoundTicket | undefined {
  const ticket = state.tickets.get(digest(secret));
  if (ticket?.purpose !== purpose || ticket.expires_ms <= clock.now()) return undefined;
  const user = state.users.get(ticket.user_id);
  return user && user.email === ticket.email ? { ticket, user } : undefined;
}

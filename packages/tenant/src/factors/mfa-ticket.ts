import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { MfaTicket } from '../state/factor-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { expiredToken, malformedToken, otherClientsToken } from './mfa-errors.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const TTL_MS = 10 * 60 * 1000;

/** Issues the `mfa_token` of a sign-in that needs a second factor. Valid for ten minutes and one sign-in. */
export function issueMfaToken({ state, clock }: Deps, about: Omit<MfaTicket, 'id' | 'expires_ms'>): string {
  const token = randomToken();
  state.mfaTickets.put({ ...about, id: digest(token), expires_ms: clock.now() + TTL_MS });
  return token;
}

/**
 * The ticket of an `mfa_token` and its user. Throws `invalid_grant` or `expired_token`, also if the user has been
 * deleted or blocked.
 */
export function requireTicket(
  { state, clock }: Deps,
  token: string,
  status: 401 | 403 = 403,
): { ticket: MfaTicket; user: User } {
  const ticket = state.mfaTickets.get(digest(token));
  if (!ticket) throw malformedToken(status);
  const user = state.users.get(ticket.user_id);
  if (ticket.expires_ms <= clock.now() || !user || user.blocked === true) throw expiredToken(status);
  return { ticket, user };
}

/** Like `requireTicket`, for this client only. Throws 400 `invalid_request` if it was issued to another client. */
export function requireTicketOf(
  deps: Deps,
  client: Client,
  token: string,
): { ticket: MfaTicket; user: User } {
  const found = requireTicket(deps, token);
  if (found.ticket.client_id !== client.client_id) throw otherClientsToken();
  return found;
}

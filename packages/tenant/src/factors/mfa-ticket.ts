import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { MfaTicket } from '../state/factor-documents.ts';
import type { Client } from '../state/settings-documents.ts';
import type { User } from '../state/user-documents.ts';
import { expiredToken, malformedToken, otherClientsToken } from './mfa-errors.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

const ttlMs = 10 * 60 * 1000;

/** Makes the `mfa_token` of a sign-in that lacks its second factor. Good for ten minutes and for one sign-in. */
export function issueMfaToken({ state, clock }: Deps, about: Omit<MfaTicket, 'id' | 'expires_ms'>): string {
  const token = randomToken();
  state.mfaTickets.put({ ...about, id: digest(token), expires_ms: clock.now() + ttlMs });
  return token;
}

/** Who an `mfa_token` stands for. Throws `invalid_grant`, `expired_token`; the user's absence or block ends it too. */
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

/** As `requireTicket`, and for this client. Throws 400 `invalid_request` where it was issued to another one. */
export function requireTicketOf(
  deps: Deps,
  client: Client,
  token: string,
): { ticket: MfaTicket; user: User } {
  const found = requireTicket(deps, token);
  if (found.ticket.client_id !== client.client_id) throw otherClientsToken();
  return found;
}

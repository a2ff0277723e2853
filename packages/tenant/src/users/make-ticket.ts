import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { Ticket, User } from '../state/user-documents.ts';

const dayMs = 24 * 3600 * 1000;

/** Where each kind of link leads, and how long it works. */
const links = {
  verify_email: { path: 'u/email-verification', ttlMs: 5 * dayMs },
  reset_password: { path: 'u/reset-verify', ttlMs: 5 * dayMs },
  unblock: { path: 'u/unblock', ttlMs: 30 * dayMs },
} as const satisfies Record<Ticket['purpose'], object>;

export interface TicketWish
  extends Pick<Ticket, 'client_id' | 'result_url' | 'email_in_redirect' | 'mark_email_as_verified'> {
  readonly ttlMs?: number | undefined;
}

/** A link that does for a user what it is for, once. It is void when the user has another address than `email`. */
export function makeTicket(
  { state, origin, clock }: Pick<TenantContext, 'state' | 'origin' | 'clock'>,
  purpose: Ticket['purpose'],
  user: Pick<User, 'user_id'> & { readonly email: string },
  { ttlMs, ...wish }: TicketWish = {},
): string {
  const link = links[purpose];
  const secret = randomToken();
  state.tickets.put({
    ...wish,
    id: digest(secret),
    purpose,
    user_id: user.user_id,
    email: user.email,
    expires_ms: clock.now() + (ttlMs ?? link.ttlMs),
  });
  return `${origin}/${link.path}?ticket=${secret}`;
}

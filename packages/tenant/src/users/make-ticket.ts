import type { TenantContext } from '../context.ts';
import { digest, randomToken } from '../lib/random.ts';
import type { Ticket, User } from '../state/user-documents.ts';

const DAY_MS = 24 * 3600 * 1000;

/** Path and lifetime of each kind of link. */
const LINKS = {
  verify_email: { path: 'u/email-verification', ttlMs: 5 * DAY_MS },
  reset_password: { path: 'u/reset-verify', ttlMs: 5 * DAY_MS },
  unblock: { path: 'u/unblock', ttlMs: 30 * DAY_MS },
} as const satisfies Record<Ticket['purpose'], object>;

export interface TicketOptions
  extends Pick<Ticket, 'client_id' | 'result_url' | 'email_in_redirect' | 'mark_email_as_verified'> {
  readonly ttlMs?: number | undefined;
}

/**
 * Creates a single-use link for a user and returns its URL. It becomes invalid when the user's address is no longer
 * `email`.
 */
export function makeTicket(
  { state, origin, clock }: Pick<TenantContext, 'state' | 'origin' | 'clock'>,
  purpose: Ticket['purpose'],
  user: Pick<User, 'user_id'> & { readonly email: string },
  { ttlMs, ...options }: TicketOptions = {},
): string {
  const link = LINKS[purpose];
  const secret = randomToken();
  state.tickets.put({
    ...options,
    id: digest(secret),
    purpose,
    user_id: user.user_id,
    email: user.email,
    expires_ms: clock.now() + (ttlMs ?? link.ttlMs),
  });
  return `${origin}/${link.path}?ticket=${secret}`;
}

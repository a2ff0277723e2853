import type { TenantContext } from '../context.ts';
import { requireRate } from '../limits/require-rate.ts';
import type { Connection } from '../state/settings-documents.ts';
import { findUser } from './find-user.ts';
import { mailTicket } from './mail-ticket.ts';

export interface ResetRequest {
  /** No mail is sent for a connection that is not a database or that disables password changes. */
  readonly connection: Connection | undefined;
  readonly identifier: string;
  readonly clientId: string | undefined;
  readonly ip: string;
}

/** Mails a password reset link if the user exists. Returns the rate-limit headers. Throws 429 `too_many_requests`. */
export function requestPasswordReset(context: TenantContext, request: ResetRequest): Record<string, string> {
  const { connection, identifier, clientId: client_id, ip } = request;
  const rate = requireRate(context, 'change_password', `${ip}\n${identifier.toLowerCase()}`);
  const isOpen =
    connection?.strategy === 'auth0' && connection.options.disable_self_service_change_password !== true;
  const user = isOpen ? findUser(context.state, connection, identifier) : undefined;
  if (!user) return rate;
  mailTicket(context, 'reset_password', user, client_id);
  context.log.record({ type: 'scpr', client_id, ip, user_id: user.user_id, connection: connection?.name });
  return rate;
}

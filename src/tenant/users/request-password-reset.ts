import type { TenantContext } from '../context.ts';
import { oauthError } from '../errors.ts';
import type { Connection } from '../state/settings-documents.ts';
import { takeFromBucket } from './bucket.ts';
import { findUser } from './find-user.ts';
import { mailTicket } from './mail-ticket.ts';

const bucket = { burst: 10, refillMs: 60_000 };

export interface ResetRequest {
  /** Anything but a database has no passwords, and nothing is sent. */
  readonly connection: Connection | undefined;
  readonly identifier: string;
  readonly clientId: string | undefined;
  readonly ip: string;
}

/** Mails a link to choose a new password, if there is such a user. Throws 429 `too_many_requests`. */
export function requestPasswordReset(context: TenantContext, request: ResetRequest): void {
  const { connection, identifier, clientId: client_id, ip } = request;
  if (!takeFromBucket(context, `change_password\n${ip}\n${identifier.toLowerCase()}`, bucket))
    throw oauthError(
      429,
      'too_many_requests',
      'Too many requests. Check the X-RateLimit-Limit, X-RateLimit-Remaining and X-RateLimit-Reset headers.',
    );
  const user = connection?.strategy === 'auth0' ? findUser(context.state, connection, identifier) : undefined;
  if (!user) return;
  mailTicket(context, 'reset_password', user, client_id);
  context.log.record({ type: 'scpr', client_id, ip, user_id: user.user_id, connection: connection?.name });
}

import type { TenantContext } from '../context.ts';
import type { User } from '../state/user-documents.ts';
import { recordAttempt, requireNotBlocked } from '../users/brute-force.ts';
import { findUser } from '../users/find-user.ts';
import { mailTicket } from '../users/mail-ticket.ts';
import { oauthError } from '../wire/errors.ts';
import { usePasswordlessCode } from './passwordless-code.ts';
import { type PasswordlessConnection, toAddress } from './passwordless-connection.ts';
import { userOfAddress } from './passwordless-user.ts';

export interface CodeSignIn {
  readonly connection: PasswordlessConnection;
  /** As typed by the user. */
  readonly identifier: string;
  readonly code: string;
  /** The client or browser sign-in that the code was issued for. */
  readonly holder: string;
  readonly ip: string;
}

const wrongCode = ({ strategy }: PasswordlessConnection) =>
  oauthError(
    403,
    'invalid_grant',
    `Wrong ${strategy === 'email' ? 'email' : 'phone number'} or verification code.`,
  );

/**
 * Authenticates a user by a code sent to their address; creates the user at the first sign-in. Throws 403
 * `invalid_grant` for any invalid input, 429 `too_many_attempts`, 401 `unauthorized` for a blocked user.
 */
export function signInWithCode(context: TenantContext, attempt: CodeSignIn): User {
  const { connection, identifier, code, holder } = attempt;
  requireNotBlocked(context, attempt);
  const address = toAddress(connection, identifier);
  const user = context.state.transaction(() => {
    const isRight = address !== undefined && usePasswordlessCode(context, connection, address, holder, code);
    const { nowBlocked } = recordAttempt(context, attempt, isRight);
    const known = nowBlocked ? findUser(context.state, connection, identifier) : undefined;
    if (known) mailTicket(context, 'unblock', known);
    return isRight ? userOfAddress(context, connection, address) : undefined;
  });
  if (!user) throw wrongCode(connection);
  if (user.blocked === true)
    throw oauthError(401, 'unauthorized', 'user is blocked', { hint: 'user_blocked', userId: user.user_id });
  return user;
}

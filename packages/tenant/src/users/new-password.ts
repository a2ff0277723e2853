import type { TenantContext } from '../context.ts';
import type { Passwords } from '../passwords/passwords.ts';
import type { ConnectionOptions } from '../state/settings-documents.ts';
import type { Credentials, User } from '../state/user-documents.ts';
import { databaseError } from '../wire/errors.ts';
import { removeUserBlocks } from './brute-force.ts';
import { checkNewPassword } from './check-new-password.ts';
import { requireHomeDatabase } from './require-home-database.ts';

const DEFAULT_HISTORY = 5;

/** Checks and hashes a new password for a user. Throws if the connection's policy does not accept it. */
export async function hashNewPassword(context: TenantContext, user: User, password: string): Promise<string> {
  const { state, passwords } = context;
  const connection = requireHomeDatabase(context, user);
  checkNewPassword(connection, state.attackProtection.get(), password, user);
  const credentials = state.credentials.get(user.user_id);
  await requireUnused(passwords, credentials, historySize(connection.options), password);
  return passwords.hash(password);
}

/**
 * Sets a user's password hash and returns the updated user. Invalidates mailed reset and unblock links and removes
 * blocks. The caller ends the user's sessions and must call this in a transaction.
 */
export function setPassword(context: Pick<TenantContext, 'state' | 'clock'>, user: User, hash: string): User {
  const { state, clock } = context;
  const { user_id } = user;
  const history = historySize(requireHomeDatabase(context, user).options);
  for (const ticket of state.tickets.find('user_id', user_id))
    if (ticket.purpose !== 'verify_email') state.tickets.remove(ticket.id);
  const before = state.credentials.get(user_id);
  const previous = before ? [before.hash, ...before.previous].slice(0, history) : [];
  state.credentials.put({ user_id, hash, previous });
  const at = new Date(clock.now()).toISOString();
  const after = { ...user, last_password_reset: at, updated_at: at };
  state.users.put(after);
  removeUserBlocks(context, user);
  return after;
}

/** The number of earlier passwords that are remembered. */
const historySize = ({ password_history }: ConnectionOptions): number =>
  password_history?.enable === true ? (password_history.size ?? DEFAULT_HISTORY) : 0;

async function requireUnused(
  passwords: Passwords,
  credentials: Credentials | undefined,
  history: number,
  password: string,
): Promise<void> {
  if (!credentials || history === 0) return;
  // The current password counts as the newest remembered one.
  for (const hash of [credentials.hash, ...credentials.previous].slice(0, history)) {
    if (!(await passwords.verify(password, hash))) continue;
    const message = 'Password has previously been used';
    throw databaseError('PasswordHistoryError', 'invalid_password', message, {
      hint: 'password_policy',
      members: { message },
    });
  }
}

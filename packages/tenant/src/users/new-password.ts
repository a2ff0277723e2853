import type { TenantContext } from '../context.ts';
import type { Passwords } from '../passwords/passwords.ts';
import type { ConnectionOptions } from '../state/settings-documents.ts';
import type { Credentials, User } from '../state/user-documents.ts';
import { databaseError } from '../wire/errors.ts';
import { liftUserBlocks } from './brute-force.ts';
import { checkNewPassword } from './check-new-password.ts';
import { requireHomeDatabase } from './require-home-database.ts';

const defaultHistory = 5;

/** Judges and hashes a password that a user is to have. Throws the refusal of one that their connection does not take. */
export async function hashNewPassword(context: TenantContext, user: User, password: string): Promise<string> {
  const { state, passwords } = context;
  const connection = requireHomeDatabase(context, user);
  checkNewPassword(connection, state.attackProtection.get(), password, user);
  const credentials = state.credentials.get(user.user_id);
  await requireUnused(passwords, credentials, historySize(connection.options), password);
  return passwords.hash(password);
}

/**
 * Gives a user a password by its hash, and answers with the user as they are then: mailed links to choose one or to be
 * unblocked are void, blocks are lifted. Their sign-ins are the caller's to end. To be called in a transaction.
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
  liftUserBlocks(context, user);
  return after;
}

/** How many earlier passwords are remembered. */
const historySize = ({ password_history }: ConnectionOptions): number =>
  password_history?.enable === true ? (password_history.size ?? defaultHistory) : 0;

async function requireUnused(
  passwords: Passwords,
  credentials: Credentials | undefined,
  history: number,
  password: string,
): Promise<void> {
  if (!credentials || history === 0) return;
  // The one in use counts as the newest of those remembered.
  for (const hash of [credentials.hash, ...credentials.previous].slice(0, history)) {
    if (!(await passwords.verify(password, hash))) continue;
    const message = 'Password has previously been used';
    throw databaseError('PasswordHistoryError', 'invalid_password', message, {
      hint: 'password_policy',
      members: { message },
    });
  }
}

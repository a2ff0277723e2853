import { revokeUser } from '../authorize/end-session.ts';
import type { TenantContext } from '../context.ts';
import { databaseError } from '../errors.ts';
import type { ConnectionOptions } from '../state/settings-documents.ts';
import type { Credentials, User } from '../state/user-documents.ts';
import { liftUserBlocks } from './brute-force.ts';
import { checkNewPassword } from './check-new-password.ts';
import { findTicket } from './find-ticket.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { requireHomeDatabase } from './require-home-database.ts';

const defaultHistory = 5;

/**
 * Gives a user a new password by the link they were mailed, and uses the link up, with all others of its kind. Ends
 * their sign-ins and lifts the blocks on them. Undefined where the link does not work (any more); throws the refusal of a
 * password that the connection does not take, and leaves the link as it was.
 */
export async function resetPassword(
  context: TenantContext,
  secret: string,
  password: string,
): Promise<User | undefined> {
  const { state, clock } = context;
  const found = findTicket(context, 'reset_password', secret);
  if (!found) return undefined;
  const connection = requireHomeDatabase(context, found.user);
  checkNewPassword(connection, state.attackProtection.get(), password, found.user);
  const history = historySize(connection.options);
  await requireUnused(state.credentials.get(found.user.user_id), history, password);
  const hash = await hashPassword(password);
  const changed = state.transaction(() => {
    // Found again: of two who use one link at once, the first has removed it while we hashed.
    const user = findTicket(context, 'reset_password', secret)?.user;
    if (!user) return undefined;
    const { user_id } = user;
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
  });
  if (changed) revokeUser(context, changed.user_id, 'password-changed');
  return changed;
}

/** How many earlier passwords are remembered. */
const historySize = ({ password_history }: ConnectionOptions): number =>
  password_history?.enable === true ? (password_history.size ?? defaultHistory) : 0;

async function requireUnused(
  credentials: Credentials | undefined,
  history: number,
  password: string,
): Promise<void> {
  if (!credentials || history === 0) return;
  // The one in use counts as the newest of those remembered.
  for (const hash of [credentials.hash, ...credentials.previous].slice(0, history)) {
    if (!(await verifyPassword(password, hash))) continue;
    const message = 'Password has previously been used';
    throw databaseError('PasswordHistoryError', 'invalid_password', message, {
      hint: 'password_policy',
      members: { message },
    });
  }
}

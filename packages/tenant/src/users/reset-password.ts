import type { TenantContext } from '../context.ts';
import { revokeUser } from '../sessions/end-session.ts';
import type { User } from '../state/user-documents.ts';
import { findTicket } from './find-ticket.ts';
import { hashNewPassword, setPassword } from './new-password.ts';

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
  const found = findTicket(context, 'reset_password', secret);
  if (!found) return undefined;
  const hash = await hashNewPassword(context, found.user, password);
  const changed = context.state.transaction(() => {
    // Found again: of two who use one link at once, the first has removed it while we hashed.
    const again = findTicket(context, 'reset_password', secret);
    if (!again) return undefined;
    const { user, ticket } = again;
    const verified = user.email_verified || ticket.mark_email_as_verified === true;
    return setPassword(context, { ...user, email_verified: verified }, hash);
  });
  if (changed) revokeUser(context, changed.user_id, 'password-changed');
  return changed;
}

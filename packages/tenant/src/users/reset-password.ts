import type { TenantContext } from '../context.ts';
import { revokeUser } from '../sessions/end-session.ts';
import type { User } from '../state/user-documents.ts';
import { findTicket } from './find-ticket.ts';
import { hashNewPassword, setPassword } from './new-password.ts';

/**
 * Sets a new password by a mailed link and consumes all reset links of the user. Ends the user's sessions and removes
 * their blocks. Returns undefined if the link is invalid. If the connection does not accept the password, it throws and
 * the link stays valid.
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
    // Looked up again: a parallel request may have consumed the link during hashing.
    const again = findTicket(context, 'reset_password', secret);
    if (!again) return undefined;
    const { user, ticket } = again;
    const verified = user.email_verified || ticket.mark_email_as_verified === true;
    return setPassword(context, { ...user, email_verified: verified }, hash);
  });
  if (changed) revokeUser(context, changed.user_id, 'password-changed');
  return changed;
}

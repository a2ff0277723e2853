import type { TenantContext } from '../context.ts';
import { revokeUser } from '../sessions/end-session.ts';
import type { User } from '../state/user-documents.ts';
import { removeUserBlocks } from './brute-force.ts';

/** Deletes a user with all related data and returns the deleted user; undefined if there is none. */
export function deleteUser(context: TenantContext, userId: string): User | undefined {
  const { state } = context;
  return state.transaction(() => {
    const found = state.users.get(userId);
    if (!found) return undefined;
    state.users.remove(userId);
    state.credentials.remove(userId);
    state.authorizations.remove(userId);
    for (const own of state.authenticators.find('user_id', userId)) state.authenticators.remove(own.id);
    for (const passkey of state.passkeys.find('user_id', userId)) state.passkeys.remove(passkey.id);
    for (const consent of state.consents.find('user_id', userId)) state.consents.remove(consent.id);
    for (const organization of state.organizations.list())
      if (organization.members.includes(userId)) {
        const roles = Object.entries(organization.member_roles ?? {}).filter(([id]) => id !== userId);
        state.organizations.put({
          ...organization,
          members: organization.members.filter((member) => member !== userId),
          member_roles: Object.fromEntries(roles),
        });
      }
    removeUserBlocks(context, found);
    revokeUser(context, userId);
    return found;
  });
}

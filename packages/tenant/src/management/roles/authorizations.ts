import type { TenantContext } from '../../context.ts';
import type { Authorizations } from '../../state/user-documents.ts';
import { requireUser } from '../users/user-errors.ts';
import { requireRole } from './role-errors.ts';

type Deps = Pick<TenantContext, 'state'>;

/** A user's roles and permissions. Throws 404 `inexistent_user`. */
export function requireAuthorizations(deps: Deps, userId: string | undefined): Authorizations {
  const { user_id } = requireUser(deps, userId);
  return deps.state.authorizations.get(user_id) ?? { user_id, roles: [], permissions: [] };
}

/** Assigns all roles to all users, or none if one of them does not exist. Throws 404. */
export function assignRoles(deps: Deps, userIds: readonly string[], roleIds: readonly string[]): void {
  deps.state.transaction(() => {
    for (const id of roleIds) requireRole(deps, id);
    for (const userId of userIds) {
      const given = requireAuthorizations(deps, userId);
      deps.state.authorizations.put({ ...given, roles: [...new Set([...given.roles, ...roleIds])] });
    }
  });
}

import type { TenantContext } from '../../context.ts';
import type { Role } from '../../state/settings-documents.ts';
import { notFound } from '../management-error.ts';

/** The role of an id. Throws 404 without an error code, as Auth0 does. */
export function requireRole({ state }: Pick<TenantContext, 'state'>, id = ''): Role {
  const role = state.roles.get(id);
  if (!role) throw notFound('The role does not exist.');
  return role;
}

import type { ResourceServer } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';

/**
 * A user's permissions at an API, direct or by role, without duplicates. In an organization, only the roles that they
 * have there count.
 */
export function permissionsOf(
  state: Pick<State, 'authorizations' | 'roles' | 'organizations'>,
  userId: string,
  api: Pick<ResourceServer, 'identifier'>,
  organizationId?: string,
): string[] {
  const given = state.authorizations.get(userId);
  const isInOrganization = organizationId !== undefined;
  const roles = isInOrganization
    ? (state.organizations.get(organizationId)?.member_roles?.[userId] ?? [])
    : (given?.roles ?? []);
  const permissions = isInOrganization ? [] : (given?.permissions ?? []);
  const ofRoles = roles.flatMap((id) => state.roles.get(id)?.permissions ?? []);
  const names = [...permissions, ...ofRoles]
    .filter((permission) => permission.resource_server_identifier === api.identifier)
    .map((permission) => permission.permission_name);
  return [...new Set(names)];
}

import type { ResourceServer } from '../state/settings-documents.ts';
import type { State } from '../state/state.ts';

/** A user's permissions at an API, direct or by role, without duplicates. */
export function permissionsOf(
  state: Pick<State, 'authorizations' | 'roles'>,
  userId: string,
  api: Pick<ResourceServer, 'identifier'>,
): string[] {
  const given = state.authorizations.get(userId);
  if (!given) return [];
  const ofRoles = given.roles.flatMap((id) => state.roles.get(id)?.permissions ?? []);
  const names = [...given.permissions, ...ofRoles]
    .filter((permission) => permission.resource_server_identifier === api.identifier)
    .map((permission) => permission.permission_name);
  return [...new Set(names)];
}

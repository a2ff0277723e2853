import type { TenantContext } from '../../context.ts';
import type { Permission } from '../../state/settings-documents.ts';

/** Removes scopes that an API no longer has from client grants, roles and users. */
export function removeScopes(
  { state }: Pick<TenantContext, 'state'>,
  identifier: string,
  left: ReadonlySet<string>,
): void {
  const remain = (permissions: readonly Permission[]): Permission[] =>
    permissions.filter(
      (permission) =>
        permission.resource_server_identifier !== identifier || left.has(permission.permission_name),
    );
  for (const grant of state.clientGrants.list()) {
    const scope = grant.scope.filter((value) => left.has(value));
    if (grant.audience === identifier && scope.length < grant.scope.length)
      state.clientGrants.put({ ...grant, scope });
  }
  for (const role of state.roles.list()) {
    const permissions = remain(role.permissions);
    if (permissions.length < role.permissions.length) state.roles.put({ ...role, permissions });
  }
  for (const given of state.authorizations.list()) {
    const permissions = remain(given.permissions);
    if (permissions.length < given.permissions.length) state.authorizations.put({ ...given, permissions });
  }
}

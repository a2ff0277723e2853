import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import type { Permission } from '../../state/settings-documents.ts';
import { notFound } from '../management-error.ts';

export const permissionsBody = z.strictObject({
  permissions: z
    .array(
      z.strictObject({ resource_server_identifier: z.string().min(1), permission_name: z.string().min(1) }),
    )
    .min(1, 'Array is too short (0), minimum 1')
    .max(1000, 'Array is too long, maximum 1000'),
});

const same = (a: Permission, b: Permission): boolean =>
  a.resource_server_identifier === b.resource_server_identifier && a.permission_name === b.permission_name;

/** The held and added permissions without duplicates. Throws 404 for an unknown API or scope. */
export function withPermissions(
  { state }: Pick<TenantContext, 'state'>,
  held: readonly Permission[],
  added: readonly Permission[],
): Permission[] {
  for (const { resource_server_identifier: identifier, permission_name: name } of added) {
    const [api] = state.resourceServers.find('identifier', identifier);
    if (!api) throw notFound('The resource server does not exist.', 'inexistent_resource_server');
    if (!api.scopes.some((scope) => scope.value === name))
      throw notFound(
        `The permission ${name} does not exist in the resource server ${identifier}.`,
        'inexistent_resource_server_permission',
      );
  }
  const fresh = added.filter((permission, at) => added.findIndex((other) => same(other, permission)) === at);
  return [...held, ...fresh.filter((permission) => !held.some((other) => same(other, permission)))];
}

export const withoutPermissions = (
  held: readonly Permission[],
  removed: readonly Permission[],
): Permission[] => held.filter((permission) => !removed.some((other) => same(other, permission)));

/** A permission with its API's name and description. */
export function showPermission({ state }: Pick<TenantContext, 'state'>, permission: Permission) {
  const { resource_server_identifier, permission_name } = permission;
  const [api] = state.resourceServers.find('identifier', resource_server_identifier);
  const scope = api?.scopes.find(({ value }) => value === permission_name);
  return {
    permission_name,
    description: scope?.description ?? '',
    resource_server_name: api?.name ?? resource_server_identifier,
    resource_server_identifier,
  };
}

/** The id and sort key of a permission. */
export const permissionId = (permission: Permission): string =>
  `${permission.resource_server_identifier}\n${permission.permission_name}`;

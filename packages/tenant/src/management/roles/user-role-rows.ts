import { z } from 'zod';
import type { Role } from '../../state/settings-documents.ts';
import type { Authorizations } from '../../state/user-documents.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { assignRoles, requireAuthorizations } from './authorizations.ts';
import {
  permissionId,
  permissionsBody,
  showPermission,
  withoutPermissions,
  withPermissions,
} from './permission-body.ts';

const ROLES_PATH = '/users/:id/roles';
const PERMISSIONS_PATH = '/users/:id/permissions';
const rolesBody = z.strictObject({ roles: z.array(z.string().min(1)).min(1).max(1000) });

/** A user's roles and direct permissions. */
export const userRoleRows: MakeRows = (context) => {
  const { state } = context;
  const rolesOf = (given: Authorizations): Role[] => given.roles.flatMap((id) => state.roles.get(id) ?? []);

  /** The permissions without duplicates, each with its sources. */
  function permissionsOf(given: Authorizations) {
    const held = new Map<string, ReturnType<typeof showPermission> & { sources: object[] }>();
    const add = (permission: Authorizations['permissions'][number], source: object): void => {
      const id = permissionId(permission);
      const shown = held.get(id) ?? { ...showPermission(context, permission), sources: [] };
      held.set(id, { ...shown, sources: [...shown.sources, source] });
    };
    const direct = { source_id: '', source_name: '', source_type: 'DIRECT' };
    for (const permission of given.permissions) add(permission, direct);
    for (const { id, name, permissions } of rolesOf(given))
      for (const permission of permissions)
        add(permission, { source_id: id, source_name: name, source_type: 'ROLE' });
    return [...held.values()];
  }

  return [
    defineRow({
      method: 'GET',
      path: ROLES_PATH,
      scopes: ['read:users', 'read:roles', 'read:role_members'],
      query: z.object(pageQuery),
      handle: ({ params, query }) =>
        listReply(
          {
            name: 'roles',
            items: rolesOf(requireAuthorizations(context, params.id)),
            idOf: ({ id }) => id,
            show: ({ id, name, description }) => ({ id, name, description }),
          },
          query,
        ),
    }),
    defineRow({
      method: 'POST',
      path: ROLES_PATH,
      title: 'Assign roles to a user',
      scopes: ['update:users', 'create:role_members'],
      body: rolesBody,
      handle: ({ params, body }) => {
        assignRoles(context, [params.id ?? ''], body.roles);
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: ROLES_PATH,
      title: 'Remove roles from a user',
      scopes: ['update:users', 'delete:role_members'],
      body: rolesBody,
      handle: ({ params, body }) =>
        state.transaction(() => {
          const given = requireAuthorizations(context, params.id);
          state.authorizations.put({ ...given, roles: given.roles.filter((id) => !body.roles.includes(id)) });
          return { status: 204 };
        }),
    }),
    defineRow({
      method: 'GET',
      path: PERMISSIONS_PATH,
      scopes: ['read:users'],
      query: z.object(pageQuery),
      handle: ({ params, query }) =>
        listReply(
          {
            name: 'permissions',
            items: permissionsOf(requireAuthorizations(context, params.id)),
            idOf: permissionId,
            show: (permission) => permission,
          },
          query,
        ),
    }),
    defineRow({
      method: 'POST',
      path: PERMISSIONS_PATH,
      title: 'Assign permissions to a user',
      scopes: ['update:users'],
      body: permissionsBody,
      handle: ({ params, body }) =>
        state.transaction(() => {
          const given = requireAuthorizations(context, params.id);
          const permissions = withPermissions(context, given.permissions, body.permissions);
          state.authorizations.put({ ...given, permissions });
          return { status: 201, body: {} };
        }),
    }),
    defineRow({
      method: 'DELETE',
      path: PERMISSIONS_PATH,
      title: 'Remove permissions from a user',
      scopes: ['update:users'],
      body: permissionsBody,
      handle: ({ params, body }) =>
        state.transaction(() => {
          const given = requireAuthorizations(context, params.id);
          const permissions = withoutPermissions(given.permissions, body.permissions);
          state.authorizations.put({ ...given, permissions });
          return { status: 204 };
        }),
    }),
  ];
};

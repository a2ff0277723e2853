import { z } from 'zod';
import { listReply, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import {
  permissionId,
  permissionsBody,
  showPermission,
  withoutPermissions,
  withPermissions,
} from './permission-body.ts';
import { requireRole } from './role-errors.ts';

const PATH = '/roles/:id/permissions';

/** Permissions of a role. */
export const rolePermissionRows: MakeRows = (context) => {
  const { state } = context;
  return [
    defineRow({
      method: 'GET',
      path: PATH,
      scopes: ['read:roles'],
      query: z.object(pageQuery),
      handle: ({ params, query }) =>
        listReply(
          {
            name: 'permissions',
            items: requireRole(context, params.id).permissions,
            idOf: permissionId,
            show: (permission) => showPermission(context, permission),
          },
          query,
        ),
    }),
    defineRow({
      method: 'POST',
      path: PATH,
      title: 'Associate permissions with a role',
      scopes: ['update:roles'],
      body: permissionsBody,
      handle: ({ params, body }) =>
        state.transaction(() => {
          const role = requireRole(context, params.id);
          state.roles.put({
            ...role,
            permissions: withPermissions(context, role.permissions, body.permissions),
          });
          return { status: 201, body: {} };
        }),
    }),
    defineRow({
      method: 'DELETE',
      path: PATH,
      title: 'Remove permissions from a role',
      scopes: ['update:roles'],
      body: permissionsBody,
      handle: ({ params, body }) =>
        state.transaction(() => {
          const role = requireRole(context, params.id);
          state.roles.put({ ...role, permissions: withoutPermissions(role.permissions, body.permissions) });
          return { status: 204 };
        }),
    }),
  ];
};

import { z } from 'zod';
import { removeRoleFromOrganizations } from '../../organizations/cascades.ts';
import { defined, toRole } from '../../state/defaults.ts';
import type { Role } from '../../state/settings-documents.ts';
import { oneOf, text } from '../body-parts.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { invalidBody, managementError } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireRole } from './role-errors.ts';

const name = text(280, 1);
const description = text(1000).nullish();
const createBody = z.strictObject({
  name,
  description,
  type: oneOf(['tenant', 'organization']).optional(),
  owner_id: text(50).optional(),
});
const updateBody = z.strictObject({ name: name.optional(), description });
const listQuery = z.object({ ...pageQuery, name_filter: z.string().max(300).optional() });

const show = ({ permissions: _permissions, ...role }: Role) => ({ type: 'tenant', ...role });

/** Roles. Creating and deleting one answers 200. */
export const roleRows: MakeRows = (context) => {
  const { state } = context;
  /** Throws 409 if another role has the name. */
  const requireFree = (wanted: string, id?: string): void => {
    if (state.roles.find('name', wanted).some((role) => role.id !== id))
      throw managementError(409, `The role name "${wanted}" is already in use.`);
  };
  return [
    defineRow({
      method: 'GET',
      path: '/roles',
      scopes: ['read:roles'],
      query: listQuery,
      handle: ({ query }) => {
        const wanted = query.name_filter?.toLowerCase() ?? '';
        const items = state.roles.list().filter((role) => role.name.toLowerCase().includes(wanted));
        return listReply({ name: 'roles', items, idOf: ({ id }) => id, show }, query);
      },
    }),
    defineRow({
      method: 'POST',
      path: '/roles',
      title: 'Create a role',
      scopes: ['create:roles'],
      body: createBody,
      handle: ({ body }) =>
        state.transaction(() => {
          requireFree(body.name);
          const role = toRole(body);
          state.roles.put(role);
          return { status: 200, body: show(role) };
        }),
    }),
    defineRow({
      method: 'GET',
      path: '/roles/:id',
      scopes: ['read:roles'],
      handle: ({ params }) => ({ status: 200, body: show(requireRole(context, params.id)) }),
    }),
    defineRow({
      method: 'PATCH',
      path: '/roles/:id',
      title: 'Update a role',
      scopes: ['update:roles'],
      body: updateBody,
      handle: ({ params, body }) =>
        state.transaction(() => {
          if (Object.keys(body).length === 0)
            throw invalidBody(`'Too few properties defined (0), minimum 1'`);
          const before = requireRole(context, params.id);
          const role = { ...before, ...defined(body) };
          requireFree(role.name, before.id);
          state.roles.put(role);
          return { status: 200, body: show(role) };
        }),
    }),
    defineRow({
      method: 'DELETE',
      path: '/roles/:id',
      title: 'Delete a role',
      scopes: ['delete:roles'],
      handle: ({ params }) =>
        state.transaction(() => {
          const { id } = requireRole(context, params.id);
          state.roles.remove(id);
          removeRoleFromOrganizations(state, id);
          for (const given of state.authorizations.list())
            if (given.roles.includes(id))
              state.authorizations.put({ ...given, roles: given.roles.filter((role) => role !== id) });
          return { status: 200, body: {} };
        }),
    }),
  ];
};

import { z } from 'zod';
import { toRole } from '../../state/defaults.ts';
import type { Role } from '../../state/settings-documents.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { invalidBody, managementError } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireRole } from './role-errors.ts';

const text = z.string().min(1).max(50);
const description = z.string().min(1).max(140);
const createBody = z.strictObject({ name: text, description: description.optional() });
const updateBody = z.strictObject({ name: text.optional(), description: description.optional() });
const listQuery = z.object({ ...pageQuery, name_filter: z.string().max(300).optional() });

const show = ({ id, name, description: about }: Role) => ({ id, name, description: about });

/** Roles. Creating and deleting one answers 200. */
export const roleRows: MakeRows = (context) => {
  const { state } = context;
  /** Throws 409 if another role has the name. */
  const requireFree = (name: string, id?: string): void => {
    if (state.roles.find('name', name).some((role) => role.id !== id))
      throw managementError(409, `The role name "${name}" is already in use.`);
  };
  return [
    defineRow({
      method: 'GET',
      path: '/roles',
      scopes: ['read:roles'],
      query: listQuery,
      handle: ({ query }) => {
        const wanted = query.name_filter?.toLowerCase() ?? '';
        const items = state.roles.list().filter(({ name }) => name.toLowerCase().includes(wanted));
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
          const { name = before.name, description: about = before.description } = body;
          requireFree(name, before.id);
          const role = { ...before, name, description: about };
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
          for (const given of state.authorizations.list())
            if (given.roles.includes(id))
              state.authorizations.put({ ...given, roles: given.roles.filter((role) => role !== id) });
          return { status: 200, body: {} };
        }),
    }),
  ];
};

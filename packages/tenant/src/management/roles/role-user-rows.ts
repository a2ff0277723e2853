import { z } from 'zod';
import { checkpointQuery, listReply, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { assignRoles } from './authorizations.ts';
import { requireRole } from './role-errors.ts';

const PATH = '/roles/:id/users';
const usersBody = z.strictObject({ users: z.array(z.string().min(1)).min(1).max(1000) });

/** Users of a role. */
export const roleUserRows: MakeRows = (context) => {
  const { state } = context;
  return [
    defineRow({
      method: 'GET',
      path: PATH,
      scopes: ['read:users', 'read:roles', 'read:role_members'],
      query: z.object({ ...pageQuery, ...checkpointQuery }),
      handle: ({ params, query }) => {
        const { id } = requireRole(context, params.id);
        const holders = state.authorizations.list().filter(({ roles }) => roles.includes(id));
        return listReply(
          {
            name: 'users',
            items: holders.flatMap(({ user_id }) => state.users.get(user_id) ?? []),
            idOf: (user) => user.user_id,
            show: ({ user_id, email, picture, name }) => ({ user_id, email, picture, name }),
          },
          query,
        );
      },
    }),
    defineRow({
      method: 'POST',
      path: PATH,
      title: 'Assign users to a role',
      scopes: ['update:roles', 'create:role_members'],
      body: usersBody,
      handle: ({ params, body }) => {
        assignRoles(context, body.users, [requireRole(context, params.id).id]);
        return { status: 200, body: {} };
      },
    }),
  ];
};

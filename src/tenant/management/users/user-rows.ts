import { z } from 'zod';
import { fieldsQuery, pickFields } from '../fields.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { createUser } from './create-user.ts';
import { createUserBody } from './user-body.ts';
import { requireUser } from './user-errors.ts';

const listQuery = z.object({ ...pageQuery, ...fieldsQuery });

/** Users: to make, read, change, find and delete them. */
export const userRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/users',
    scopes: ['read:users'],
    query: listQuery,
    handle: ({ query }) =>
      listReply(
        {
          name: 'users',
          items: context.state.users.list(),
          idOf: (user) => user.user_id,
          show: (user) => pickFields(user, query),
        },
        query,
      ),
  }),
  defineRow({
    method: 'POST',
    path: '/users',
    title: 'Create a User',
    scopes: ['create:users'],
    body: createUserBody,
    handle: async ({ body }) => ({ status: 201, body: await createUser(context, body) }),
  }),
  defineRow({
    method: 'GET',
    path: '/users/:id',
    scopes: ['read:users'],
    query: z.object(fieldsQuery),
    handle: ({ params, query }) => ({
      status: 200,
      body: pickFields(requireUser(context, params.id), query),
    }),
  }),
];

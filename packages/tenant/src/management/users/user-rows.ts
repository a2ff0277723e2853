import { z } from 'zod';
import { deleteUser } from '../../users/delete-user.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { listReply } from '../list-reply.ts';
import { insufficientScope, managementError } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { createUser } from './create-user.ts';
import { findUsers, findUsersQuery } from './find-users.ts';
import { updateUser } from './update-user.ts';
import { createUserBody, type UpdateUserBody, updateUserBody } from './user-body.ts';
import { requireUser, requireUserId } from './user-errors.ts';

const byEmailQuery = z.object({ ...fieldsQuery, email: z.string().min(1).max(320) });

/** Users: create, read, update, search, delete. */
export const userRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/users',
    scopes: ['read:users'],
    query: findUsersQuery,
    handle: ({ query }) =>
      listReply(
        {
          name: 'users',
          items: findUsers(context, query),
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
    handle: async ({ body, caller }) => ({ status: 201, body: await createUser(context, body, caller) }),
  }),
  defineRow({
    method: 'GET',
    path: '/users-by-email',
    scopes: ['read:users'],
    query: byEmailQuery,
    handle: ({ query }) => ({
      status: 200,
      body: context.state.users
        .list()
        .filter((user) => user.email === query.email)
        .map((user) => pickFields(user, query)),
    }),
  }),
  defineRow({
    method: 'GET',
    path: '/users/:id',
    scopes: ['read:users'],
    ownScopes: ['read:current_user'],
    query: z.object(fieldsQuery),
    handle: ({ params, query }) => ({
      status: 200,
      body: pickFields(requireUser(context, params.id), query),
    }),
  }),
  defineRow({
    method: 'PATCH',
    path: '/users/:id',
    title: 'Update a User',
    scopes: ['update:users', 'update:users_app_metadata'],
    ownScopes: ['update:current_user_metadata', 'create:current_user_metadata'],
    body: updateUserBody,
    handle: async ({ params, body, scopes, caller }) => {
      if (Object.keys(body).length === 0)
        throw managementError(400, "Payload validation error: 'Too few properties defined (0), minimum 1'.", {
          errorCode: 'invalid_body',
        });
      if (!scopes.has('update:users')) requireMetadataAlone(body, scopes.has('update:users_app_metadata'));
      return { status: 200, body: await updateUser(context, params.id, body, caller) };
    },
  }),
  defineRow({
    method: 'DELETE',
    path: '/users/:id',
    title: 'Delete a User',
    scopes: ['delete:users'],
    handle: ({ params, caller }) => {
      const user = deleteUser(context, requireUserId(params.id));
      if (user)
        context.log.record({
          type: 'sdu',
          ...caller,
          user_id: user.user_id,
          user_name: user.email ?? user.name,
        });
      return { status: 204 };
    },
  }),
];

/** Throws 403 if the body changes more than metadata; a user's own token changes `user_metadata` only. */
function requireMetadataAlone(body: UpdateUserBody, withAppMetadata: boolean): void {
  const isAllowed = (name: string): boolean =>
    name === 'user_metadata' || (withAppMetadata && name === 'app_metadata');
  if (!Object.keys(body).every(isAllowed)) throw insufficientScope(['update:users']);
}

import { randomInt } from 'node:crypto';
import type { Authentication } from '../../auth0/authentication.ts';
import type { AdministeredUser, ManagedUsers } from '../../auth0/managed-users.ts';
import type { Management } from '../../auth0/management.ts';
import { GatewayError } from '../../errors.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { AdminActions } from '../admin-action.ts';
import type { UserAccess } from './user-access.ts';
import {
  adminUserList,
  adminUserReply,
  newUserBody,
  toAdminUser,
  toUserId,
  toUserSearch,
  userChangeBody,
  usersQuery,
} from './user-schemas.ts';

export interface UserRouteDeps {
  readonly actions: AdminActions;
  readonly users: ManagedUsers;
  readonly management: Pick<Management, 'sendVerificationEmail'>;
  readonly auth0: Pick<Authentication, 'requestPasswordReset'>;
  readonly access: UserAccess;
  /** The connection of users with a password. */
  readonly connection: string;
}

const TAG = 'Administration of users';
const PATH = '/v1/admin/users/{id}';
const PARAMS = {
  id: { description: 'The id of a user, percent-encoded.', example: 'auth0|5f7c8ec7c33c6c004bbafe82' },
};
const ERRORS = ['not_found', 'rate_limited'] as const;

const CHARACTERS = ['abcdefghijkmnopqrstuvwxyz', 'ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', '!#$%&*+-=?@_'];
const PASSWORD_LENGTH = 40;

/** A random password that meets every password policy of Auth0. */
const toUnknownPassword = (): string =>
  Array.from({ length: PASSWORD_LENGTH }, (_, index) => {
    const kind = CHARACTERS[index % CHARACTERS.length] ?? '';
    return kind.charAt(randomInt(kind.length));
  }).join('');

/**
 * The address for a password reset link. @throws GatewayError `validation_failed` for a user without an address or password
 */
function toPasswordOwner({ email, identities }: AdministeredUser, connection: string): string {
  if (email && identities.some((identity) => identity.connection === connection)) return email;
  const message = 'the user has no password in the gateway’s connection, or no e-mail address';
  throw new GatewayError('validation_failed', { errors: [{ path: 'id', message }] });
}

/** The routes to find, create, change, block and delete users. */
export function userRoutes(deps: UserRouteDeps): Route[] {
  const { users, management, auth0, access, connection } = deps;
  const { guardedBy, act } = deps.actions;
  const userReply = { 200: { description: 'The user', schema: adminUserReply } };

  return [
    defineRoute({
      method: 'GET',
      path: '/v1/admin/users',
      ...guardedBy('read:users'),
      operationId: 'adminListUsers',
      summary: 'List or search users',
      tag: TAG,
      query: usersQuery,
      responses: { 200: { description: 'A page of users', schema: adminUserList } },
      errors: ['rate_limited'],
      handler: (input) =>
        act('admin.user_list', input, {}, async () => {
          const { page, per_page } = input.query;
          const { users: found, total } = await users.search(toUserSearch(input.query));
          return { reply: { status: 200, body: { users: found.map(toAdminUser), page, per_page, total } } };
        }),
    }),
    defineRoute({
      method: 'POST',
      path: '/v1/admin/users',
      ...guardedBy('create:users'),
      operationId: 'adminCreateUser',
      summary: 'Create a user',
      tag: TAG,
      body: newUserBody,
      responses: { 201: { description: 'The user', schema: adminUserReply } },
      errors: ['user_exists', 'weak_password', 'rate_limited'],
      handler: (input) =>
        act('admin.user_create', input, { subject: input.body.email }, async () => {
          const { password = toUnknownPassword(), ...given } = input.body;
          const user = await users.create({ ...given, password });
          return { reply: { status: 201, body: toAdminUser(user) }, subject: user.user_id };
        }),
    }),
    defineRoute({
      method: 'GET',
      path: PATH,
      params: PARAMS,
      ...guardedBy('read:users'),
      operationId: 'adminGetUser',
      summary: 'A user',
      tag: TAG,
      responses: userReply,
      errors: ERRORS,
      handler: (input) =>
        act('admin.user_read', input, { subject: input.params['id'] }, async () => ({
          reply: { status: 200, body: toAdminUser(await users.read(toUserId(input.params))) },
        })),
    }),
    defineRoute({
      method: 'PATCH',
      path: PATH,
      params: PARAMS,
      ...guardedBy('update:users'),
      operationId: 'adminUpdateUser',
      summary: 'Change a user',
      description:
        'Omitted fields stay unchanged. Entries of metadata are changed one by one; `null` removes an entry. A new address is unverified unless `email_verified` is true. The password cannot be changed here: use `password-reset` to send the user a link.',
      tag: TAG,
      body: userChangeBody,
      responses: userReply,
      errors: [...ERRORS, 'user_exists'],
      handler: (input) =>
        act('admin.user_update', input, { subject: input.params['id'] }, async () => {
          const { email } = input.body;
          const change = { ...(email !== undefined && { email_verified: false }), ...input.body };
          const user = await users.update(toUserId(input.params), change);
          return { reply: { status: 200, body: toAdminUser(user) } };
        }),
    }),
    defineRoute({
      method: 'DELETE',
      path: PATH,
      params: PARAMS,
      ...guardedBy('delete:users'),
      operationId: 'adminDeleteUser',
      summary: 'Delete a user, and end their sessions',
      description: 'An unknown user is not an error.',
      tag: TAG,
      responses: { 204: { description: 'The user does not exist any more' } },
      errors: ['rate_limited'],
      handler: (input) =>
        act('admin.user_delete', input, { subject: input.params['id'] }, async () => {
          await access.remove(toUserId(input.params));
          return { reply: { status: 204 } };
        }),
    }),
    ...[
      {
        verb: 'block',
        operationId: 'adminBlockUser',
        event: 'admin.user_block',
        summary: 'Block a user, and end their sessions',
        run: (id: string) => access.block(id),
        status: 204,
        done: 'The user is blocked',
      } as const,
      {
        verb: 'unblock',
        operationId: 'adminUnblockUser',
        event: 'admin.user_unblock',
        summary: 'Unblock a user',
        run: (id: string) => access.unblock(id),
        status: 204,
        done: 'The user may sign in again',
      } as const,
      {
        verb: 'verification-email',
        operationId: 'adminSendVerification',
        event: 'admin.verification_email',
        summary: 'Send a verification mail to a user',
        run: (id: string) => management.sendVerificationEmail(id),
        status: 202,
        done: 'It is mailed',
      } as const,
      {
        verb: 'password-reset',
        operationId: 'adminResetPassword',
        event: 'admin.password_reset',
        summary: 'Send a password reset mail to a user',
        run: async (id: string) =>
          auth0.requestPasswordReset(toPasswordOwner(await users.read(id), connection)),
        status: 202,
        done: 'It is mailed',
      } as const,
    ].map(({ verb, operationId, event, summary, run, status, done }) =>
      defineRoute({
        method: 'POST',
        path: `${PATH}/${verb}`,
        params: PARAMS,
        ...guardedBy('update:users'),
        operationId,
        summary,
        tag: TAG,
        responses: { [status]: { description: done } },
        errors: ERRORS,
        handler: (input) =>
          act(event, input, { subject: input.params['id'] }, async () => {
            await run(toUserId(input.params));
            return { reply: { status } };
          }),
      }),
    ),
  ];
}

import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { toIso } from '../../lib/clock.ts';
import type { Identity, User } from '../../state/user-documents.ts';
import { deleteUser } from '../../users/delete-user.ts';
import { findUser } from '../../users/find-user.ts';
import { toUser } from '../../users/to-user.ts';
import { requireConnection } from '../connections/write-connection.ts';
import { invalidBody, managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireUser } from './user-errors.ts';

const path = '/users/:id/identities';
const linkBody = z.strictObject({
  provider: z.string().min(1),
  user_id: z.union([z.string().min(1), z.int()]),
  connection_id: z.string().min(1).optional(),
});

/** Links accounts: the second user becomes an identity of the first and is no longer a separate user. */
export const identityRows: MakeRows = (context) => [
  defineRow({
    method: 'POST',
    path,
    title: 'Link a user account',
    scopes: ['update:users'],
    ownScopes: ['update:current_user_identities'],
    body: linkBody,
    handle: ({ params, body }) =>
      context.state.transaction(() => {
        const primary = requireUser(context, params.id);
        const { provider, connection_id } = body;
        const named = String(body.user_id);
        const secondary = requireUser(context, named.includes('|') ? named : `${provider}|${named}`);
        if (secondary.user_id === primary.user_id)
          throw managementError(400, 'Main account and target account are the same.', {
            errorCode: 'invalid_body',
          });
        const [home] = secondary.identities;
        if (
          connection_id !== undefined &&
          requireConnection(context, connection_id).name !== home?.connection
        )
          throw invalidBody(`'The user has no identity in this connection' on property connection_id`);
        const identities = [
          ...primary.identities,
          ...secondary.identities.map((identity, at) =>
            at === 0 ? { ...identity, profileData: toProfile(secondary) } : identity,
          ),
        ];
        deleteUser(context, secondary.user_id);
        context.state.users.put({ ...primary, identities, updated_at: toIso(context.clock.now()) });
        return { status: 201, body: identities };
      }),
  }),
  defineRow({
    method: 'DELETE',
    path: `${path}/:provider/:user_id`,
    title: 'Unlink a user account',
    scopes: ['update:users'],
    ownScopes: ['update:current_user_identities'],
    handle: ({ params }) =>
      context.state.transaction(() => {
        const user = requireUser(context, params.id);
        const isIt = (one: Identity): boolean =>
          one.provider === params.provider && one.user_id === params.user_id;
        const [home, ...linked] = user.identities;
        const gone = linked.find(isIt);
        if (home && isIt(home))
          throw managementError(400, 'Main account cannot be unlinked.', { errorCode: 'invalid_body' });
        if (!gone) throw notFound('The identity does not exist.', 'inexistent_identity');
        const identities = user.identities.filter((one) => one !== gone);
        context.state.users.put({ ...user, identities, updated_at: toIso(context.clock.now()) });
        restore(context, gone);
        return { status: 200, body: identities };
      }),
  }),
];

/** The profile that a linked identity keeps. */
function toProfile(user: User): Readonly<Record<string, unknown>> {
  const { email, email_verified, name, nickname, picture, given_name, family_name, username, phone_number } =
    user;
  return { email, email_verified, name, nickname, picture, given_name, family_name, username, phone_number };
}

/** An unlinked identity becomes a separate user again, without metadata and password. */
function restore(
  context: TenantContext,
  { connection: name, provider, user_id, profileData = {} }: Identity,
): void {
  const { email } = profileData;
  if (typeof email === 'string' && findUser(context.state, { name }, email)) return;
  context.state.users.put(
    toUser({
      connection: { name, strategy: provider },
      id: `${provider}|${user_id}`,
      now: new Date(context.clock.now()),
      profile: profileData,
    }),
  );
}

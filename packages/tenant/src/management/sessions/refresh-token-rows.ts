import { z } from 'zod';
import { revokeFamily } from '../../tokens/refresh-families.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { checkpointQuery, checkpointReply } from '../list-reply.ts';
import { invalidBody } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireUser } from '../users/user-errors.ts';
import { refreshTokensOf, requireRefreshToken } from './active-sessions.ts';
import { metadataOf } from './metadata.ts';
import { showRefreshToken } from './show-session.ts';

const PATH = '/refresh-tokens/:id';
const listQuery = z.object({
  ...checkpointQuery,
  ...fieldsQuery,
  user_id: z.string().min(1),
  client_id: z.string().min(1).optional(),
});
const updateBody = z.strictObject({ refresh_token_metadata: metadataOf('refresh_token_metadata') });
const revokeBody = z.strictObject({
  ids: z.array(z.string().min(1)).min(1).max(100).optional(),
  user_id: z.string().min(1).optional(),
  client_id: z.string().min(1).optional(),
  audience: z.string().min(1).optional(),
});

/** Refresh tokens: of a user, or one by its id. Lists do not contain revoked tokens. */
export const refreshTokenRows: MakeRows = (context) => {
  const { state } = context;
  return [
    defineRow({
      method: 'GET',
      path: '/users/:id/refresh-tokens',
      scopes: ['read:refresh_tokens'],
      query: z.object(checkpointQuery),
      handle: ({ params, query }) => {
        const items = refreshTokensOf(context, requireUser(context, params.id).user_id);
        return checkpointReply(
          { name: 'tokens', items, idOf: ({ id }) => id, show: showRefreshToken },
          query,
        );
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/users/:id/refresh-tokens',
      title: 'Delete refresh tokens for user',
      scopes: ['delete:refresh_tokens'],
      handle: ({ params }) => {
        const { user_id } = requireUser(context, params.id);
        for (const family of refreshTokensOf(context, user_id)) revokeFamily(context, family.id);
        return { status: 202 };
      },
    }),
    defineRow({
      method: 'GET',
      path: '/refresh-tokens',
      scopes: ['read:refresh_tokens'],
      query: listQuery,
      handle: ({ query }) => {
        const items = refreshTokensOf(context, query.user_id).filter(
          ({ client_id }) => query.client_id === undefined || client_id === query.client_id,
        );
        const show = (family: (typeof items)[number]) => pickFields(showRefreshToken(family), query);
        return checkpointReply({ name: 'refresh_tokens', items, idOf: ({ id }) => id, show }, query);
      },
    }),
    defineRow({
      method: 'POST',
      path: '/refresh-tokens/revoke',
      title: 'Revoke refresh tokens',
      scopes: ['delete:refresh_tokens'],
      body: revokeBody,
      handle: ({ body: { ids, user_id, client_id, audience } }) => {
        const byIds = ids?.flatMap((id) => state.refreshFamilies.get(id) ?? []);
        const byUser = user_id === undefined ? undefined : state.refreshFamilies.find('user_id', user_id);
        const byClient =
          client_id === undefined ? undefined : state.refreshFamilies.find('client_id', client_id);
        const found = byIds ?? byUser ?? byClient;
        if (!found || (byIds && (user_id ?? client_id ?? audience) !== undefined))
          throw invalidBody(`'Name either ids, or a user_id or a client_id'`);
        for (const family of found)
          if (
            (client_id === undefined || family.client_id === client_id) &&
            (audience === undefined || family.audience === audience)
          )
            revokeFamily(context, family.id);
        return { status: 202 };
      },
    }),
    defineRow({
      method: 'GET',
      path: PATH,
      scopes: ['read:refresh_tokens'],
      handle: ({ params }) => ({
        status: 200,
        body: showRefreshToken(requireRefreshToken(context, params.id)),
      }),
    }),
    defineRow({
      method: 'PATCH',
      path: PATH,
      title: 'Update a refresh token',
      scopes: ['update:refresh_tokens'],
      body: updateBody,
      handle: ({ params, body }) => {
        const before = requireRefreshToken(context, params.id);
        const family = { ...before, metadata: body.refresh_token_metadata ?? undefined };
        state.refreshFamilies.put(family);
        return { status: 200, body: showRefreshToken(family) };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: PATH,
      title: 'Delete a refresh token',
      scopes: ['delete:refresh_tokens'],
      handle: ({ params }) => {
        revokeFamily(context, requireRefreshToken(context, params.id).id);
        return { status: 202 };
      },
    }),
  ];
};

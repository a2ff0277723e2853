import { z } from 'zod';
import type { RefreshFamily } from '../../state/token-documents.ts';
import { revokeFamily } from '../../tokens/refresh-families.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { isValidToken, refreshTokensOf } from '../sessions/active-sessions.ts';

const listQuery = z.object({
  ...pageQuery,
  ...fieldsQuery,
  user_id: z.string().min(1).optional(),
  client_id: z.string().min(1).optional(),
  type: z.enum(['public_key', 'refresh_token', 'rotating_refresh_token']).optional(),
});

const show = ({ id, user_id, client_id, rotating }: RefreshFamily) => ({
  id,
  device_name: 'Unknown',
  device_id: id,
  type: rotating ? 'rotating_refresh_token' : 'refresh_token',
  user_id,
  client_id,
});

/** Device credentials: a view of refresh tokens. Public keys are not supported. */
export const deviceCredentialRows: MakeRows = (context) => {
  const { state } = context;
  return [
    defineRow({
      method: 'GET',
      path: '/device-credentials',
      scopes: ['read:device_credentials'],
      query: listQuery,
      handle: ({ query }) => {
        const { user_id, client_id, type } = query;
        const held =
          user_id === undefined
            ? state.refreshFamilies.list().filter((family) => isValidToken(context, family))
            : refreshTokensOf(context, user_id);
        const items = held.filter(
          (family) =>
            (client_id === undefined || family.client_id === client_id) &&
            (type === undefined || type === show(family).type),
        );
        const shown = (family: RefreshFamily) => pickFields(show(family), query);
        return listReply({ name: 'device_credentials', items, idOf: ({ id }) => id, show: shown }, query);
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/device-credentials/:id',
      title: 'Delete a device credential',
      scopes: ['delete:device_credentials'],
      handle: ({ params }) => {
        revokeFamily(context, params.id ?? '');
        return { status: 204 };
      },
    }),
  ];
};

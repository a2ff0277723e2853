import { z } from 'zod';
import { revokeConsent } from '../../authorization/consents.ts';
import type { Consent } from '../../state/browser-documents.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';

const listQuery = z.object({
  ...pageQuery,
  user_id: z.string().min(1).optional(),
  client_id: z.string().min(1).optional(),
  audience: z.string().min(1).optional(),
});
const deleteQuery = z.object({ user_id: z.string().min(1) });

/** A consent in API format; `clientID` is Auth0's spelling. */
const show = ({ id, client_id, user_id, audience, scope, organization }: Consent) => ({
  id,
  clientID: client_id,
  user_id,
  audience,
  scope,
  ...(organization !== undefined && { organization_id: organization }),
});

/** Grants: users' consents to clients. Deleting one revokes the refresh tokens that depend on it. */
export const grantRows: MakeRows = (context) => {
  const { state } = context;
  return [
    defineRow({
      method: 'GET',
      path: '/grants',
      scopes: ['read:grants'],
      query: listQuery,
      handle: ({ query }) => {
        const { user_id, client_id, audience } = query;
        const items = (
          user_id === undefined ? state.consents.list() : state.consents.find('user_id', user_id)
        ).filter(
          (consent) =>
            (client_id === undefined || consent.client_id === client_id) &&
            (audience === undefined || consent.audience === audience),
        );
        return listReply({ name: 'grants', items, idOf: ({ id }) => id, show }, query);
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/grants',
      title: 'Delete grants by user',
      scopes: ['delete:grants'],
      query: deleteQuery,
      handle: ({ query }) => {
        for (const consent of state.consents.find('user_id', query.user_id)) revokeConsent(context, consent);
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'DELETE',
      path: '/grants/:id',
      title: 'Delete a grant by id',
      scopes: ['delete:grants'],
      handle: ({ params }) => {
        const consent = state.consents.get(params.id ?? '');
        if (consent) revokeConsent(context, consent);
        return { status: 204 };
      },
    }),
  ];
};

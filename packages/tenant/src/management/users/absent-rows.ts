import { z } from 'zod';
import { invalidBody } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { requireUser } from './user-errors.ts';

/** Resources that users of this tenant do not have: their lists are empty, and deletions do nothing. */
export const absentRows: MakeRows = (context) => {
  const empty = (name: string, body: object, scopes: readonly string[]) =>
    defineRow({
      method: 'GET',
      path: `/users/:id/${name}`,
      scopes,
      handle: ({ params }) => {
        requireUser(context, params.id);
        return { status: 200, body };
      },
    });
  return [
    empty('connected-accounts', { connected_accounts: [] }, ['read:users']),
    empty('federated-connections-tokensets', [], ['read:federated_connections_tokens']),
    defineRow({
      method: 'DELETE',
      path: '/users/:id/federated-connections-tokensets/:set',
      title: 'Delete a tokenset',
      scopes: ['delete:federated_connections_tokens'],
      handle: ({ params }) => {
        requireUser(context, params.id);
        return { status: 204 };
      },
    }),
    defineRow({
      method: 'POST',
      path: '/users/:id/risk-assessments/clear',
      title: 'Clear the risk assessments of a user',
      scopes: ['update:users'],
      body: z.strictObject({ connection: z.string().min(1), assessors: z.array(z.string()) }),
      handle: ({ params, body }) => {
        requireUser(context, params.id);
        if (context.state.connections.find('name', body.connection).length === 0)
          throw invalidBody(`'The connection does not exist' on property connection`);
        return { status: 204 };
      },
    }),
  ];
};

import { z } from 'zod';
import { metadataUrlOf } from '../../clients/metadata-client.ts';
import { randomToken } from '../../lib/random.ts';
import type { Client } from '../../state/settings-documents.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { flag, listReply, pageQuery } from '../list-reply.ts';
import { insufficientScope } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { changeClient } from './change-client.ts';
import { createClientBody, updateClientBody } from './client-body.ts';
import { toClientView } from './client-view.ts';
import { createClient } from './create-client.ts';
import { changeGlobalClient, GLOBAL_CLIENT_ID, showGlobalClient } from './global-client.ts';
import { removeClient } from './remove-client.ts';
import { requireClient } from './require-client.ts';

const listQuery = z.object({
  ...pageQuery,
  ...fieldsQuery,
  is_global: flag.optional(),
  is_first_party: flag.optional(),
  app_type: z.string().max(1000).optional(),
  external_client_id: z.string().max(1000).optional(),
});

const READ_SCOPES = ['read:clients', 'read:client_keys'];
const SECRET_SCOPE = 'read:client_keys';

function isWanted(client: Client, query: z.output<typeof listQuery>): boolean {
  const { is_first_party, app_type, external_client_id: url } = query;
  return (
    (url === undefined || metadataUrlOf(client) === url) &&
    (is_first_party === undefined || client.is_first_party === is_first_party) &&
    (app_type === undefined || app_type.split(',').includes(client.app_type))
  );
}

/** Clients: create, read, update, rotate the secret, delete. */
export const clientRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/clients',
    scopes: READ_SCOPES,
    query: listQuery,
    handle: ({ query, scopes }) => {
      if (query.is_global === true) {
        const items = [showGlobalClient(context)];
        const show = (client: object) => pickFields(client, query);
        return listReply({ name: 'clients', items, idOf: () => GLOBAL_CLIENT_ID, show }, query);
      }
      return listReply(
        {
          name: 'clients',
          items: context.state.clients.list().filter((client) => isWanted(client, query)),
          idOf: (client) => client.client_id,
          show: (client) =>
            pickFields(toClientView(context, client, { withSecret: scopes.has(SECRET_SCOPE) }), query),
        },
        query,
      );
    },
  }),
  defineRow({
    method: 'POST',
    path: '/clients',
    title: 'Create a Client',
    scopes: ['create:clients'],
    body: createClientBody,
    handle: ({ body }) => ({
      status: 201,
      body: toClientView(context, createClient(context, body), { withSecret: true, isNew: true }),
    }),
  }),
  defineRow({
    method: 'GET',
    path: '/clients/:id',
    scopes: READ_SCOPES,
    query: z.object(fieldsQuery),
    handle: ({ params, query, scopes }) => {
      if (params.id === GLOBAL_CLIENT_ID)
        return { status: 200, body: pickFields(showGlobalClient(context), query) };
      const view = toClientView(context, requireClient(context, params.id), {
        withSecret: scopes.has(SECRET_SCOPE),
      });
      return { status: 200, body: pickFields(view, query) };
    },
  }),
  defineRow({
    method: 'PATCH',
    path: '/clients/:id',
    title: 'Update a Client',
    scopes: ['update:clients', 'update:client_keys', 'update:client_credentials'],
    body: updateClientBody,
    handle: ({ params, body, scopes }) => {
      if (params.id === GLOBAL_CLIENT_ID) {
        changeGlobalClient(context, body);
        return { status: 200, body: showGlobalClient(context) };
      }
      const needed = body.client_secret === undefined ? undefined : 'update:client_keys';
      if (needed !== undefined && !scopes.has(needed)) throw insufficientScope([needed]);
      const client = changeClient(requireClient(context, params.id), body);
      context.state.clients.put(client);
      return { status: 200, body: toClientView(context, client, { withSecret: scopes.has(SECRET_SCOPE) }) };
    },
  }),
  defineRow({
    method: 'POST',
    path: '/clients/:id/rotate-secret',
    title: 'Rotate a Client Secret',
    scopes: ['update:client_keys'],
    handle: ({ params }) => {
      const client = { ...requireClient(context, params.id), client_secret: randomToken(48) };
      context.state.clients.put(client);
      return { status: 200, body: toClientView(context, client, { withSecret: true }) };
    },
  }),
  defineRow({
    method: 'DELETE',
    path: '/clients/:id',
    title: 'Delete a Client',
    scopes: ['delete:clients'],
    handle: ({ params }) => {
      removeClient(context, params.id ?? '');
      return { status: 204 };
    },
  }),
];

import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { removeConnectionFromOrganizations } from '../../organizations/cascades.ts';
import { isEnterprise } from '../../state/connection-defaults.ts';
import type { Connection } from '../../state/settings-documents.ts';
import { deleteUser } from '../../users/delete-user.ts';
import { findUser } from '../../users/find-user.ts';
import { requireClient } from '../clients/require-client.ts';
import { fieldsQuery, pickFields } from '../fields.ts';
import { removeKeptBelow } from '../kept/kept-resource.ts';
import { checkpointQuery, checkpointReply, listReply, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { severalTexts } from '../several-texts.ts';
import { connectionClientsBody, createConnectionBody, updateConnectionBody } from './connection-body.ts';
import {
  changeConnection,
  createConnection,
  requireConnection,
  setEnabledClients,
} from './write-connection.ts';

const filters = { strategy: severalTexts.optional(), ...fieldsQuery };
const listQuery = z.object({ ...pageQuery, ...checkpointQuery, ...filters, name: z.string().optional() });
const ofClientQuery = z.object({ ...checkpointQuery, ...filters });

/** A connection in the Management API's format. */
function toView({ issuer }: Pick<TenantContext, 'issuer'>, { extra, ...connection }: Connection): object {
  const { id, strategy } = connection;
  // The URL of the page for the set-up by the provider's administrator.
  const ticket = `${issuer}p/${strategy}/${id.slice(-8)}`;
  const isTicketed = isEnterprise(strategy) && strategy !== 'oidc' && strategy !== 'okta';
  return { ...connection, ...extra, ...(isTicketed && { provisioning_ticket_url: ticket }) };
}

/** Connections: create, read, update, delete, and enable for clients. */
export const connectionRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/connections',
    scopes: ['read:connections'],
    query: listQuery,
    handle: ({ query }) => {
      const isWanted = ({ name, strategy }: Connection): boolean =>
        (query.name === undefined || query.name === name) && (query.strategy?.includes(strategy) ?? true);
      const items = context.state.connections.list().filter(isWanted);
      const show = (connection: Connection) => pickFields(toView(context, connection), query);
      return listReply({ name: 'connections', items, idOf: ({ id }) => id, show }, query);
    },
  }),
  defineRow({
    method: 'POST',
    path: '/connections',
    title: 'Create a connection',
    scopes: ['create:connections'],
    body: createConnectionBody,
    handle: ({ body }) => ({ status: 201, body: toView(context, createConnection(context, body)) }),
  }),
  defineRow({
    method: 'GET',
    path: '/connections/:id',
    scopes: ['read:connections'],
    query: z.object(fieldsQuery),
    handle: ({ params, query }) => ({
      status: 200,
      body: pickFields(toView(context, requireConnection(context, params.id)), query),
    }),
  }),
  defineRow({
    method: 'PATCH',
    path: '/connections/:id',
    title: 'Update a connection',
    scopes: ['update:connections'],
    body: updateConnectionBody,
    handle: ({ params, body }) => ({
      status: 200,
      body: toView(context, changeConnection(context, params.id, body)),
    }),
  }),
  defineRow({
    method: 'DELETE',
    path: '/connections/:id',
    title: 'Delete a connection',
    scopes: ['delete:connections'],
    handle: ({ params }) => {
      const connection = context.state.connections.get(params.id ?? '');
      if (!connection) return { status: 204 };
      removeConnection(context, connection);
      return { status: 202, body: { deleted_at: new Date(context.clock.now()).toISOString() } };
    },
  }),
  defineRow({
    method: 'GET',
    path: '/connections/:id/clients',
    scopes: ['read:connections'],
    query: z.object(checkpointQuery),
    handle: ({ params, query }) => {
      const items = requireConnection(context, params.id).enabled_clients;
      const show = (client_id: string) => ({ client_id });
      return checkpointReply({ name: 'clients', items, idOf: (id) => id, show }, query);
    },
  }),
  defineRow({
    method: 'PATCH',
    path: '/connections/:id/clients',
    title: 'Update enabled clients for a connection',
    scopes: ['update:connections'],
    body: connectionClientsBody,
    handle: ({ params, body }) => {
      setEnabledClients(context, params.id, body);
      return { status: 204 };
    },
  }),
  defineRow({
    method: 'GET',
    path: '/clients/:id/connections',
    scopes: ['read:connections'],
    query: ofClientQuery,
    handle: ({ params, query }) => {
      const { client_id } = requireClient(context, params.id);
      const isOpen = ({ enabled_clients, strategy }: Connection): boolean =>
        enabled_clients.includes(client_id) && (query.strategy?.includes(strategy) ?? true);
      const items = context.state.connections.list().filter(isOpen);
      const show = (connection: Connection) => pickFields(toView(context, connection), query);
      return checkpointReply({ name: 'connections', items, idOf: ({ id }) => id, show }, query);
    },
  }),
  defineRow({
    method: 'GET',
    path: '/connections/:id/status',
    scopes: ['read:connections'],
    handle: ({ params }) => {
      requireConnection(context, params.id);
      return { status: 200 };
    },
  }),
  defineRow({
    method: 'DELETE',
    path: '/connections/:id/users',
    title: 'Delete a connection user',
    scopes: ['delete:users'],
    query: z.object({ email: z.string().min(1) }),
    handle: ({ params, query }) => {
      const user = findUser(context.state, requireConnection(context, params.id), query.email);
      if (user) deleteUser(context, user.user_id);
      return { status: 204 };
    },
  }),
  ...['directory_provisionings', 'scim_configurations'].map((name) =>
    defineRow({
      method: 'GET',
      path: `/connections-${name.replace('_', '-')}`,
      scopes: ['read:connections'],
      handle: () => ({ status: 200, body: { [name]: [] } }),
    }),
  ),
];

/** Deletes a connection with its users and their data. */
function removeConnection(context: TenantContext, { id, name }: Connection): void {
  const { state } = context;
  state.transaction(() => {
    for (const { user_id, identities } of state.users.list())
      if (identities[0]?.connection === name) deleteUser(context, user_id);
    removeKeptBelow(context, `/connections/${id}`);
    state.connections.remove(id);
    removeConnectionFromOrganizations(state, id);
  });
}

import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { removeClientGrantFromOrganizations } from '../../organizations/cascades.ts';
import type { ClientGrant } from '../../state/settings-documents.ts';
import { checkpointQuery, flag, listReply, pageQuery } from '../list-reply.ts';
import { notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { createClientGrantBody, updateClientGrantBody } from './client-grant-body.ts';
import { changeClientGrant, createClientGrant } from './write-client-grant.ts';

const listQuery = z.object({
  ...pageQuery,
  ...checkpointQuery,
  audience: z.string().optional(),
  client_id: z.string().optional(),
  subject_type: z.string().optional(),
  default_for: z.string().optional(),
  allow_any_organization: flag.optional(),
});

/** The id for checkpoint pagination: unique, and the same in every tenant with the same settings. */
const keyOf = ({ client_id, default_for, audience, subject_type }: ClientGrant): string =>
  [client_id ?? default_for, audience, subject_type].join('\n');

const FILTERS = ['audience', 'client_id', 'subject_type', 'default_for', 'allow_any_organization'] as const;

/** Client grants: the scopes that clients may request from APIs. */
export const clientGrantRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/client-grants',
    scopes: ['read:client_grants'],
    query: listQuery,
    handle: ({ query }) => {
      const isWanted = (grant: ClientGrant): boolean =>
        FILTERS.every((name) => query[name] === undefined || (grant[name] ?? false) === query[name]);
      const items = context.state.clientGrants.list().filter(isWanted);
      return listReply({ name: 'client_grants', items, idOf: keyOf, show: (grant) => grant }, query);
    },
  }),
  defineRow({
    method: 'POST',
    path: '/client-grants',
    title: 'Create a Client Grant',
    scopes: ['create:client_grants'],
    body: createClientGrantBody,
    handle: ({ body }) => ({ status: 201, body: createClientGrant(context, body) }),
  }),
  defineRow({
    method: 'GET',
    path: '/client-grants/:id',
    scopes: ['read:client_grants'],
    handle: ({ params }) => ({ status: 200, body: requireClientGrant(context, params.id) }),
  }),
  defineRow({
    method: 'PATCH',
    path: '/client-grants/:id',
    title: 'Update a Client Grant',
    scopes: ['update:client_grants'],
    body: updateClientGrantBody,
    handle: ({ params, body }) => ({
      status: 200,
      body: changeClientGrant(context, requireClientGrant(context, params.id), body),
    }),
  }),
  defineRow({
    method: 'DELETE',
    path: '/client-grants/:id',
    title: 'Delete a Client Grant',
    scopes: ['delete:client_grants'],
    handle: ({ params }) => {
      context.state.clientGrants.remove(params.id ?? '');
      removeClientGrantFromOrganizations(context.state, params.id ?? '');
      return { status: 204 };
    },
  }),
];

function requireClientGrant({ state }: TenantContext, id = ''): ClientGrant {
  const grant = state.clientGrants.get(id);
  if (!grant) throw notFound('The grant does not exist.', 'inexistent_client_grant');
  return grant;
}

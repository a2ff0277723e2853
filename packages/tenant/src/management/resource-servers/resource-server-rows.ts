import { z } from 'zod';
import type { ResourceServer } from '../../state/settings-documents.ts';
import { listReply, pageQuery } from '../list-reply.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { severalTexts } from '../several-texts.ts';
import {
  changeResourceServer,
  createResourceServer,
  removeResourceServer,
  requireResourceServer,
} from './change-resource-server.ts';
import { createResourceServerBody, updateResourceServerBody } from './resource-server-body.ts';

const listQuery = z.object({ ...pageQuery, identifiers: severalTexts.optional() });

/** An API in the Management API's format; with its secret only if it signs with HS256. */
function toView({ signing_secret, extra, ...api }: ResourceServer): object {
  return { ...api, ...extra, ...(api.signing_alg === 'HS256' && { signing_secret }) };
}

/** APIs: create, read, update, delete. */
export const resourceServerRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: '/resource-servers',
    scopes: ['read:resource_servers'],
    query: listQuery,
    handle: ({ query }) => {
      const { identifiers } = query;
      const isWanted = (api: ResourceServer) => identifiers?.includes(api.identifier) ?? true;
      const items = context.state.resourceServers.list().filter(isWanted);
      return listReply({ name: 'resource_servers', items, idOf: (api) => api.id, show: toView }, query);
    },
  }),
  defineRow({
    method: 'POST',
    path: '/resource-servers',
    title: 'Create a Resource Server',
    scopes: ['create:resource_servers'],
    body: createResourceServerBody,
    handle: ({ body }) => ({ status: 201, body: toView(createResourceServer(context, body)) }),
  }),
  defineRow({
    method: 'GET',
    path: '/resource-servers/:id',
    scopes: ['read:resource_servers'],
    handle: ({ params }) => ({ status: 200, body: toView(requireResourceServer(context, params.id)) }),
  }),
  defineRow({
    method: 'PATCH',
    path: '/resource-servers/:id',
    title: 'Update a Resource Server',
    scopes: ['update:resource_servers'],
    body: updateResourceServerBody,
    handle: ({ params, body }) => ({
      status: 200,
      body: toView(changeResourceServer(context, params.id, body)),
    }),
  }),
  defineRow({
    method: 'DELETE',
    path: '/resource-servers/:id',
    title: 'Delete a Resource Server',
    scopes: ['delete:resource_servers'],
    handle: ({ params }) => {
      removeResourceServer(context, params.id);
      return { status: 204 };
    },
  }),
];

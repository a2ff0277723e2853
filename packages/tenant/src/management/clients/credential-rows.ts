import { z } from 'zod';
import type { TenantContext } from '../../context.ts';
import { toIso } from '../../lib/clock.ts';
import type { Client, ClientKey } from '../../state/settings-documents.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { credentialBody, expiresAt, parseClientKey } from './client-key-body.ts';
import { keysOf, toKeyView } from './client-view.ts';
import { requireClient } from './require-client.ts';

const PATH = '/clients/:client_id/credentials';
const MAX_KEYS = 4;

/** Keys and certificates of clients. A new one is used once `client_authentication_methods` names it. */
export const credentialRows: MakeRows = (context) => [
  defineRow({
    method: 'GET',
    path: PATH,
    scopes: ['read:client_credentials'],
    handle: ({ params }) => ({
      status: 200,
      body: keysOf(requireClient(context, params.client_id)).map(toKeyView),
    }),
  }),
  defineRow({
    method: 'POST',
    path: PATH,
    title: 'Create a Client Credential',
    scopes: ['create:client_credentials'],
    body: credentialBody,
    handle: ({ params, body }) => {
      const client = requireClient(context, params.client_id);
      const key = parseClientKey(body, context.clock);
      addKey(context, client, key);
      return { status: 201, body: toKeyView(key) };
    },
  }),
  defineRow({
    method: 'GET',
    path: `${PATH}/:credential_id`,
    scopes: ['read:client_credentials'],
    handle: ({ params }) => ({
      status: 200,
      body: toKeyView(requireKey(requireClient(context, params.client_id), params.credential_id)),
    }),
  }),
  defineRow({
    method: 'PATCH',
    path: `${PATH}/:credential_id`,
    title: 'Update a Client Credential',
    scopes: ['update:client_credentials'],
    body: z.strictObject({ expires_at: expiresAt }),
    handle: ({ params, body }) => {
      const client = requireClient(context, params.client_id);
      const { expires_at: _before, ...rest } = requireKey(client, params.credential_id);
      const key: ClientKey = {
        ...rest,
        updated_at: toIso(context.clock.now()),
        ...(body.expires_at && { expires_at: toIso(Date.parse(body.expires_at)) }),
      };
      context.state.clients.put(withKeys(client, (one) => (one.id === key.id ? key : one)));
      return { status: 200, body: toKeyView(key) };
    },
  }),
  defineRow({
    method: 'DELETE',
    path: `${PATH}/:credential_id`,
    title: 'Delete a Client Credential',
    scopes: ['delete:client_credentials'],
    handle: ({ params }) => {
      const client = requireClient(context, params.client_id);
      const key = keysOf(client).find(({ id }) => id === params.credential_id);
      if (!key) return { status: 204 };
      context.state.clients.put(withKeys(client, (one) => (one.id === key.id ? undefined : one)));
      return { status: 204 };
    },
  }),
];

/** The client with each of its keys changed, or removed where `change` gives undefined. */
function withKeys(client: Client, change: (key: ClientKey) => ClientKey | undefined): Client {
  const changeAll = (keys: readonly ClientKey[]) => keys.flatMap((key) => change(key) ?? []);
  const { client_authentication_methods: methods, spare_credentials = [] } = client;
  const entries = Object.entries(methods ?? {}).map(([name, { credentials }]) => [
    name,
    { credentials: changeAll(credentials) },
  ]);
  return {
    ...client,
    ...(methods && { client_authentication_methods: Object.fromEntries(entries) }),
    spare_credentials: changeAll(spare_credentials),
  };
}

function addKey({ state }: TenantContext, client: Client, key: ClientKey): void {
  const keys = keysOf(client);
  if (key.kid !== undefined && keys.some(({ kid }) => kid === key.kid))
    throw managementError(409, 'A credential with the same key already exists.');
  if (keys.length >= MAX_KEYS)
    throw managementError(400, `A client may have at most ${MAX_KEYS} credentials.`, {
      errorCode: 'operation_not_supported',
    });
  state.clients.put({ ...client, spare_credentials: [...(client.spare_credentials ?? []), key] });
}

function requireKey(client: Client, id: string | undefined): ClientKey {
  const key = keysOf(client).find((candidate) => candidate.id === id);
  if (!key) throw notFound('The credential does not exist.', 'inexistent_credential');
  return key;
}

import type { TenantContext } from '../../context.ts';
import type { Client, ClientKey } from '../../state/settings-documents.ts';
import { managementError, notFound } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { credentialBody } from './client-body.ts';
import { keysOf, toKeyView } from './client-view.ts';
import { requireClient } from './require-client.ts';
import { toClientKey } from './to-client-key.ts';

const PATH = '/clients/:client_id/credentials';
const MAX_KEYS = 4;

/** Public keys of clients. A new key is used once `client_authentication_methods` names it. */
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
      const key = toClientKey(body);
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
    method: 'DELETE',
    path: `${PATH}/:credential_id`,
    title: 'Delete a Client Credential',
    scopes: ['delete:client_credentials'],
    handle: ({ params }) => {
      const client = requireClient(context, params.client_id);
      const { id } = requireKey(client, params.credential_id);
      const spare_credentials = client.spare_credentials?.filter((key) => key.id !== id) ?? [];
      if (spare_credentials.length === (client.spare_credentials?.length ?? 0))
        throw managementError(
          400,
          'The credential is in use: take it out of client_authentication_methods first.',
          {
            errorCode: 'operation_not_supported',
          },
        );
      context.state.clients.put({ ...client, spare_credentials });
      return { status: 204 };
    },
  }),
];

function addKey({ state }: TenantContext, client: Client, key: ClientKey): void {
  const keys = keysOf(client);
  if (keys.some(({ kid }) => kid === key.kid))
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

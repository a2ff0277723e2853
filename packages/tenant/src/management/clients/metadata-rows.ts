import { createPublicKey } from 'node:crypto';
import { z } from 'zod';
import { toClientKey } from '../../clients/client-key.ts';
import { findClientById } from '../../clients/metadata-client.ts';
import type { TenantContext } from '../../context.ts';
import type { Client, ClientKey } from '../../state/settings-documents.ts';
import { insufficientScope, managementError } from '../management-error.ts';
import { defineRow, type MakeRows } from '../management-row.ts';
import { changeClient } from './change-client.ts';
import { updateClientBody } from './client-body.ts';
import { createClient } from './create-client.ts';
import { type MappedFields, metadataUrlFault, readMetadata } from './metadata-document.ts';

const PREVIEW = '/clients/cimd/preview';
const REGISTER = '/clients/cimd/register';

const body = z.strictObject({
  external_client_id: z.string().superRefine((url, context) => {
    const fault = metadataUrlFault(url);
    if (fault !== undefined) context.addIssue({ code: 'custom', message: `external_client_id ${fault}` });
  }),
});

const jwks = z.object({
  keys: z
    .array(
      z.looseObject({ kty: z.string(), kid: z.string().max(255).optional(), use: z.string().optional() }),
    )
    .max(10),
});

const invalid = (message: string) => managementError(400, message, { errorCode: 'invalid_client_metadata' });

/** Client ID Metadata Documents: an administrator previews and registers them; /authorize never fetches one. */
export const metadataRows: MakeRows = (context) => [
  defineRow({
    method: 'POST',
    path: PREVIEW,
    scopes: ['read:clients'],
    body,
    handle: async ({ body: { external_client_id: url } }) => {
      const known = findClientById(context.state, url);
      const id = known && { client_id: known.client_id };
      const fetched = await fetchMetadata(context, url);
      if ('error' in fetched) return { status: 200, body: { errors: [fetched.error], ...id } };
      const { fields, validation } = readMetadata(url, fetched.document);
      return { status: 200, body: { ...(fields && { mapped_fields: fields }), validation, ...id } };
    },
  }),
  defineRow({
    method: 'POST',
    path: REGISTER,
    title: 'Register a Client ID Metadata Document',
    scopes: ['create:clients', 'update:clients'],
    body,
    handle: async ({ body: { external_client_id: url }, scopes }) => {
      const fetched = await fetchMetadata(context, url);
      if ('error' in fetched) throw invalid(`The metadata document cannot be fetched: ${fetched.error}`);
      const { fields, validation } = readMetadata(url, fetched.document);
      if (!fields) throw invalid(validation.violations.join(' '));
      const keys = await fetchKeys(context, fields);
      return context.state.transaction(() => {
        const known = findClientById(context.state, url);
        const needed = known ? 'update:clients' : 'create:clients';
        if (!scopes.has(needed)) throw insufficientScope([needed]);
        const { client_id } = putClient(context, known, fields, keys);
        return { status: known ? 200 : 201, body: { client_id, mapped_fields: fields, validation } };
      });
    },
  }),
];

async function fetchMetadata(
  { fetchDocument }: Pick<TenantContext, 'fetchDocument'>,
  url: string,
): Promise<{ readonly document: unknown } | { readonly error: string }> {
  try {
    return { document: await fetchDocument(url) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'the document cannot be fetched' };
  }
}

/** The RSA keys of `jwks_uri` for private_key_jwt; undefined for a public client. Throws 400. */
async function fetchKeys(
  context: Pick<TenantContext, 'fetchDocument' | 'clock'>,
  { token_endpoint_auth_method: method, jwks_uri: url }: MappedFields,
): Promise<ClientKey[] | undefined> {
  if (method !== 'private_key_jwt' || url === undefined) return undefined;
  const fetched = await fetchMetadata(context, url);
  if ('error' in fetched) throw invalid(`jwks_uri cannot be fetched: ${fetched.error}`);
  const parsed = jwks.safeParse(fetched.document);
  if (!parsed.success) throw invalid('jwks_uri is not a JSON Web Key Set');
  const signing = parsed.data.keys.filter(({ kty, use }) => kty === 'RSA' && use !== 'enc');
  if (signing.length === 0) throw invalid('jwks_uri has no RSA key for signatures');
  try {
    return signing.map(({ kid, n, e }) => {
      // Only the public members: a document that publishes a private key does not make the tenant store it.
      const key = createPublicKey({ key: { kty: 'RSA', n: String(n), e: String(e) }, format: 'jwk' });
      const pem = key.export({ type: 'spki', format: 'pem' }).toString();
      return toClientKey({ credential_type: 'public_key', pem, name: kid }, context.clock);
    });
  } catch {
    throw invalid('jwks_uri has an invalid RSA key');
  }
}

/** Creates the client of a document, or updates it. It is a strict third party. */
function putClient(
  context: TenantContext,
  known: Client | undefined,
  fields: MappedFields,
  keys: ClientKey[] | undefined,
): Client {
  const { external_client_id, jwks_uri, token_endpoint_auth_method: _method, ...rest } = fields;
  const given = updateClientBody.parse(rest);
  const made =
    known ??
    createClient(context, {
      name: rest.name,
      is_first_party: false,
      token_endpoint_auth_method: 'none',
      refresh_token: ROTATING,
    });
  const client: Client = {
    ...changeClient(made, given),
    logo_uri: rest.logo_uri,
    ...(keys
      ? {
          token_endpoint_auth_method: null,
          client_authentication_methods: { private_key_jwt: { credentials: keys } },
        }
      : { token_endpoint_auth_method: 'none' as const, client_authentication_methods: undefined }),
    extra: {
      ...made.extra,
      external_client_id,
      external_metadata_type: 'cimd',
      external_metadata_created_by: 'admin',
      ...(jwks_uri !== undefined && { jwks_uri }),
    },
  };
  context.state.clients.put(client);
  return client;
}

const ROTATING = {
  rotation_type: 'rotating',
  expiration_type: 'expiring',
  infinite_token_lifetime: false,
  infinite_idle_token_lifetime: false,
} as const;

import { DEFAULT_REFRESH_TOKEN, defined, toClient } from '../../state/defaults.ts';
import type { Client } from '../../state/settings-documents.ts';
import { applyPatch, mergeMetadata } from '../apply-patch.ts';
import { mergeExtra, splitExtra } from '../extra.ts';
import { invalidBody, managementError } from '../management-error.ts';
import { checkClient } from './check-client.ts';
import type { UpdateClientBody } from './client-body.ts';
import { CLIENT_EXTRA_NAMES } from './client-extra.ts';

/** The client after a PATCH. Throws 400. */
export function changeClient(client: Client, body: UpdateClientBody): Client {
  const { known, extra } = splitExtra(body, CLIENT_EXTRA_NAMES);
  const {
    client_metadata,
    client_authentication_methods: methods,
    jwt_configuration,
    refresh_token,
    oidc_backchannel_logout,
    ...rest
  } = known;
  requireSameOwner(client, body);
  const oidc_logout = body.oidc_logout ?? oidc_backchannel_logout;
  const patched = applyPatch<Client>(
    client,
    { ...rest, oidc_logout },
    toClient({ client_id: client.client_id }),
  );
  const next: Client = {
    ...patched,
    extra: mergeExtra(client.extra, extra),
    ...(client_metadata && { client_metadata: mergeMetadata(client.client_metadata, client_metadata) }),
    jwt_configuration: { ...client.jwt_configuration, ...defined(jwt_configuration ?? {}) },
    refresh_token: changeRefreshToken(client.refresh_token, refresh_token),
  };
  const rekeyed = methods === undefined ? next : rekey(next, methods);
  requireOneMethod(rekeyed, body);
  checkClient(rekeyed);
  return rekeyed;
}

/** First party or third party, and the security mode of a third party, cannot be changed. */
function requireSameOwner(client: Client, body: UpdateClientBody): void {
  for (const name of ['is_first_party', 'third_party_security_mode'] as const) {
    if (body[name] !== undefined && body[name] !== client[name])
      throw managementError(400, `${name} cannot be changed after the client has been created`, {
        errorCode: 'operation_not_supported',
      });
  }
}

function changeRefreshToken(
  before: Client['refresh_token'],
  change: UpdateClientBody['refresh_token'],
): Client['refresh_token'] {
  if (change === undefined) return before;
  if (change === null) return DEFAULT_REFRESH_TOKEN;
  const { policies = before.policies, ...rest } = change;
  return { ...before, ...defined(rest), policies: policies ?? undefined };
}

/** Switches the client to private_key_jwt with the named keys, or back to its secret. */
function rekey(client: Client, methods: UpdateClientBody['client_authentication_methods']): Client {
  const { client_authentication_methods: before, ...rest } = client;
  const keys = [...(before?.private_key_jwt.credentials ?? []), ...(client.spare_credentials ?? [])];
  if (!methods) return { ...rest, spare_credentials: keys };
  const wanted = methods.private_key_jwt.credentials.map(({ id }) => id);
  const credentials = wanted.map((id) => {
    const key = keys.find((candidate) => candidate.id === id);
    if (!key) throw invalidBody(`'No credential has the id ${id}' on property client_authentication_methods`);
    return key;
  });
  return {
    ...rest,
    client_authentication_methods: { private_key_jwt: { credentials } },
    spare_credentials: keys.filter(({ id }) => !wanted.includes(id)),
    token_endpoint_auth_method: null,
  };
}

/** A client authenticates either with keys or with one of the other methods. */
function requireOneMethod(client: Client, { token_endpoint_auth_method: asked }: UpdateClientBody): void {
  const byKey = client.client_authentication_methods !== undefined;
  if (byKey && typeof asked === 'string')
    throw invalidBody(
      `'token_endpoint_auth_method' must be null where 'client_authentication_methods' holds`,
    );
  if (!byKey && client.token_endpoint_auth_method === null)
    throw invalidBody(`'token_endpoint_auth_method' is needed where 'client_authentication_methods' is null`);
}

import { toClient, toRefreshToken, UNSET_MEMBERS } from '../../state/client-defaults.ts';
import { defined } from '../../state/defaults.ts';
import type { Client, KeyMethods } from '../../state/settings-documents.ts';
import { applyPatch, mergeMetadata } from '../apply-patch.ts';
import { mergeExtra, splitExtra } from '../extra.ts';
import { invalidBody, managementError } from '../management-error.ts';
import { checkClient } from './check-client.ts';
import type { UpdateClientBody } from './client-body.ts';
import { CLIENT_EXTRA_NAMES, MERGED_EXTRA, SESSION_TRANSFER_DEFAULTS } from './client-extra.ts';
import { keysOf } from './client-view.ts';

/** The client after a PATCH. Throws 400. */
export function changeClient(client: Client, body: UpdateClientBody): Client {
  const { known, extra } = splitExtra(body, CLIENT_EXTRA_NAMES);
  const {
    client_metadata,
    client_authentication_methods: methods,
    signed_request_object: signed,
    jwt_configuration,
    refresh_token,
    oidc_backchannel_logout,
    ...rest
  } = known;
  requireSameOwner(client, body);
  const oidc_logout = body.oidc_logout !== undefined ? body.oidc_logout : oidc_backchannel_logout;
  const patched = applyPatch<Client>(
    client,
    { ...rest, oidc_logout },
    toClient({ client_id: client.client_id }),
  );
  const next: Client = {
    ...patched,
    unset: unsetAfter(client.unset, body),
    extra: mergeExtra(client.extra, changeExtra(client, extra, signed), [
      ...MERGED_EXTRA,
      'signed_request_object',
    ]),
    ...(client_metadata && { client_metadata: mergeMetadata(client.client_metadata, client_metadata) }),
    jwt_configuration: { ...client.jwt_configuration, ...defined(jwt_configuration ?? {}) },
    refresh_token: changeRefreshToken(client, refresh_token),
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

/** The unset members after a change. Setting a member removes it from the list; null adds it. */
function unsetAfter(before: Client['unset'], body: UpdateClientBody): Client['unset'] {
  const unset = UNSET_MEMBERS.filter((name) =>
    body[name] === undefined ? before?.includes(name) : body[name] === null,
  );
  return unset.length === 0 ? undefined : unset;
}

function changeExtra(
  client: Client,
  extra: Readonly<Record<string, unknown>>,
  signed: UpdateClientBody['signed_request_object'],
): Readonly<Record<string, unknown>> {
  const { session_transfer: transfer } = extra;
  const isFirst =
    typeof transfer === 'object' && transfer !== null && client.extra?.session_transfer === undefined;
  const ids = signed?.credentials?.map(({ id }) => ({
    id: requireKey(client, id, 'signed_request_object').id,
  }));
  return {
    ...extra,
    ...(isFirst && { session_transfer: { ...SESSION_TRANSFER_DEFAULTS, ...transfer } }),
    ...(signed !== undefined && {
      signed_request_object: signed && { ...defined(signed), ...(ids && { credentials: ids }) },
    }),
  };
}

function changeRefreshToken(
  { refresh_token: before, token_endpoint_auth_method: method, unset }: Client,
  change: UpdateClientBody['refresh_token'],
): Client['refresh_token'] {
  if (change === undefined) return before;
  if (change === null)
    return toRefreshToken({}, unset?.includes('token_endpoint_auth_method') === true ? undefined : method);
  const { policies = before.policies, ...rest } = change;
  return { ...before, ...defined(rest), policies: policies ?? undefined };
}

/** Switches the client to the named keys, or back to its secret. */
function rekey(client: Client, methods: UpdateClientBody['client_authentication_methods']): Client {
  const { client_authentication_methods: _before, ...rest } = client;
  const keys = keysOf(client);
  if (!methods) return { ...rest, spare_credentials: keys };
  const used = new Set<string>();
  const entries = Object.entries(methods).map(([name, { credentials: named }]) => {
    const credentials = named.map(({ id }) => {
      used.add(id);
      return requireKey(client, id, 'client_authentication_methods');
    });
    return [name, { credentials }] as const;
  });
  const client_authentication_methods: KeyMethods = Object.fromEntries(entries);
  return {
    ...rest,
    client_authentication_methods,
    spare_credentials: keys.filter(({ id }) => !used.has(id)),
    token_endpoint_auth_method: null,
  };
}

function requireKey(client: Client, id: string, property: string) {
  const key = keysOf(client).find((candidate) => candidate.id === id);
  if (!key) throw invalidBody(`'No credential has the id ${id}' on property ${property}`);
  return key;
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

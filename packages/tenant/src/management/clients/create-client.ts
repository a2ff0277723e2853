import type { TenantContext } from '../../context.ts';
import { randomAlphanumeric } from '../../lib/random.ts';
import { toClient } from '../../state/client-defaults.ts';
import { defined } from '../../state/defaults.ts';
import type { Client, ClientKey, KeyMethods } from '../../state/settings-documents.ts';
import { mergeMetadata } from '../apply-patch.ts';
import { mergeExtra, splitExtra } from '../extra.ts';
import { invalidBody } from '../management-error.ts';
import { checkClient } from './check-client.ts';
import type { CreateClientBody } from './client-body.ts';
import { CLIENT_EXTRA_NAMES, SESSION_TRANSFER_DEFAULTS } from './client-extra.ts';
import { type CredentialBody, parseClientKey } from './client-key-body.ts';

type Deps = Pick<TenantContext, 'state' | 'clock'>;

/**
 * Creates a client and enables the default directory, `email` and `sms` for it, unless the tenant's flag disables this.
 * Throws 400.
 */
export function createClient(deps: Deps, body: CreateClientBody): Client {
  const { state } = deps;
  const client = toNewClient(deps, body);
  checkClient(client);
  return state.transaction(() => {
    state.clients.put(client);
    const settings = state.settings.get();
    if (settings?.flags.enable_client_connections === false) return client;
    for (const name of new Set([settings?.default_directory ?? '', 'email', 'sms'])) {
      for (const connection of state.connections.find('name', name)) {
        const enabled_clients = [...connection.enabled_clients, client.client_id];
        state.connections.put({ ...connection, enabled_clients });
      }
    }
    return client;
  });
}

function toNewClient({ state, clock }: Deps, body: CreateClientBody): Client {
  const { known, extra } = splitExtra(body, CLIENT_EXTRA_NAMES);
  const {
    oidc_backchannel_logout,
    client_metadata,
    client_authentication_methods: methods,
    signed_request_object: signed,
    ...rest
  } = known;
  if (methods && body.token_endpoint_auth_method !== undefined)
    throw invalidBody(`'token_endpoint_auth_method' and 'client_authentication_methods' exclude each other`);
  if (body.app_type === 'resource_server') requireApi({ state }, body.resource_server_identifier);
  const register = (key: CredentialBody) => parseClientKey(key, clock);
  const signing = signed?.credentials?.map(register);
  const mode = body.third_party_security_mode ?? (body.is_first_party === false ? 'strict' : undefined);
  const more = {
    ...extra,
    ...(body.session_transfer && {
      session_transfer: { ...SESSION_TRANSFER_DEFAULTS, ...body.session_transfer },
    }),
    ...(signed && {
      signed_request_object: {
        ...signed,
        ...(signing && { credentials: signing.map(({ id }) => ({ id })) }),
      },
    }),
  };
  const { refresh_token, jwt_configuration } = body;
  const byKind = defaultsOf(body, mode);
  return toClient({
    oidc_conformant: false,
    ...byKind,
    ...defined(rest),
    client_id: mode === 'strict' ? `tpc_${randomAlphanumeric(22)}` : randomAlphanumeric(32),
    third_party_security_mode: mode,
    oidc_logout: body.oidc_logout ?? oidc_backchannel_logout,
    extra: mergeExtra(undefined, { ...byKind.extra, ...more }),
    ...(client_metadata && { client_metadata: mergeMetadata({}, client_metadata) }),
    ...(methods && { client_authentication_methods: registerAll(methods, register) }),
    spare_credentials: signing,
    jwt_configuration: { ...byKind.jwt_configuration, ...defined(jwt_configuration ?? {}) },
    refresh_token: {
      ...byKind.refresh_token,
      ...(refresh_token && { ...defined(refresh_token), policies: refresh_token.policies ?? undefined }),
    },
  });
}

type KeyMethodBodies = NonNullable<CreateClientBody['client_authentication_methods']>;

const registerAll = (methods: KeyMethodBodies, register: (key: CredentialBody) => ClientKey): KeyMethods =>
  Object.fromEntries(
    Object.entries(methods).map(([name, { credentials }]) => [
      name,
      { credentials: credentials.map(register) },
    ]),
  );

/** The defaults of a new client, by its type. */
function defaultsOf(
  { app_type, token_endpoint_auth_method: method }: CreateClientBody,
  mode: Client['third_party_security_mode'],
): Partial<Parameters<typeof toClient>[0]> {
  const isPublic = method === 'none';
  if (mode === 'strict')
    return {
      oidc_conformant: true,
      redirection_policy: 'open_redirect_protection',
      grant_types: ['authorization_code'],
      jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 3600 },
      refresh_token: {
        rotation_type: isPublic ? 'rotating' : 'non-rotating',
        expiration_type: 'expiring',
        ...(isPublic ? {} : { token_lifetime: 31_557_600, idle_token_lifetime: 2_592_000 }),
        infinite_token_lifetime: true,
      },
    };
  if (mode === 'permissive')
    return {
      oidc_conformant: true,
      redirection_policy: 'open_redirect_protection',
      ...((isPublic || app_type === 'spa') && {
        refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
      }),
    };
  if (app_type === 'resource_server')
    return { oidc_conformant: true, grant_types: [], jwt_configuration: { alg: 'RS256' } };
  if (app_type === 'express_configuration')
    return {
      oidc_conformant: true,
      callbacks: ['https://system-admin.okta.com/admin/app/generic/oauth20redirect'],
      grant_types: ['authorization_code', 'client_credentials'],
      organization_usage: 'require',
      organization_require_behavior: 'pre_login_prompt',
      jwt_configuration: { alg: 'RS256' },
      client_authentication_methods: { private_key_jwt: { credentials: [] } },
      extra: { async_approval_notification_channels: ['guardian-push'] },
    };
  return {};
}

/** A resource server's client is linked to an API that exists. Throws 400. */
function requireApi({ state }: Pick<TenantContext, 'state'>, identifier: string | undefined): void {
  if (identifier === undefined) throw invalidBody(`'Missing required property: resource_server_identifier'`);
  if (state.resourceServers.find('identifier', identifier).length === 0)
    throw invalidBody(`'No API has the identifier ${identifier}' on property resource_server_identifier`);
}

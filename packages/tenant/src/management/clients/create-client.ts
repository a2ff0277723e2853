import type { TenantContext } from '../../context.ts';
import { randomAlphanumeric } from '../../lib/random.ts';
import { defined, toClient } from '../../state/defaults.ts';
import type { Client } from '../../state/settings-documents.ts';
import { mergeMetadata } from '../apply-patch.ts';
import { mergeExtra, splitExtra } from '../extra.ts';
import { invalidBody } from '../management-error.ts';
import { checkClient } from './check-client.ts';
import type { CreateClientBody } from './client-body.ts';
import { CLIENT_EXTRA_NAMES } from './client-extra.ts';
import { toClientKey } from './to-client-key.ts';

const PUBLIC_GRANTS = ['authorization_code', 'implicit', 'refresh_token'];
const STRICT_GRANT_TYPES = ['authorization_code', 'refresh_token'];

/**
 * Creates a client and enables the default directory, `email` and `sms` for it, unless the tenant's flag disables this.
 * Throws 400.
 */
export function createClient({ state }: Pick<TenantContext, 'state'>, body: CreateClientBody): Client {
  const client = toNewClient(body);
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

function toNewClient(body: CreateClientBody): Client {
  const { known, extra } = splitExtra(body, CLIENT_EXTRA_NAMES);
  const { oidc_backchannel_logout, client_metadata, client_authentication_methods: methods, ...rest } = known;
  if (methods && body.token_endpoint_auth_method !== undefined)
    throw invalidBody(`'token_endpoint_auth_method' and 'client_authentication_methods' exclude each other`);
  const keys = methods && {
    private_key_jwt: { credentials: methods.private_key_jwt.credentials.map(toClientKey) },
  };
  const oidc_logout = body.oidc_logout ?? oidc_backchannel_logout;
  const { refresh_token } = body;
  const isStranger = body.is_first_party === false;
  const mode = body.third_party_security_mode ?? (isStranger ? 'strict' : undefined);
  const isStrict = mode === 'strict';
  const isPublic = body.token_endpoint_auth_method === 'none';
  return toClient({
    oidc_conformant: false,
    ...(isPublic && { grant_types: PUBLIC_GRANTS }),
    ...(isStrict && { grant_types: STRICT_GRANT_TYPES }),
    ...(isStranger && { redirection_policy: 'open_redirect_protection' }),
    ...defined(rest),
    client_id: `${isStrict ? 'tpc_' : ''}${randomAlphanumeric(32)}`,
    third_party_security_mode: mode,
    oidc_logout,
    extra: mergeExtra(undefined, extra),
    client_metadata: mergeMetadata({}, client_metadata ?? {}),
    client_authentication_methods: keys,
    refresh_token: refresh_token
      ? { ...refresh_token, policies: refresh_token.policies ?? undefined }
      : undefined,
  });
}

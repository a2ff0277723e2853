import type { TenantContext } from '../context.ts';
import { randomAlphanumeric } from '../lib/random.ts';
import { toClient } from '../state/client-defaults.ts';
import type { Client } from '../state/settings-documents.ts';
import type { Registration } from './parse-registration.ts';

/** Creates a dynamically registered client. It is always a strict third party. */
export function registerClient({ state }: Pick<TenantContext, 'state'>, wanted: Registration): Client {
  const { client_name, redirect_uris, ...rest } = wanted;
  const isPublic = wanted.token_endpoint_auth_method === 'none';
  const client = toClient({
    ...rest,
    client_id: `tpc_${randomAlphanumeric(32)}`,
    name: client_name,
    callbacks: redirect_uris,
    is_first_party: false,
    third_party_security_mode: 'strict',
    redirection_policy: 'open_redirect_protection',
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 3600 },
    refresh_token: {
      rotation_type: isPublic ? 'rotating' : 'non-rotating',
      expiration_type: 'expiring',
    },
  });
  state.clients.put(client);
  return client;
}

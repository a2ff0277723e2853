import { testSeed } from './seed.ts';

const dpop = (required: boolean, required_for?: 'public_clients') => ({
  mechanism: 'dpop',
  required,
  ...(required_for && { required_for }),
});

const api = (identifier: string, proof_of_possession?: object) => ({
  identifier,
  scopes: [{ value: 'read' }],
  allow_offline_access: true,
  ...(proof_of_possession && { proof_of_possession }),
});

const machines = ['machine', 'bound-machine'];
const apis = ['urn:dpop', 'urn:dpop-required', 'urn:dpop-public', 'urn:bearer'];

/** The additions of DPoP tests: an API for each policy, and a client of each type. */
export const dpopSeed = {
  ...testSeed,
  resource_servers: [
    ...testSeed.resource_servers,
    api('urn:dpop', dpop(false)),
    api('urn:dpop-required', dpop(true)),
    api('urn:dpop-public', dpop(true, 'public_clients')),
    api('urn:bearer'),
  ],
  clients: [
    ...testSeed.clients,
    {
      client_id: 'bound-machine',
      grant_types: ['client_credentials', 'password', 'http://auth0.com/oauth/grant-type/password-realm'],
      require_proof_of_possession: true,
    },
    {
      client_id: 'browser',
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: ['password', 'http://auth0.com/oauth/grant-type/password-realm', 'refresh_token'],
      refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0 },
    },
  ],
  client_grants: [
    ...testSeed.client_grants,
    ...machines.flatMap((client_id) => apis.map((audience) => ({ client_id, audience, scope: ['read'] }))),
  ],
};

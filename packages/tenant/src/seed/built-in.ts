import { builtInApis } from './built-in-apis.ts';
import { builtInClients, builtInGrants } from './built-in-clients.ts';
import type { SeedInput } from './seed-input.ts';

export const defaultDirectory = 'Username-Password-Authentication';

/** What every tenant begins with; a seed file adds to it and may override an entry by its key. */
export const builtInSeed: SeedInput = {
  tenant: {
    default_directory: defaultDirectory,
    skip_non_verifiable_callback_uri_confirmation_prompt: true,
    pushed_authorization_requests_supported: true,
    flags: { use_scope_descriptions_for_consent: true },
  },
  guardian: {},
  connections: [
    { name: defaultDirectory, strategy: 'auth0', is_domain_connection: true },
    { name: 'email', strategy: 'email' },
    { name: 'sms', strategy: 'sms' },
    { name: 'simulated-social', strategy: 'oauth2', enabled_clients: ['gatehouse'] },
    { name: 'simulated-enterprise', strategy: 'oidc', enabled_clients: ['gatehouse'] },
  ],
  resource_servers: builtInApis,
  clients: builtInClients,
  client_grants: builtInGrants,
  organizations: [],
  roles: [],
  users: [],
};

import { currentUserScopes, managementScopes } from '../authorization/management-scopes.ts';
import type { SeedInput } from './seed-input.ts';

/** The identifier that seeds use for the Management API, independent of the domain. */
export const managementApi = '$mgmt';

/** The API that every tenant has. */
export const managementApiSeed: SeedInput['resource_servers'][number] = {
  identifier: managementApi,
  name: 'Auth0 Management API',
  is_system: true,
  scopes: managementScopes.map((value) => ({
    value,
    description: `${currentUserScopes.includes(value) ? 'For the user: ' : ''}${value.replace(/[:_]/g, ' ')}`,
  })),
  allow_offline_access: false,
};

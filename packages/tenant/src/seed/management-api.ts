import { CURRENT_USER_SCOPES, MANAGEMENT_SCOPES } from '../authorization/management-scopes.ts';
import type { SeedInput } from './seed-input.ts';

/** The identifier that seeds use for the Management API, independent of the domain. */
export const MANAGEMENT_API = '$mgmt';

/** The API that every tenant has. */
export const MANAGEMENT_API_SEED: SeedInput['resource_servers'][number] = {
  identifier: MANAGEMENT_API,
  name: 'Auth0 Management API',
  is_system: true,
  scopes: MANAGEMENT_SCOPES.map((value) => ({
    value,
    description: `${CURRENT_USER_SCOPES.includes(value) ? 'For the user: ' : ''}${value.replace(/[:_]/g, ' ')}`,
  })),
  allow_offline_access: false,
};

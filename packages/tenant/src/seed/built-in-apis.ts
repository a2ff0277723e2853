import { currentUserScopes, managementScopes } from './management-scopes.ts';
import type { SeedInput } from './seed-input.ts';

const described = (scopes: Readonly<Record<string, string>>) =>
  Object.entries(scopes).map(([value, description]) => ({ value, description }));

export const worldMappersScopes = {
  'geocode:location': 'Find places by name',
  'reverse-geocode:location': 'Find the name of a place',
  directions: 'Find the way between places',
};

export const organizerScopes = {
  appointments: 'Read and change your appointments',
  contacts: 'Read and change your contacts',
  tasks: 'Read and change your tasks',
};

export const adminPermissions = {
  'read:users': 'See users',
  'create:users': 'Create users',
  'update:users': 'Change, block and unblock users',
  'delete:users': 'Delete users',
  'manage:sessions': 'See and end sessions and consents of users',
  'read:customers': 'See customers',
  'manage:customers': 'Create, change and remove customers',
};

const shared = { skip_consent_for_verifiable_first_party_clients: true };

/** Identifier by which seeds name the Management API, whatever the tenant's domain. */
export const managementApi = '$mgmt';

export const builtInApis: SeedInput['resource_servers'] = [
  {
    identifier: managementApi,
    name: 'Auth0 Management API',
    is_system: true,
    scopes: managementScopes.map((value) => ({
      value,
      description: `${currentUserScopes.includes(value) ? 'For the user: ' : ''}${value.replace(/[:_]/g, ' ')}`,
    })),
    allow_offline_access: false,
  },
  {
    identifier: 'urn:worldmappers',
    name: 'World Mappers',
    scopes: described(worldMappersScopes),
    allow_offline_access: true,
    ...shared,
  },
  {
    identifier: 'urn:organizer',
    name: 'Organizer',
    scopes: described(organizerScopes),
    allow_offline_access: true,
    ...shared,
  },
  {
    identifier: 'urn:gatehouse:admin',
    name: 'Gatehouse administration',
    scopes: described(adminPermissions),
    enforce_policies: true,
    token_dialect: 'access_token_authz',
    ...shared,
  },
];

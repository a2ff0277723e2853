import type { BuiltInSeed } from '#tenant';

type SeedClient = NonNullable<BuiltInSeed['clients']>[number];
type SeedGrant = NonNullable<BuiltInSeed['client_grants']>[number];

/** Marks a client as one that `gatehouse provision` owns, by its key in the file. */
const owned = (gatehouse_key: string) => ({ client_metadata: { managed_by: 'gatehouse', gatehouse_key } });

const described = (scopes: Readonly<Record<string, string>>) =>
  Object.entries(scopes).map(([value, description]) => ({ value, description }));

const WORLD_MAPPERS_SCOPES = {
  'geocode:location': 'Find places by name',
  'reverse-geocode:location': 'Find the name of a place',
  directions: 'Find routes between places',
};

const ORGANIZER_SCOPES = {
  appointments: 'Read and change your appointments',
  contacts: 'Read and change your contacts',
  tasks: 'Read and change your tasks',
};

const ADMIN_PERMISSIONS = {
  'read:users': 'See users',
  'create:users': 'Create users',
  'update:users': 'Change, block and unblock users',
  'delete:users': 'Delete users',
  'manage:sessions': 'List and end sessions and consents of users',
  'read:customers': 'See customers',
  'manage:customers': 'Create, change and remove customers',
};

const machine = (client_id: string, name: string, audience: string, scope: readonly string[]) => ({
  client: {
    client_id,
    name,
    app_type: 'non_interactive',
    grant_types: ['client_credentials'],
    ...owned(client_id),
  } satisfies SeedClient,
  grant: { client_id, audience, scope: [...scope] } satisfies SeedGrant,
});

const thirdParty = (id: string, name: string, port: number, scope: readonly string[]) => ({
  client: {
    client_id: `tpc_${id}`,
    name,
    app_type: 'regular_web',
    is_first_party: false,
    third_party_security_mode: 'strict',
    redirection_policy: 'allow_always',
    grant_types: ['authorization_code', 'refresh_token'],
    callbacks: [`http://localhost:${port}/callback`],
    allowed_logout_urls: [`http://localhost:${port}/`],
    ...owned(id),
  } satisfies SeedClient,
  grant: {
    client_id: `tpc_${id}`,
    audience: 'urn:organizer',
    scope: [...scope],
    subject_type: 'user',
  } satisfies SeedGrant,
});

const GATEWAY: SeedClient = {
  client_id: 'gatehouse',
  name: 'Gatehouse',
  description: 'The gateway itself.',
  app_type: 'regular_web',
  ...owned('gatehouse'),
  grant_types: [
    'authorization_code',
    'refresh_token',
    'client_credentials',
    'password',
    'http://auth0.com/oauth/grant-type/password-realm',
    'http://auth0.com/oauth/grant-type/passwordless/otp',
    'http://auth0.com/oauth/grant-type/mfa-otp',
    'http://auth0.com/oauth/grant-type/mfa-oob',
    'http://auth0.com/oauth/grant-type/mfa-recovery-code',
  ],
  is_token_endpoint_ip_header_trusted: true,
  // Auth0 sets no algorithm for a client that the Management API makes.
  jwt_configuration: { alg: 'RS256' },
  callbacks: ['http://localhost:3000/v1/auth/callback'],
  allowed_logout_urls: ['http://localhost:3000/v1/auth/signed-out'],
  web_origins: ['http://localhost:3000'],
  oidc_logout: {
    backchannel_logout_urls: ['http://localhost:3000/v1/auth/backchannel-logout'],
    backchannel_logout_initiators: { mode: 'all' },
  },
  refresh_token: {
    rotation_type: 'rotating',
    expiration_type: 'expiring',
    leeway: 30,
    infinite_token_lifetime: false,
    infinite_idle_token_lifetime: false,
    policies: [
      { audience: 'urn:organizer', scope: Object.keys(ORGANIZER_SCOPES) },
      { audience: 'urn:gatehouse:admin', scope: Object.keys(ADMIN_PERMISSIONS) },
    ],
  },
};

/** Grants of the gateway's own client, for routes with the gateway's own token. */
const GATEWAY_GRANTS: SeedGrant[] = [
  { client_id: 'gatehouse', audience: 'urn:worldmappers', scope: Object.keys(WORLD_MAPPERS_SCOPES) },
  { client_id: 'gatehouse', audience: 'urn:organizer', scope: Object.keys(ORGANIZER_SCOPES) },
];

const toOthers = (managementScopes: readonly string[]) => [
  machine('gatehouse-management', 'Gatehouse management', '$mgmt', managementScopes),
  machine('gift-deliveries', 'Gift Deliveries', 'urn:worldmappers', Object.keys(WORLD_MAPPERS_SCOPES)),
  machine(
    'gatehouse-admin',
    'Gatehouse administration',
    'urn:gatehouse:admin',
    Object.keys(ADMIN_PERMISSIONS),
  ),
  thirdParty('calendar-app', 'CalendarApp', 4501, ['appointments', 'contacts']),
  thirdParty('my-todos', 'MyTodos.io', 4502, ['tasks']),
  thirdParty('text-app', 'TextApp.io', 4503, ['contacts']),
];

const SPARED = { skip_consent_for_verifiable_first_party_clients: true };

const APIS: NonNullable<BuiltInSeed['resource_servers']> = [
  {
    identifier: 'urn:worldmappers',
    name: 'World Mappers',
    scopes: described(WORLD_MAPPERS_SCOPES),
    allow_offline_access: true,
    ...SPARED,
  },
  {
    identifier: 'urn:organizer',
    name: 'Organizer',
    scopes: described(ORGANIZER_SCOPES),
    allow_offline_access: true,
    ...SPARED,
  },
  {
    identifier: 'urn:gatehouse:admin',
    name: 'Gatehouse administration',
    scopes: described(ADMIN_PERMISSIONS),
    enforce_policies: true,
    token_dialect: 'access_token_authz',
    ...SPARED,
  },
];

/**
 * The initial data of the embedded tenant when it runs for the gateway: its clients and the APIs of its resource routes.
 * `managementScopes` are those of the tenant's Management API.
 */
export function toGatewaySeed(managementScopes: readonly string[]): BuiltInSeed {
  const others = toOthers(managementScopes);
  return {
    tenant: { friendly_name: 'Gatehouse' },
    connections: ['simulated-social', 'simulated-enterprise'].map((name) => ({
      name,
      enabled_clients: ['gatehouse'],
    })),
    resource_servers: APIS,
    roles: [
      {
        name: 'Administrator',
        description: 'Everything that administrators of the gateway may do.',
        permissions: Object.keys(ADMIN_PERMISSIONS).map((permission_name) => ({
          resource_server_identifier: 'urn:gatehouse:admin',
          permission_name,
        })),
      },
    ],
    clients: [GATEWAY, ...others.map(({ client }) => client)],
    client_grants: [...GATEWAY_GRANTS, ...others.map(({ grant }) => grant)],
  };
}

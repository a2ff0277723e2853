import { MANAGEMENT_SCOPES } from '../../src/authorization/management-scopes.ts';
import type { BuiltInSeed } from '../../src/seed/built-in.ts';

const described = (...values: string[]) => values.map((value) => ({ value, description: `May ${value}` }));
const mapScopes = ['geocode:location', 'reverse-geocode:location', 'directions'];
const organizerScopes = ['appointments', 'contacts', 'tasks'];
const spared = { skip_consent_for_verifiable_first_party_clients: true };

const thirdParty = (client_id: string, name: string) => ({
  client_id,
  name,
  app_type: 'regular_web' as const,
  is_first_party: false,
  third_party_security_mode: 'strict' as const,
  redirection_policy: 'allow_always' as const,
  grant_types: ['authorization_code', 'refresh_token'],
  callbacks: ['http://localhost:4501/callback'],
});

/**
 * The built-in seed of the tests' tenants, as from a host program: a client with all grants, machine clients for its
 * API and the Management API, and third parties.
 */
export const hostSeed: BuiltInSeed = {
  tenant: { friendly_name: 'Acme' },
  connections: ['simulated-social', 'simulated-enterprise'].map((name) => ({
    name,
    enabled_clients: ['host'],
  })),
  resource_servers: [
    {
      identifier: 'urn:maps',
      name: 'Maps',
      scopes: described(...mapScopes),
      allow_offline_access: true,
      ...spared,
    },
    {
      identifier: 'urn:organizer',
      name: 'Organizer',
      scopes: [
        { value: 'appointments', description: 'Read and change your appointments' },
        { value: 'contacts', description: 'Read and change your contacts' },
        { value: 'tasks', description: 'Read and change your tasks' },
      ],
      allow_offline_access: true,
      ...spared,
    },
  ],
  clients: [
    {
      client_id: 'host',
      name: 'The host',
      app_type: 'regular_web',
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
        policies: [{ audience: 'urn:organizer', scope: organizerScopes }],
      },
    },
    { client_id: 'management', app_type: 'non_interactive', grant_types: ['client_credentials'] },
    { client_id: 'courier', app_type: 'non_interactive', grant_types: ['client_credentials'] },
    thirdParty('tpc_calendar-app', 'CalendarApp'),
    thirdParty('tpc_my-todos', 'MyTodos.io'),
  ],
  client_grants: [
    { client_id: 'host', audience: 'urn:maps', scope: mapScopes },
    { client_id: 'host', audience: 'urn:organizer', scope: organizerScopes },
    { client_id: 'management', audience: '$mgmt', scope: [...MANAGEMENT_SCOPES] },
    { client_id: 'courier', audience: 'urn:maps', scope: mapScopes },
    {
      client_id: 'tpc_calendar-app',
      audience: 'urn:organizer',
      scope: ['appointments', 'contacts'],
      subject_type: 'user',
    },
    { client_id: 'tpc_my-todos', audience: 'urn:organizer', scope: ['tasks'], subject_type: 'user' },
  ],
};

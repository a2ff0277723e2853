/** The tests' additions to the built-in seed: a client for each rule that depends on client settings. */
export const directory = 'Username-Password-Authentication';
export const api = 'urn:maps';
export const realmGrant = 'http://auth0.com/oauth/grant-type/password-realm';

const passwordGrants = ['password', realmGrant, 'refresh_token'];

const rotating = {
  rotation_type: 'rotating',
  expiration_type: 'expiring',
  infinite_token_lifetime: false,
  infinite_idle_token_lifetime: false,
  token_lifetime: 7200,
  idle_token_lifetime: 3600,
};

const roomy = { passwordPolicy: 'none' };

export const testSeed = {
  connections: [
    { name: 'excellent', options: { passwordPolicy: 'excellent' } },
    { name: 'fair', options: { passwordPolicy: 'fair' } },
    { name: 'low', options: { passwordPolicy: 'low' } },
    { name: 'none', options: roomy },
    { name: 'closed', options: { disable_signup: true } },
    { name: 'named', options: { requires_username: true } },
    {
      name: 'careful',
      options: { ...roomy, password_dictionary: { enable: true, dictionary: ['Gatehouse'] } },
    },
    { name: 'private', options: { ...roomy, password_no_personal_info: { enable: true } } },
    { name: 'unguarded', options: { brute_force_protection: false } },
    { name: 'unused', enabled_clients: [] },
  ].map((connection) => ({ enabled_clients: ['strict', 'lenient'], ...connection })),
  resource_servers: [
    {
      identifier: 'urn:rbac',
      scopes: scopes('read:x', 'write:x'),
      enforce_policies: true,
      token_dialect: 'access_token_authz',
      allow_offline_access: true,
    },
    {
      identifier: 'https://rfc9068.example/',
      scopes: scopes('read'),
      token_dialect: 'rfc9068_profile_authz',
      enforce_policies: true,
    },
    {
      identifier: 'urn:hs256',
      scopes: scopes('read'),
      signing_alg: 'HS256',
      signing_secret: 'a secret that only the API knows',
    },
    { identifier: 'urn:ps256', scopes: scopes('read'), signing_alg: 'PS256' },
    { identifier: 'urn:online', scopes: scopes('read') },
    {
      identifier: 'urn:machines-only',
      scopes: scopes('read'),
      subject_type_authorization: { user: { policy: 'deny_all' } },
    },
    {
      identifier: 'urn:users-only',
      scopes: scopes('read'),
      subject_type_authorization: { client: { policy: 'deny_all' } },
    },
    {
      identifier: 'urn:by-grant',
      scopes: scopes('read', 'write'),
      subject_type_authorization: { user: { policy: 'require_client_grant' } },
    },
  ],
  clients: [
    { client_id: 'strict', grant_types: passwordGrants, refresh_token: { ...rotating, leeway: 0 } },
    { client_id: 'lenient', grant_types: passwordGrants, refresh_token: { ...rotating, leeway: 60 } },
    { client_id: 'lasting', grant_types: passwordGrants },
    {
      client_id: 'public',
      app_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: [...passwordGrants, 'client_credentials'],
    },
    { client_id: 'no-password', grant_types: ['client_credentials'] },
    {
      client_id: 'permissive',
      is_first_party: false,
      third_party_security_mode: 'permissive',
      grant_types: passwordGrants,
    },
    {
      client_id: 'machine',
      app_type: 'non_interactive',
      client_secret: 'a:b c/%é',
      grant_types: ['client_credentials'],
    },
  ],
  client_grants: [
    { client_id: 'machine', audience: api, scope: ['geocode:location'] },
    { client_id: 'machine', audience: 'urn:rbac', scope: ['read:x'] },
    { client_id: 'machine', audience: 'https://rfc9068.example/', scope: ['read'] },
    { client_id: 'machine', audience: 'urn:hs256', scope: ['read'] },
    { client_id: 'machine', audience: 'urn:ps256', allow_all_scopes: true },
    { client_id: 'machine', audience: 'urn:online', scope: [] },
    { client_id: 'machine', audience: 'urn:users-only', scope: ['read'] },
    { client_id: 'strict', audience: 'urn:by-grant', scope: ['read'], subject_type: 'user' },
  ],
  roles: [
    { name: 'reader', permissions: [{ resource_server_identifier: 'urn:rbac', permission_name: 'read:x' }] },
  ],
  users: [
    user('ann'),
    user('blocked', { blocked: true }),
    user('reader', { roles: ['reader'] }),
    user('writer', { permissions: [{ resource_server_identifier: 'urn:rbac', permission_name: 'write:x' }] }),
    user('guarded', { mfa: { totp_secret: 'JBSWY3DPEHPK3PXP' } }),
    user('leaked', { password: 'AUTH0-TEST-Passw0rd' }),
    user('phone', { phone_number: '+15550100200', username: 'phoney' }),
  ],
};

export const password = 'Correct-Horse-1';

function scopes(...values: string[]) {
  return values.map((value) => ({ value }));
}

function user(name: string, more: object = {}) {
  return {
    user_id: `${name}-id`,
    email: `${name}@example.com`,
    password: 'Correct-Horse-1',
    given_name: name,
    ...more,
  };
}

/** A tenant with a document of each kind that is exported. */
export const deploySeed = {
  tenant: {
    friendly_name: 'Acme',
    session_lifetime: 24,
    idle_session_lifetime: 1.5,
    allowed_logout_urls: ['https://acme.example/bye'],
    flags: { enable_dynamic_client_registration: true, revoke_refresh_token_grant: true },
  },
  resource_servers: [
    {
      identifier: 'https://orders.example/',
      name: 'Orders',
      scopes: [{ value: 'read:orders', description: 'See orders' }, { value: 'write:orders' }],
      enforce_policies: true,
      token_dialect: 'access_token_authz',
      allow_offline_access: true,
      token_lifetime: 3600,
      subject_type_authorization: { user: { policy: 'require_client_grant' } },
      proof_of_possession: { mechanism: 'dpop', required: false },
    },
    { identifier: 'urn:ledger', signing_alg: 'HS256', signing_secret: 'a secret that only the ledger knows' },
  ],
  // `disable_self_service_change_password` and a strict client's `alg` are what deploy-cli and the tenant set at an import.
  connections: [
    {
      name: 'Username-Password-Authentication',
      options: { disable_self_service_change_password: false },
    },
    {
      name: 'Staff',
      options: {
        disable_self_service_change_password: false,
        passwordPolicy: 'excellent',
        password_history: { enable: true, size: 5 },
        password_dictionary: { enable: true, dictionary: ['acme'] },
        password_complexity_options: { min_length: 14 },
        requires_username: true,
        validation: { username: { min: 3, max: 20 } },
        disable_signup: true,
      },
      enabled_clients: ['acme-web', 'host'],
      metadata: { team: 'staff' },
    },
    { name: 'acme-oidc', strategy: 'oidc', enabled_clients: ['acme-web'], display_name: 'Acme' },
  ],
  clients: [
    {
      client_id: 'acme-web',
      name: 'Acme Web',
      description: 'The shop.',
      app_type: 'regular_web',
      callbacks: ['https://acme.example/callback'],
      web_origins: ['https://acme.example'],
      grant_types: ['authorization_code', 'refresh_token'],
      refresh_token: {
        rotation_type: 'rotating',
        expiration_type: 'expiring',
        leeway: 10,
        policies: [{ audience: 'https://orders.example/', scope: ['read:orders'] }],
      },
      oidc_logout: { backchannel_logout_urls: ['https://acme.example/logout'] },
      client_metadata: { plan: 'gold' },
      jwt_configuration: { lifetime_in_seconds: 600 },
    },
    {
      client_id: 'acme-jobs',
      name: 'Acme Jobs',
      app_type: 'non_interactive',
      grant_types: ['client_credentials'],
    },
    {
      client_id: 'acme-spa',
      name: 'Acme SPA',
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
    },
    {
      client_id: 'tpc_partner',
      name: 'Partner',
      is_first_party: false,
      third_party_security_mode: 'strict',
      redirection_policy: 'allow_always',
      grant_types: ['authorization_code'],
      jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
    },
  ],
  client_grants: [
    { client_id: 'acme-jobs', audience: 'https://orders.example/', scope: ['read:orders'] },
    {
      client_id: 'acme-web',
      audience: 'https://orders.example/',
      scope: ['read:orders', 'write:orders'],
      subject_type: 'user',
    },
    { client_id: 'acme-jobs', audience: 'urn:ledger', allow_all_scopes: true },
  ],
  roles: [
    {
      name: 'clerk',
      description: 'Sees orders',
      permissions: [
        { resource_server_identifier: 'https://orders.example/', permission_name: 'read:orders' },
      ],
    },
    { name: 'idle', description: 'Does nothing' },
  ],
  users: [],
};

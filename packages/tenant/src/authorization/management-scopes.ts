const CRUD = ['create', 'read', 'update', 'delete'];

const READ_WRITE = ['read', 'update'];

/**
 * The resources of the Management API that the tenant serves, with their actions. A test compares them with its rows.
 */
const ACTIONS: readonly (readonly [actions: readonly string[], resources: readonly string[]])[] = [
  [
    CRUD,
    [
      'users',
      'clients',
      'client_credentials',
      'client_grants',
      'connections',
      'resource_servers',
      'roles',
      'authentication_methods',
      'email_provider',
      'branding',
      'phone_providers',
      'phone_templates',
      'custom_domains',
      'log_streams',
      'event_streams',
      'rules',
      'hooks',
      'flows',
      'flows_vault_connections',
      'forms',
      'token_exchange_profiles',
      'network_acls',
      'self_service_profiles',
      'user_attribute_profiles',
      'connection_profiles',
      'rate_limit_policies',
      'encryption_keys',
      'vcs_templates',
      'scim_config',
      'directory_provisionings',
      'actions',
      'organizations',
      'organization_connections',
      'organization_discovery_domains',
    ],
  ],
  [
    READ_WRITE,
    [
      'client_keys',
      'tenant_settings',
      'guardian_factors',
      'mfa_policies',
      'attack_protection',
      'prompts',
      'self_service_profile_custom_texts',
    ],
  ],
  [
    ['create', 'read', 'delete'],
    [
      'role_members',
      'device_credentials',
      'scim_token',
      'organization_members',
      'organization_member_roles',
      'organization_invitations',
      'organization_client_grants',
    ],
  ],
  [
    ['create', 'read', 'update'],
    ['signing_keys', 'email_templates'],
  ],
  [
    ['read', 'update', 'delete'],
    ['sessions', 'refresh_tokens', 'rules_configs'],
  ],
  [
    ['read', 'delete'],
    ['grants', 'guardian_enrollments', 'anomaly_blocks', 'federated_connections_tokens'],
  ],
  [['read'], ['logs', 'logs_users', 'stats', 'organizations_summary']],
  [['create'], ['user_tickets', 'guardian_enrollment_tickets']],
  [['update'], ['users_app_metadata', 'triggers']],
  [['blacklist'], ['tokens']],
];

/** The Management API scopes for users: each covers only the user's own data. */
export const CURRENT_USER_SCOPES: readonly string[] = [
  'read:current_user',
  'update:current_user_identities',
  'create:current_user_metadata',
  'update:current_user_metadata',
  'delete:current_user_metadata',
];

/** All scopes of the Management API. */
export const MANAGEMENT_SCOPES: readonly string[] = [
  ...ACTIONS.flatMap(([verbs, resources]) =>
    resources.flatMap((resource) => verbs.map((verb) => `${verb}:${resource}`)),
  ),
  ...CURRENT_USER_SCOPES,
];

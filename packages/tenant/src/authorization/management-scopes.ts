const CRUD = ['create', 'read', 'update', 'delete'];

/** The resources of the Management API that the tenant serves, with their actions. */
const ACTIONS: readonly (readonly [resource: string, actions: readonly string[]])[] = [
  ['users', CRUD],
  ['users_app_metadata', CRUD],
  ['user_idp_tokens', ['read']],
  ['user_tickets', ['create']],
  ['user_custom_blocks', ['create', 'read', 'delete']],
  ['clients', CRUD],
  ['client_keys', CRUD],
  ['client_credentials', CRUD],
  ['client_grants', CRUD],
  ['connections', CRUD],
  ['resource_servers', CRUD],
  ['roles', CRUD],
  ['role_members', ['create', 'read', 'delete']],
  ['grants', ['read', 'delete']],
  ['tenant_settings', ['read', 'update']],
  ['logs', ['read']],
  ['logs_users', ['read']],
  ['device_credentials', ['create', 'read', 'delete']],
  ['current_user_device_credentials', ['create', 'delete']],
  ['sessions', ['read', 'update', 'delete']],
  ['refresh_tokens', ['read', 'update', 'delete']],
  ['authentication_methods', CRUD],
  ['guardian_factors', ['read', 'update']],
  ['guardian_enrollments', ['read', 'delete']],
  ['mfa_policies', ['read', 'update']],
  ['attack_protection', ['read', 'update']],
  ['anomaly_blocks', ['read', 'delete']],
  ['signing_keys', ['create', 'read', 'update']],
  ['prompts', ['read', 'update']],
  ['email_provider', CRUD],
  ['email_templates', ['create', 'read', 'update']],
  ['actions', CRUD],
  ['triggers', ['read', 'update']],
  ['organizations', CRUD],
  ['organization_members', ['create', 'read', 'delete']],
  ['branding', ['read', 'update', 'delete']],
  ['custom_domains', CRUD],
  ['rules', CRUD],
  ['stats', ['read']],
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
  ...ACTIONS.flatMap(([resource, verbs]) => verbs.map((verb) => `${verb}:${resource}`)),
  ...CURRENT_USER_SCOPES,
];

const crud = ['create', 'read', 'update', 'delete'];

/** The resources of the Management API that the tenant serves, with their actions. */
const actions: readonly (readonly [resource: string, actions: readonly string[]])[] = [
  ['users', crud],
  ['users_app_metadata', crud],
  ['user_idp_tokens', ['read']],
  ['user_tickets', ['create']],
  ['user_custom_blocks', ['create', 'read', 'delete']],
  ['clients', crud],
  ['client_keys', crud],
  ['client_credentials', crud],
  ['client_grants', crud],
  ['connections', crud],
  ['resource_servers', crud],
  ['roles', crud],
  ['role_members', ['create', 'read', 'delete']],
  ['grants', ['read', 'delete']],
  ['tenant_settings', ['read', 'update']],
  ['logs', ['read']],
  ['logs_users', ['read']],
  ['device_credentials', ['create', 'read', 'delete']],
  ['current_user_device_credentials', ['create', 'delete']],
  ['sessions', ['read', 'update', 'delete']],
  ['refresh_tokens', ['read', 'update', 'delete']],
  ['authentication_methods', crud],
  ['guardian_factors', ['read', 'update']],
  ['guardian_enrollments', ['read', 'delete']],
  ['mfa_policies', ['read', 'update']],
  ['attack_protection', ['read', 'update']],
  ['anomaly_blocks', ['read', 'delete']],
  ['signing_keys', ['create', 'read', 'update']],
  ['prompts', ['read', 'update']],
  ['email_provider', crud],
  ['email_templates', ['create', 'read', 'update']],
  ['actions', crud],
  ['triggers', ['read', 'update']],
  ['organizations', crud],
  ['organization_members', ['create', 'read', 'delete']],
  ['branding', ['read', 'update', 'delete']],
  ['custom_domains', crud],
  ['rules', crud],
  ['stats', ['read']],
];

/** The Management API scopes for users: each covers only the user's own data. */
export const currentUserScopes: readonly string[] = [
  'read:current_user',
  'update:current_user_identities',
  'create:current_user_metadata',
  'update:current_user_metadata',
  'delete:current_user_metadata',
];

/** All scopes of the Management API. */
export const managementScopes: readonly string[] = [
  ...actions.flatMap(([resource, verbs]) => verbs.map((verb) => `${verb}:${resource}`)),
  ...currentUserScopes,
];

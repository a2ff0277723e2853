import { prefixedId, randomAlphanumeric, randomToken } from '../lib/random.ts';
import type { Organization } from './organization-documents.ts';
import type {
  AttackProtection,
  ClientGrant,
  ResourceServer,
  Role,
  TenantSettings,
} from './settings-documents.ts';

/** Absent members take Auth0's default; an undefined member counts as absent. */
export type Given<T> = { readonly [K in keyof T]?: T[K] | undefined };

/** A copy without undefined members, so that spreading it does not overwrite a default. */
export function defined<T extends object>(given: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  // The undefined entries are removed, which is what the type states.
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

export const DEFAULT_SETTINGS: TenantSettings = {
  friendly_name: 'Local tenant',
  default_directory: '',
  default_audience: '',
  session_lifetime: 168,
  idle_session_lifetime: 72,
  allowed_logout_urls: [],
  pushed_authorization_requests_supported: false,
  resource_parameter_profile: 'audience',
  skip_non_verifiable_callback_uri_confirmation_prompt: false,
  flags: {
    enable_public_signup_user_exists_error: false,
    enable_dynamic_client_registration: false,
    revoke_refresh_token_grant: false,
    use_scope_descriptions_for_consent: false,
  },
};

export const DEFAULT_ATTACK_PROTECTION: AttackProtection = {
  brute_force_protection: {
    enabled: true,
    shields: ['block', 'user_notification'],
    mode: 'count_per_identifier_and_ip',
    max_attempts: 10,
    allowlist: [],
  },
  breached_password_detection: {
    // On, unlike at Auth0, so that the passwords of the built-in list are refused without a setting.
    enabled: true,
    shields: ['block'],
    admin_notification_frequency: [],
    method: 'standard',
    stage: { 'pre-user-registration': { shields: ['block'] }, 'pre-change-password': { shields: [] } },
  },
};

export const toResourceServer = (
  given: Given<ResourceServer> & Pick<ResourceServer, 'identifier'>,
): ResourceServer => ({
  id: prefixedId('rs'),
  name: given.identifier,
  is_system: false,
  scopes: [],
  signing_alg: 'RS256',
  signing_secret: randomToken(24),
  token_lifetime: 86_400,
  token_lifetime_for_web: 7200,
  allow_offline_access: false,
  enforce_policies: false,
  token_dialect: 'access_token',
  skip_consent_for_verifiable_first_party_clients: false,
  subject_type_authorization: {
    user: { policy: 'allow_all' },
    client: { policy: 'require_client_grant' },
  },
  ...defined(given),
});

export const toClientGrant = (given: Given<ClientGrant> & Pick<ClientGrant, 'audience'>): ClientGrant => ({
  id: prefixedId('cgr'),
  scope: [],
  subject_type: 'client',
  ...defined(given),
});

export const toOrganization = (given: Given<Organization> & Pick<Organization, 'name'>): Organization => ({
  id: `org_${randomAlphanumeric(16)}`,
  display_name: given.name,
  third_party_client_access: 'block',
  members: [],
  ...defined(given),
});

export const toRole = (given: Given<Role> & Pick<Role, 'name'>): Role => ({
  id: prefixedId('rol'),
  description: given.name,
  permissions: [],
  ...defined(given),
});

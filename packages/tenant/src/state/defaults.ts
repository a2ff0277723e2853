import { prefixedId, randomToken } from '../lib/random.ts';
import type { Organization } from './browser-documents.ts';
import type {
  AttackProtection,
  Client,
  ClientGrant,
  Connection,
  RefreshTokenSettings,
  ResourceServer,
  Role,
  TenantSettings,
} from './settings-documents.ts';

/** Absent members take Auth0's default; an undefined member counts as absent. */
type Given<T> = { readonly [K in keyof T]?: T[K] | undefined };

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
    enabled: true,
    shields: ['block'],
    method: 'standard',
    stage: { 'pre-user-registration': { shields: ['block'] } },
  },
};

export const toConnection = (
  given: Given<Connection> & Pick<Connection, 'name' | 'strategy'>,
): Connection => {
  const { options, ...rest } = given;
  const database = { passwordPolicy: 'good', brute_force_protection: true } as const;
  return {
    id: prefixedId('con'),
    enabled_clients: [],
    realms: [given.name],
    is_domain_connection: false,
    ...defined(rest),
    options: { ...(given.strategy === 'auth0' ? database : {}), ...options },
  };
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

export const DEFAULT_REFRESH_TOKEN: RefreshTokenSettings = {
  rotation_type: 'non-rotating',
  expiration_type: 'non-expiring',
  leeway: 0,
  token_lifetime: 2_592_000,
  idle_token_lifetime: 1_296_000,
  infinite_token_lifetime: true,
  infinite_idle_token_lifetime: true,
};

/** A client with Auth0's defaults. It always gets a secret, even if its authentication method does not use one. */
export function toClient(
  given: Given<Omit<Client, 'refresh_token' | 'jwt_configuration'>> & {
    readonly client_id: string;
    readonly refresh_token?: Given<RefreshTokenSettings> | undefined;
    readonly jwt_configuration?: Given<Client['jwt_configuration']> | undefined;
  },
): Client {
  const { refresh_token, jwt_configuration, ...rest } = given;
  const byKey = given.client_authentication_methods !== undefined;
  return {
    client_secret: randomToken(48),
    name: given.client_id,
    description: '',
    app_type: 'regular_web',
    is_first_party: true,
    oidc_conformant: true,
    grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
    token_endpoint_auth_method: byKey ? null : 'client_secret_post',
    is_token_endpoint_ip_header_trusted: false,
    callbacks: [],
    allowed_logout_urls: [],
    web_origins: [],
    allowed_origins: [],
    organization_usage: 'deny',
    require_pushed_authorization_requests: false,
    require_proof_of_possession: false,
    client_metadata: {},
    ...defined(rest),
    jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000, ...defined(jwt_configuration ?? {}) },
    refresh_token: { ...DEFAULT_REFRESH_TOKEN, ...defined(refresh_token ?? {}) },
  };
}

export const toClientGrant = (given: Given<ClientGrant> & Pick<ClientGrant, 'audience'>): ClientGrant => ({
  id: prefixedId('cgr'),
  scope: [],
  subject_type: 'client',
  ...defined(given),
});

export const toOrganization = (given: Given<Organization> & Pick<Organization, 'name'>): Organization => ({
  id: prefixedId('org'),
  display_name: given.name,
  third_party_client_access: 'deny',
  members: [],
  ...defined(given),
});

export const toRole = (given: Given<Role> & Pick<Role, 'name'>): Role => ({
  id: prefixedId('rol'),
  description: given.name,
  permissions: [],
  ...defined(given),
});

import { z } from 'zod';

const text = z.string().min(1).max(2000);
const texts = z.array(text);
const seconds = z.int().min(0);
const freeForm = z.record(z.string(), z.unknown());

const tenant = z.strictObject({
  friendly_name: text.optional(),
  default_directory: z.string().optional(),
  default_audience: z.string().optional(),
  session_lifetime: z.number().positive().optional(),
  idle_session_lifetime: z.number().positive().optional(),
  allowed_logout_urls: texts.optional(),
  pushed_authorization_requests_supported: z.boolean().optional(),
  resource_parameter_profile: z.enum(['audience', 'compatibility']).optional(),
  skip_non_verifiable_callback_uri_confirmation_prompt: z.boolean().optional(),
  authorization_response_iss_parameter_supported: z.boolean().optional(),
  /** Whether requests may name an organization, and tokens have its name. */
  allow_organization_name_in_authentication_api: z.boolean().optional(),
  /** Target of invitation links if the application has no `initiate_login_uri`. */
  default_redirection_uri: text.optional(),
  flags: z.record(z.string(), z.boolean()).optional(),
});

const connection = z.strictObject({
  id: text.optional(),
  name: text,
  /** For a new connection, `auth0`. */
  strategy: text.optional(),
  display_name: text.optional(),
  options: z
    .looseObject({
      passwordPolicy: z.enum(['none', 'low', 'fair', 'good', 'excellent']).nullish(),
      password_complexity_options: z
        .strictObject({ min_length: z.int().min(1).max(128).optional() })
        .optional(),
      password_history: z
        .strictObject({ enable: z.boolean(), size: z.int().min(0).max(24).optional() })
        .optional(),
      password_dictionary: z.strictObject({ enable: z.boolean(), dictionary: texts.optional() }).optional(),
      password_no_personal_info: z.strictObject({ enable: z.boolean() }).optional(),
      brute_force_protection: z.boolean().optional(),
      disable_signup: z.boolean().optional(),
      requires_username: z.boolean().optional(),
      validation: z
        .strictObject({
          username: z.strictObject({ min: z.int().min(1), max: z.int().max(128) }).nullish(),
        })
        .optional(),
    })
    .optional(),
  enabled_clients: texts.optional(),
  realms: texts.optional(),
  is_domain_connection: z.boolean().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});

const resourceServer = z.strictObject({
  id: text.optional(),
  identifier: text,
  name: text.optional(),
  is_system: z.boolean().optional(),
  scopes: z.array(z.strictObject({ value: text, description: z.string().optional() })).optional(),
  signing_alg: z.enum(['RS256', 'RS512', 'PS256', 'HS256']).optional(),
  signing_secret: z.string().min(16).optional(),
  token_lifetime: seconds.max(2_592_000).optional(),
  token_lifetime_for_web: seconds.max(2_592_000).optional(),
  allow_offline_access: z.boolean().optional(),
  enforce_policies: z.boolean().optional(),
  token_dialect: z
    .enum(['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz'])
    .optional(),
  skip_consent_for_verifiable_first_party_clients: z.boolean().optional(),
  subject_type_authorization: z
    .strictObject({
      user: z.strictObject({ policy: z.enum(['allow_all', 'require_client_grant', 'deny_all']) }).optional(),
      client: z.strictObject({ policy: z.enum(['require_client_grant', 'deny_all']) }).optional(),
    })
    .optional(),
  proof_of_possession: z
    .strictObject({
      mechanism: z.literal('dpop'),
      required: z.boolean(),
      required_for: z.enum(['all_clients', 'public_clients']).optional(),
    })
    .optional(),
});

const clientKey = z.strictObject({
  credential_type: z.literal('public_key'),
  name: text.optional(),
  alg: z.enum(['RS256', 'RS384', 'PS256']).default('RS256'),
  pem: text,
});

const client = z.strictObject({
  client_id: text.max(128),
  client_secret: z.string().min(1).optional(),
  name: text.optional(),
  description: z.string().optional(),
  app_type: z.enum(['native', 'spa', 'regular_web', 'non_interactive']).optional(),
  is_first_party: z.boolean().optional(),
  oidc_conformant: z.boolean().optional(),
  grant_types: texts.optional(),
  token_endpoint_auth_method: z.enum(['none', 'client_secret_post', 'client_secret_basic']).optional(),
  client_authentication_methods: z
    .strictObject({ private_key_jwt: z.strictObject({ credentials: z.array(clientKey).min(1).max(2) }) })
    .optional(),
  is_token_endpoint_ip_header_trusted: z.boolean().optional(),
  callbacks: texts.optional(),
  allowed_logout_urls: texts.optional(),
  web_origins: texts.optional(),
  allowed_origins: texts.optional(),
  jwt_configuration: z
    .strictObject({
      alg: z.enum(['RS256', 'HS256']).optional(),
      lifetime_in_seconds: seconds.max(2_592_000).optional(),
    })
    .optional(),
  refresh_token: z
    .strictObject({
      rotation_type: z.enum(['rotating', 'non-rotating']).optional(),
      expiration_type: z.enum(['expiring', 'non-expiring']).optional(),
      leeway: seconds.optional(),
      token_lifetime: seconds.optional(),
      infinite_token_lifetime: z.boolean().optional(),
      idle_token_lifetime: seconds.optional(),
      infinite_idle_token_lifetime: z.boolean().optional(),
      policies: z.array(z.strictObject({ audience: text, scope: texts })).optional(),
    })
    .optional(),
  organization_usage: z.enum(['deny', 'allow', 'require']).optional(),
  organization_require_behavior: z.enum(['no_prompt', 'pre_login_prompt', 'post_login_prompt']).optional(),
  default_organization: z
    .strictObject({ organization_id: text, flows: z.array(z.literal('client_credentials')) })
    .optional(),
  require_pushed_authorization_requests: z.boolean().optional(),
  require_proof_of_possession: z.boolean().optional(),
  third_party_security_mode: z.enum(['strict', 'permissive']).optional(),
  redirection_policy: z.enum(['allow_always', 'open_redirect_protection']).optional(),
  skip_non_verifiable_callback_uri_confirmation_prompt: z.boolean().optional(),
  oidc_logout: freeForm.optional(),
  client_metadata: z.record(z.string(), z.string()).optional(),
  logo_uri: z.string().optional(),
  initiate_login_uri: z.string().optional(),
});

const clientGrant = z.strictObject({
  id: text.optional(),
  client_id: text.optional(),
  default_for: z.literal('third_party_clients').optional(),
  audience: text,
  scope: texts.optional(),
  subject_type: z.enum(['client', 'user']).optional(),
  allow_all_scopes: z.boolean().optional(),
  organization_usage: z.enum(['deny', 'allow', 'require']).optional(),
  allow_any_organization: z.boolean().optional(),
});

const organization = z.strictObject({
  id: text.optional(),
  name: text.max(50).regex(/^[a-z0-9][a-z0-9_-]*$/, 'must be lower case letters, digits, - and _'),
  display_name: text.optional(),
  branding: freeForm.optional(),
  metadata: z.record(z.string(), z.string()).optional(),
  third_party_client_access: z.enum(['allow', 'block', 'deny']).optional(),
  /** Names of connections, with their settings. Default: every connection. */
  connections: z
    .array(
      z.union([
        text,
        z.strictObject({
          name: text,
          assign_membership_on_login: z.boolean().optional(),
          show_as_button: z.boolean().optional(),
          is_signup_enabled: z.boolean().optional(),
        }),
      ]),
    )
    .optional(),
  /** Complete user ids, with `auth0|`, and the names of the roles that they have in the organization. */
  members: z.array(z.union([text, z.strictObject({ user_id: text, roles: texts })])).optional(),
  /** The client grants whose clients may get tokens for the organization. */
  client_grants: z.array(z.strictObject({ client_id: text, audience: text })).optional(),
});

const permission = z.strictObject({ resource_server_identifier: text, permission_name: text });

const role = z.strictObject({
  id: text.optional(),
  name: text,
  description: z.string().optional(),
  permissions: z.array(permission).optional(),
});

const user = z.strictObject({
  user_id: text.max(255).optional(),
  connection: text.optional(),
  email: z.email().optional(),
  email_verified: z.boolean().optional(),
  username: text.max(128).optional(),
  phone_number: text.optional(),
  phone_verified: z.boolean().optional(),
  /** In plain text; only its hash is stored. */
  password: z.string().min(1).max(4096).optional(),
  name: text.optional(),
  nickname: text.optional(),
  given_name: text.optional(),
  family_name: text.optional(),
  picture: text.optional(),
  blocked: z.boolean().optional(),
  /** Whether the user is signed in without a page. */
  auto_login: z.boolean().optional(),
  user_metadata: freeForm.optional(),
  app_metadata: freeForm.optional(),
  /** Names of roles. */
  roles: texts.optional(),
  permissions: z.array(permission).optional(),
  mfa: z
    .strictObject({
      totp_secret: z
        .string()
        .regex(/^[A-Z2-7]{16,}$/, 'must be base32')
        .optional(),
      /** Receives codes by text and by voice. */
      phone_number: z
        .string()
        .regex(/^\+[1-9]\d{6,14}$/, 'must be in E.164 form')
        .optional(),
      email: z.email().optional(),
      recovery_code: z
        .string()
        .regex(/^[A-Z0-9]{24}$/, 'must be 24 letters and digits')
        .optional(),
    })
    .optional(),
});

const factor = z.strictObject({ enabled: z.boolean() });

/** MFA policy; absent members keep the default. */
const guardian = z.strictObject({
  policies: z
    .array(z.enum(['all-applications', 'confidence-score']))
    .max(1)
    .optional(),
  factors: z
    .strictObject({
      otp: factor.optional(),
      sms: factor.optional(),
      email: factor.optional(),
      'push-notification': factor.optional(),
      'recovery-code': factor.optional(),
    })
    .optional(),
  phone_message_types: z.array(z.enum(['sms', 'voice'])).optional(),
});

/** The folder whose Actions the tenant deploys, and the values of their secrets by name. */
const actionFolder = z.union([
  text.transform((folder) => ({ folder, secrets: {} })),
  z.strictObject({ folder: text, secrets: z.record(z.string(), z.string()).default({}) }),
]);

/** The schema of a seed file, with the Management API's member names. An unknown key is an error. */
export const seedInput = z.strictObject({
  tenant: tenant.default({}),
  /** `auth0` applies Auth0's documented limits. */
  rate_limits: z.enum(['auth0', 'relaxed']).optional(),
  guardian: guardian.default({}),
  connections: z.array(connection).default([]),
  resource_servers: z.array(resourceServer).default([]),
  clients: z.array(client).default([]),
  organizations: z.array(organization).default([]),
  client_grants: z.array(clientGrant).default([]),
  roles: z.array(role).default([]),
  users: z.array(user).default([]),
  /** Relative to the seed file. Only the file that the tenant starts with has an effect. */
  actions: actionFolder.optional(),
});

export type SeedInput = z.output<typeof seedInput>;

import { z } from 'zod';
import type { Guardian } from '../state/factor-documents.ts';
import type { Kept } from '../state/kept-documents.ts';
import type {
  AttackProtection,
  Client,
  ClientGrant,
  Connection,
  Permission,
  ResourceServer,
  Role,
  TenantSettings,
} from '../state/settings-documents.ts';
import { describe } from './describe.ts';

const text = z.string();
const texts = z.array(text);
const id = text.min(1).max(255);
const yesNo = z.boolean();
const seconds = z.int().min(0);
const labels = z.record(text, text);
const extra = z.record(text, z.unknown());

export const settingsDocument = describe<TenantSettings>()(
  z.strictObject({
    friendly_name: text,
    default_directory: text,
    default_audience: text,
    session_lifetime: z.number().positive(),
    idle_session_lifetime: z.number().positive(),
    allowed_logout_urls: texts,
    pushed_authorization_requests_supported: yesNo,
    resource_parameter_profile: text,
    skip_non_verifiable_callback_uri_confirmation_prompt: yesNo,
    authorization_response_iss_parameter_supported: yesNo.optional(),
    flags: z.record(text, yesNo),
    prompts: z
      .strictObject({
        universal_login_experience: z.enum(['new', 'classic']),
        identifier_first: yesNo,
        webauthn_platform_first_factor: yesNo,
      })
      .optional(),
    email_provider: z
      .strictObject({
        name: text,
        enabled: yesNo,
        default_from_address: text.optional(),
        credentials: extra,
        settings: extra.optional(),
      })
      .optional(),
    extra: extra.optional(),
  }),
);

const shields = z.array(z.enum(['block', 'user_notification']));
const challengePolicy = z.enum(['never', 'when_risky', 'always']);
const attemptRate = z.strictObject({ max_attempts: z.int().min(1), rate: z.int().min(0) });

export const attackProtectionDocument = describe<AttackProtection>()(
  z.strictObject({
    brute_force_protection: z.strictObject({
      enabled: yesNo,
      shields,
      mode: z.enum(['count_per_identifier_and_ip', 'count_per_identifier']),
      max_attempts: z.int().min(1),
      allowlist: texts,
    }),
    breached_password_detection: z.strictObject({
      enabled: yesNo,
      shields: z.array(z.enum(['block', 'user_notification', 'admin_notification'])),
      method: z.enum(['standard', 'enhanced']),
      admin_notification_frequency: texts.optional(),
      stage: z.strictObject({
        'pre-user-registration': z.strictObject({ shields: texts }),
        'pre-change-password': z.strictObject({ shields: texts }).optional(),
      }),
    }),
    suspicious_ip_throttling: z
      .strictObject({
        enabled: yesNo,
        shields: z.array(z.enum(['block', 'admin_notification'])),
        allowlist: texts,
        stage: z.strictObject({
          'pre-login': attemptRate,
          'pre-user-registration': attemptRate,
          'pre-custom-token-exchange': attemptRate.optional(),
        }),
      })
      .optional(),
    bot_detection: z
      .strictObject({
        bot_detection_level: z.enum(['low', 'medium', 'high']),
        challenge_password_policy: challengePolicy,
        challenge_passwordless_policy: challengePolicy,
        challenge_password_reset_policy: challengePolicy,
        allowlist: texts,
        monitoring_mode_enabled: yesNo,
      })
      .optional(),
    captcha: extra.optional(),
  }),
);

const factor = z.strictObject({ enabled: yesNo });

export const guardianDocument = describe<Guardian>()(
  z.strictObject({
    policies: z.array(z.enum(['all-applications', 'confidence-score'])),
    factors: z.strictObject({
      otp: factor,
      sms: factor,
      email: factor,
      'push-notification': factor,
      'recovery-code': factor,
    }),
    phone_message_types: z.array(z.enum(['sms', 'voice'])),
  }),
);

export const keptDocument = describe<Kept>()(
  z.strictObject({ kind: text.min(1), id: text.min(1), body: extra }),
);

export const connectionDocument = describe<Connection>()(
  z.strictObject({
    id,
    name: id,
    strategy: id,
    display_name: text.optional(),
    options: z.looseObject({
      passwordPolicy: z.enum(['none', 'low', 'fair', 'good', 'excellent']).nullish(),
      password_complexity_options: z.strictObject({ min_length: z.int().optional() }).optional(),
      password_history: z.strictObject({ enable: yesNo, size: z.int().optional() }).optional(),
      password_dictionary: z.strictObject({ enable: yesNo, dictionary: texts.optional() }).optional(),
      password_no_personal_info: z.strictObject({ enable: yesNo }).optional(),
      brute_force_protection: yesNo.optional(),
      disable_signup: yesNo.optional(),
      requires_username: yesNo.optional(),
      validation: z
        .strictObject({ username: z.strictObject({ min: z.int(), max: z.int() }).nullish() })
        .optional(),
    }),
    enabled_clients: texts,
    realms: texts,
    is_domain_connection: yesNo,
    metadata: labels.optional(),
    extra: extra.optional(),
  }),
);

export const resourceServerDocument = describe<ResourceServer>()(
  z.strictObject({
    id,
    identifier: text.min(1),
    name: text,
    is_system: yesNo,
    scopes: z.array(z.strictObject({ value: text.min(1), description: text.optional() })),
    signing_alg: z.enum(['RS256', 'RS512', 'PS256', 'HS256']),
    signing_secret: text,
    token_lifetime: seconds,
    token_lifetime_for_web: seconds,
    allow_offline_access: yesNo,
    enforce_policies: yesNo,
    token_dialect: z.enum(['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz']),
    skip_consent_for_verifiable_first_party_clients: yesNo,
    subject_type_authorization: z.strictObject({
      user: z.strictObject({ policy: z.enum(['allow_all', 'require_client_grant', 'deny_all']) }).optional(),
      client: z.strictObject({ policy: z.enum(['require_client_grant', 'deny_all']) }).optional(),
    }),
    proof_of_possession: z
      .strictObject({
        mechanism: z.enum(['dpop', 'mtls']),
        required: yesNo,
        required_for: z.enum(['all_clients', 'public_clients']).optional(),
      })
      .nullish(),
    extra: extra.optional(),
  }),
);

const clientKey = z.strictObject({
  id,
  credential_type: z.enum(['public_key', 'x509_cert', 'cert_subject_dn']),
  name: text.optional(),
  kid: text.optional(),
  alg: z.enum(['RS256', 'RS384', 'PS256']).optional(),
  pem: text.optional(),
  subject_dn: text.optional(),
  thumbprint_sha256: text.optional(),
  created_at: text.optional(),
  updated_at: text.optional(),
  expires_at: text.optional(),
});
const keyMethod = z.strictObject({ credentials: z.array(clientKey) }).optional();

export const clientDocument = describe<Client>()(
  z.strictObject({
    client_id: id,
    client_secret: text,
    name: text,
    description: text,
    app_type: text,
    is_first_party: yesNo,
    oidc_conformant: yesNo,
    grant_types: texts,
    token_endpoint_auth_method: z.enum(['none', 'client_secret_post', 'client_secret_basic']).nullable(),
    client_authentication_methods: z
      .strictObject({
        private_key_jwt: keyMethod,
        tls_client_auth: keyMethod,
        self_signed_tls_client_auth: keyMethod,
      })
      .optional(),
    spare_credentials: z.array(clientKey).optional(),
    is_token_endpoint_ip_header_trusted: yesNo,
    callbacks: texts,
    allowed_logout_urls: texts,
    web_origins: texts,
    allowed_origins: texts,
    jwt_configuration: z.strictObject({
      alg: z.enum(['RS256', 'HS256', 'PS256']).optional(),
      lifetime_in_seconds: seconds.optional(),
      secret_encoded: yesNo.optional(),
      scopes: extra.optional(),
    }),
    refresh_token: z.strictObject({
      rotation_type: z.enum(['rotating', 'non-rotating']),
      expiration_type: z.enum(['expiring', 'non-expiring']),
      leeway: seconds,
      token_lifetime: seconds,
      infinite_token_lifetime: yesNo,
      idle_token_lifetime: seconds,
      infinite_idle_token_lifetime: yesNo,
      policies: z.array(z.strictObject({ audience: text, scope: texts })).optional(),
    }),
    organization_usage: z.enum(['deny', 'allow', 'require']),
    organization_require_behavior: z.enum(['no_prompt', 'pre_login_prompt', 'post_login_prompt']).optional(),
    default_organization: z
      .strictObject({ organization_id: text, flows: z.array(z.literal('client_credentials')) })
      .optional(),
    require_pushed_authorization_requests: yesNo,
    require_proof_of_possession: yesNo,
    third_party_security_mode: z.enum(['strict', 'permissive']).optional(),
    redirection_policy: z.enum(['allow_always', 'open_redirect_protection']).optional(),
    skip_non_verifiable_callback_uri_confirmation_prompt: yesNo.optional(),
    oidc_logout: z.record(text, z.unknown()).optional(),
    client_metadata: labels,
    logo_uri: text.optional(),
    initiate_login_uri: text.optional(),
    unset: texts.optional(),
    extra: extra.optional(),
  }),
);

export const clientGrantDocument = describe<ClientGrant>()(
  z.strictObject({
    id,
    client_id: text.optional(),
    default_for: z.literal('third_party_clients').optional(),
    audience: text.min(1),
    scope: texts,
    subject_type: z.enum(['client', 'user']),
    allow_all_scopes: yesNo.optional(),
    organization_usage: z.enum(['deny', 'allow', 'require']).optional(),
    allow_any_organization: yesNo.optional(),
    authorization_details_types: texts.optional(),
  }),
);

export const permissionDocument = describe<Permission>()(
  z.strictObject({ resource_server_identifier: text.min(1), permission_name: text.min(1) }),
);

export const roleDocument = describe<Role>()(
  z.strictObject({
    id,
    name: text.min(1),
    description: text.nullable(),
    type: z.enum(['tenant', 'organization']).optional(),
    owner_id: text.optional(),
    permissions: z.array(permissionDocument),
  }),
);

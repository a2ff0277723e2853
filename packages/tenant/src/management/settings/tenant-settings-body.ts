import { z } from 'zod';
import { each, nullable, oneOf, optional, text, texts } from '../body-parts.ts';

/** Other Auth0 tenant settings: stored and returned, without effect. */
const extra = {
  ...each(z.looseObject({}), [
    'change_password',
    'country_codes',
    'default_token_quota',
    'device_flow',
    'error_page',
    'guardian_mfa_page',
    'mtls',
    'oidc_logout',
    'security_headers',
    'session_cookie',
    'sessions',
    'universal_login',
  ]),
  ...each(text(2048), [
    'default_redirection_uri',
    'dynamic_client_registration_security_mode',
    'legacy_sandbox_version',
    'picture_url',
    'sandbox_version',
    'support_email',
    'support_url',
  ]),
  ...each(texts, ['acr_values_supported', 'enabled_locales']),
  ...each(z.boolean(), [
    'allow_organization_name_in_authentication_api',
    'client_id_metadata_document_supported',
    'customize_mfa_in_postlogin_action',
    'enable_ai_guide',
    'include_session_metadata_in_tenant_logs',
    'phone_consolidated_experience',
  ]),
  ...each(z.number().positive(), [
    'ephemeral_session_lifetime',
    'ephemeral_session_lifetime_in_minutes',
    'idle_ephemeral_session_lifetime',
    'idle_ephemeral_session_lifetime_in_minutes',
  ]),
};
/** The settings whose members a PATCH sets one by one. */
export const MERGED_TENANT_EXTRA = ['change_password', 'guardian_mfa_page', 'universal_login'] as const;

/** Stored defaults of a new tenant, without effect. */
export const TENANT_EXTRA_DEFAULTS = {
  enabled_locales: ['en'],
  sandbox_version: '22',
  sandbox_versions_available: ['22', '18'],
  ephemeral_session_lifetime: 72,
  idle_ephemeral_session_lifetime: 24,
  oidc_logout: { rp_logout_end_session_endpoint_discovery: true },
  client_id_metadata_document_supported: false,
  phone_consolidated_experience: false,
  universal_login: {},
};
export const TENANT_FLAG_DEFAULTS = {
  allow_changing_enable_sso: false,
  disable_clickjack_protection_headers: false,
  disable_impersonation: true,
  enable_sso: true,
  universal_login: true,
};

// `Object.keys` is typed for any object; this one has exactly these keys.
export const TENANT_EXTRA = Object.keys(extra) as (keyof typeof extra)[];

const flag = z.boolean().optional();

const flags = z.strictObject(
  each(flag, [
    'allow_changing_enable_sso',
    'allow_legacy_delegation_grant_types',
    'allow_legacy_ro_grant_types',
    'allow_legacy_tokeninfo_endpoint',
    'universal_login',
    'new_universal_login_experience_enabled',
    'enable_legacy_logs_search_v2',
    'dashboard_new_onboarding',
    'cannot_change_enforce_client_authentication_on_passwordless_start',
    'allow_other_legacy_grant_types',
    'change_pwd_flow_v1',
    'custom_domains_provisioning',
    'dashboard_insights_view',
    'dashboard_log_streams_next',
    'disable_clickjack_protection_headers',
    'disable_fields_map_fix',
    'disable_impersonation',
    'disable_management_api_sms_obfuscation',
    'enable_adfs_waad_email_verification',
    'enable_apis_section',
    'enable_client_connections',
    'enable_custom_domain_in_emails',
    'enable_dynamic_client_registration',
    'enable_idtoken_api2',
    'enable_legacy_profile',
    'enable_pipeline2',
    'enable_public_signup_user_exists_error',
    'enable_sso',
    'enforce_client_authentication_on_passwordless_start',
    'genai_trial',
    'improved_signup_bot_detection_in_classic',
    'local_resource_discovery',
    'mfa_show_factor_list_on_enrollment',
    'no_disclose_enterprise_connections',
    'remove_alg_from_jwks',
    'require_pushed_authorization_requests',
    'revoke_refresh_token_grant',
    'trust_azure_adfs_email_verified_connection_property',
    'use_scope_descriptions_for_consent',
  ]),
);

const MAX_HOURS = 8760;
const hours = z
  .number()
  .positive('Value is less than minimum 1')
  .max(MAX_HOURS, `Value is greater than maximum ${MAX_HOURS}`);
const minutes = z
  .int('Expected type integer')
  .min(1, 'Value is less than minimum 1')
  .max(MAX_HOURS * 60);

export const updateTenantSettingsBody = z.strictObject({
  ...optional(extra),
  ...nullable(extra, [
    'acr_values_supported',
    'allow_organization_name_in_authentication_api',
    'change_password',
    'country_codes',
    'customize_mfa_in_postlogin_action',
    'default_token_quota',
    'device_flow',
    'error_page',
    'guardian_mfa_page',
    'mtls',
    'security_headers',
    'session_cookie',
    'sessions',
  ]),
  friendly_name: text(255).optional(),
  default_directory: text(128).optional(),
  default_audience: text(600).optional(),
  allowed_logout_urls: texts.optional(),
  session_lifetime: hours.optional(),
  session_lifetime_in_minutes: minutes.optional(),
  idle_session_lifetime: hours.optional(),
  idle_session_lifetime_in_minutes: minutes.optional(),
  pushed_authorization_requests_supported: z.boolean().nullish(),
  resource_parameter_profile: oneOf(['audience', 'compatibility']).optional(),
  skip_non_verifiable_callback_uri_confirmation_prompt: z.boolean().nullish(),
  authorization_response_iss_parameter_supported: z.boolean().nullish(),
  flags: flags.optional(),
});
export type UpdateTenantSettingsBody = z.output<typeof updateTenantSettingsBody>;

import { z } from 'zod';
import { each, text, texts } from '../body-parts.ts';

/** Other Auth0 client settings: stored and returned, without effect. */
export const clientExtra = {
  ...each(z.boolean(), ['sso', 'sso_disabled', 'cross_origin_authentication', 'custom_login_page_on']),
  ...each(text(200_000), [
    'cross_origin_loc',
    'custom_login_page',
    'custom_login_page_preview',
    'form_template',
    'resource_server_identifier',
    'compliance_level',
  ]),
  ...each(texts, ['client_aliases', 'allowed_clients', 'organization_discovery_methods']),
  async_approval_notification_channels: texts,
  par_request_expiry: z.number(),
  ...each(z.looseObject({}), [
    'addons',
    'anonymous_sessions',
    'b2b_integration_configuration',
    'encryption_key',
    'express_configuration',
    'fedcm_login',
    'identity_assertion_authorization_grant',
    'mobile',
    'my_organization_configuration',
    'native_social_login',
    'session_transfer',
    'token_exchange',
    'token_quota',
    'token_vault_privileged_access',
  ]),
};

// `Object.keys` is typed for any object; this one has exactly these keys.
export const CLIENT_EXTRA_NAMES = Object.keys(clientExtra) as (keyof typeof clientExtra)[];

/** The settings whose members a PATCH sets one by one; the others are replaced whole. */
export const MERGED_EXTRA = ['addons', 'mobile', 'native_social_login', 'session_transfer'] as const;

/** Defaults of `session_transfer`, applied when it is first set. */
export const SESSION_TRANSFER_DEFAULTS = {
  can_create_session_transfer_token: false,
  allowed_authentication_methods: [],
  enforce_device_binding: 'ip',
  allow_refresh_token: false,
  enforce_online_refresh_tokens: true,
  enforce_cascade_revocation: true,
};

/** The settings that a PATCH can remove with null. */
export const NULLABLE_EXTRA = [
  'addons',
  'mobile',
  'async_approval_notification_channels',
  'anonymous_sessions',
  'compliance_level',
  'cross_origin_loc',
  'encryption_key',
  'express_configuration',
  'fedcm_login',
  'identity_assertion_authorization_grant',
  'my_organization_configuration',
  'native_social_login',
  'organization_discovery_methods',
  'par_request_expiry',
  'session_transfer',
  'token_exchange',
  'token_quota',
  'token_vault_privileged_access',
] as const;

import { z } from 'zod';
import { each, metadata, nullable, oneOf, optional, seconds, text, texts } from '../body-parts.ts';
import { clientExtra, NULLABLE_EXTRA } from './client-extra.ts';
import { credentialBody } from './client-key-body.ts';

const MONTH_S = 2_592_000;
const YEARS_S = 157_788_000;

/** Auth0's application types. The last ones mark applications of an integration; they have no effect here. */
const APP_TYPES = [
  'native',
  'spa',
  'regular_web',
  'non_interactive',
  'resource_server',
  'express_configuration',
  'sso_integration',
  'rms',
  'box',
  'cloudbees',
  'concur',
  'dropbox',
  'mscrm',
  'echosign',
  'egnyte',
  'newrelic',
  'office365',
  'salesforce',
  'sentry',
  'sharepoint',
  'slack',
  'springcm',
  'zendesk',
  'zoom',
] as const;

const name = text(255, 1).regex(/^[^<>]*$/, 'String does not match pattern: ^[^<>]+$');

const refreshToken = z.strictObject({
  rotation_type: oneOf(['rotating', 'non-rotating']),
  expiration_type: oneOf(['expiring', 'non-expiring']),
  leeway: seconds(604_800).optional(),
  token_lifetime: seconds(YEARS_S).optional(),
  infinite_token_lifetime: z.boolean().optional(),
  idle_token_lifetime: seconds(YEARS_S).optional(),
  infinite_idle_token_lifetime: z.boolean().optional(),
  policies: z.array(z.strictObject({ audience: text(600, 1), scope: texts })).nullish(),
});

const jwtConfiguration = z.strictObject({
  alg: oneOf(['RS256', 'HS256', 'PS256']).optional(),
  lifetime_in_seconds: seconds(MONTH_S).optional(),
  secret_encoded: z.boolean().optional(),
  scopes: z.looseObject({}).optional(),
});

const oidcLogout = z.looseObject({
  backchannel_logout_urls: texts.optional(),
  backchannel_logout_initiators: z
    .looseObject({ mode: oneOf(['all', 'custom']).optional(), selected_initiators: texts.optional() })
    .optional(),
});

const organizationUsage = oneOf(['deny', 'allow', 'require']);
const requireBehavior = oneOf(['no_prompt', 'pre_login_prompt', 'post_login_prompt']);
const defaultOrganization = z.strictObject({
  organization_id: text(50, 1),
  flows: z
    .array(oneOf(['client_credentials']))
    .min(1)
    .max(1),
});
const authMethod = oneOf(['none', 'client_secret_post', 'client_secret_basic']);

const settings = {
  description: text(140),
  ...each(text(2048), ['logo_uri', 'initiate_login_uri']),
  ...each(texts, ['callbacks', 'allowed_logout_urls', 'web_origins', 'allowed_origins', 'grant_types']),
  app_type: oneOf(APP_TYPES),
  ...each(z.boolean(), [
    'is_first_party',
    'oidc_conformant',
    'is_token_endpoint_ip_header_trusted',
    'require_pushed_authorization_requests',
    'require_proof_of_possession',
    'skip_non_verifiable_callback_uri_confirmation_prompt',
  ]),
  token_endpoint_auth_method: authMethod,
  jwt_configuration: jwtConfiguration,
  ...each(oidcLogout, ['oidc_logout', 'oidc_backchannel_logout']),
  client_metadata: metadata,
  organization_usage: organizationUsage,
  organization_require_behavior: requireBehavior,
  default_organization: defaultOrganization,
  third_party_security_mode: oneOf(['strict', 'permissive']),
  redirection_policy: oneOf(['allow_always', 'open_redirect_protection']),
};
const members = { ...optional(clientExtra), ...optional(settings), refresh_token: refreshToken.nullish() };

/** Each method with its credentials: new ones, or the ids of existing ones. */
const keyMethods = <S extends z.ZodType>(credential: S) =>
  z.partialRecord(
    z.enum(['private_key_jwt', 'tls_client_auth', 'self_signed_tls_client_auth']),
    z.strictObject({ credentials: z.array(credential).max(2, 'Array is too long, maximum 2') }),
  );
const signedRequests = <S extends z.ZodType>(credential: S) =>
  z.strictObject({ required: z.boolean().optional(), credentials: z.array(credential).optional() });
const named = z.looseObject({ id: text(64, 1) });

export const createClientBody = z.strictObject({
  ...members,
  name,
  client_authentication_methods: keyMethods(credentialBody).optional(),
  signed_request_object: signedRequests(credentialBody).optional(),
});
export type CreateClientBody = z.output<typeof createClientBody>;

export const updateClientBody = z.strictObject({
  ...members,
  ...nullable(clientExtra, NULLABLE_EXTRA),
  name: name.optional(),
  client_secret: text(200, 1).optional(),
  organization_usage: organizationUsage.nullish(),
  organization_require_behavior: requireBehavior.nullish(),
  default_organization: defaultOrganization.nullish(),
  skip_non_verifiable_callback_uri_confirmation_prompt: z.boolean().nullish(),
  token_endpoint_auth_method: authMethod.nullish(),
  client_authentication_methods: keyMethods(named).nullish(),
  signed_request_object: signedRequests(named).nullish(),
  oidc_logout: oidcLogout.nullish(),
  oidc_backchannel_logout: oidcLogout.nullish(),
});
export type UpdateClientBody = z.output<typeof updateClientBody>;

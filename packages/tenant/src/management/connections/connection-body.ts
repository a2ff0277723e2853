import { z } from 'zod';
import { each, metadata, nullable, oneOf, optional, text, texts } from '../body-parts.ts';

/** Strategies: `auth0` is a database with passwords, `email` and `sms` send codes, the others are simulated. */
const STRATEGIES = new Set(
  `
    auth0 email sms oauth2 oidc samlp okta waad ad adfs google-apps auth0-oidc google-oauth2 apple
    facebook github linkedin windowslive twitter gitlab slack amazon bitbucket dropbox line oauth1
    office365 paypal paypal-sandbox pingfederate planningcenter salesforce salesforce-community
    salesforce-sandbox sharepoint shop shopify soundcloud vkontakte weibo wordpress yahoo yandex
    custom ip
  `.match(/\S+/g),
);

/** Other Auth0 connection settings: stored and returned, without effect. */
const extra = {
  show_as_button: z.boolean(),
  cross_app_access_requesting_app: z.looseObject({ active: z.boolean().optional() }),
  ...each(z.looseObject({}), ['authentication', 'connected_accounts', 'cross_app_access_resource_app']),
};
// `Object.keys` is typed for any object; this one has exactly these keys.
export const CONNECTION_EXTRA = Object.keys(extra) as (keyof typeof extra)[];

const enabled = z.strictObject({ enable: z.boolean() });

const options = z.looseObject({
  passwordPolicy: oneOf(['none', 'low', 'fair', 'good', 'excellent']).nullish(),
  password_complexity_options: z.strictObject({ min_length: z.int().min(1).max(128).optional() }).nullish(),
  password_history: enabled.extend({ size: z.int().min(0).max(24).optional() }).nullish(),
  password_dictionary: enabled.extend({ dictionary: texts.optional() }).nullish(),
  password_no_personal_info: enabled.nullish(),
  brute_force_protection: z.boolean().optional(),
  disable_signup: z.boolean().optional(),
  disable_self_service_change_password: z.boolean().optional(),
  requires_username: z.boolean().optional(),
  attributes: z.record(z.string(), z.looseObject({})).optional(),
  validation: z
    .strictObject({
      username: z.strictObject({ min: z.int().min(1).max(128), max: z.int().min(1).max(128) }).nullish(),
    })
    .nullish(),
});

const members = {
  ...optional(extra),
  ...nullable(extra, ['cross_app_access_requesting_app', 'cross_app_access_resource_app']),
  display_name: text(128).optional(),
  is_domain_connection: z.boolean().optional(),
  realms: texts.optional(),
  metadata: metadata.optional(),
};

export const createConnectionBody = z.strictObject({
  ...members,
  name: text(128, 1).regex(
    /^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$/,
    'String does not match pattern: ^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$',
  ),
  strategy: z.string().refine((name) => STRATEGIES.has(name), {
    error: ({ input }) => `No enum match for: ${String(input)}`,
  }),
  options: options.optional(),
  enabled_clients: texts.optional(),
});
export type CreateConnectionBody = z.output<typeof createConnectionBody>;

export const updateConnectionBody = z.strictObject({
  ...members,
  options: options.nullish(),
  enabled_clients: texts.nullish(),
});
export type UpdateConnectionBody = z.output<typeof updateConnectionBody>;

export const connectionClientsBody = z
  .array(z.strictObject({ client_id: text(255, 1), status: z.boolean() }))
  .min(1, 'Array is too short, minimum 1')
  .max(50, 'Array is too long, maximum 50');

import { z } from 'zod';
import { each, nullable, oneOf, optional, seconds, text } from '../body-parts.ts';

const MONTH_S = 2_592_000;

/** Other Auth0 API settings: stored and returned, without effect. */
const extra = {
  ...each(z.boolean(), ['allow_online_access', 'allow_online_access_with_ephemeral_sessions']),
  token_lifetime_for_anonymous_access_tokens: seconds(MONTH_S),
  ...each(z.looseObject({}), ['token_encryption', 'authorization_policy']),
  consent_policy: text(100),
  authorization_details: z.array(z.looseObject({})),
};
// `Object.keys` is typed for any object; this one has exactly these keys.
export const RESOURCE_SERVER_EXTRA = Object.keys(extra) as (keyof typeof extra)[];

const proofOfPossession = z.strictObject({
  mechanism: oneOf(['dpop', 'mtls']),
  required: z.boolean(),
  required_for: oneOf(['all_clients', 'public_clients']).optional(),
});

const settings = {
  name: text(200, 1).regex(/^[^<>]*$/, 'String does not match pattern: ^[^<>]+$'),
  scopes: z.array(z.strictObject({ value: text(280, 1), description: text(500).optional() })).max(1000),
  signing_alg: oneOf(['RS256', 'RS512', 'PS256', 'HS256']),
  signing_secret: text(4096, 16),
  ...each(seconds(MONTH_S), ['token_lifetime', 'token_lifetime_for_web']),
  ...each(z.boolean(), [
    'allow_offline_access',
    'enforce_policies',
    'skip_consent_for_verifiable_first_party_clients',
  ]),
  token_dialect: oneOf(['access_token', 'access_token_authz', 'rfc9068_profile', 'rfc9068_profile_authz']),
  subject_type_authorization: z.strictObject({
    user: z.strictObject({ policy: oneOf(['allow_all', 'require_client_grant', 'deny_all']) }).optional(),
    client: z.strictObject({ policy: oneOf(['require_client_grant', 'deny_all']) }).optional(),
  }),
};

const members = {
  ...optional(settings),
  ...optional(extra),
  ...nullable(extra, [
    'token_lifetime_for_anonymous_access_tokens',
    'token_encryption',
    'authorization_policy',
    'consent_policy',
    'authorization_details',
  ]),
  proof_of_possession: proofOfPossession.nullish(),
};

export const updateResourceServerBody = z.strictObject(members);
export const createResourceServerBody = z.strictObject({ ...members, identifier: text(600, 1) });
export type CreateResourceServerBody = z.output<typeof createResourceServerBody>;
export type UpdateResourceServerBody = z.output<typeof updateResourceServerBody>;

/** The members of the Management API itself that can be changed. */
export const SYSTEM_MEMBERS: ReadonlySet<string> = new Set([
  'token_lifetime',
  'token_lifetime_for_web',
  'proof_of_possession',
  'skip_consent_for_verifiable_first_party_clients',
  'subject_type_authorization',
  'authorization_policy',
]);

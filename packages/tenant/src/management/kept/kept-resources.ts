import { randomUUID } from 'node:crypto';
import { randomHex } from '../../lib/random.ts';
import { BRANDING_RESOURCES } from './branding-resources.ts';
import { digits, idOf, tenantOf, without } from './kept-ids.ts';
import type { Body, KeptResource } from './kept-resource.ts';

/** Members of a log stream's destination that are not returned. */
const SINK_SECRETS = new Set(['mixpanelServiceAccountPassword', 'splunkToken', 'httpAuthorization']);

const streams: KeptResource[] = [
  {
    path: '/log-streams',
    scope: 'log_streams',
    list: 'array',
    makeId: () => `lst_${digits()}`,
    created: 200,
    required: ['type', 'sink'],
    merged: ['pii_config'],
    defaults: ({ type, sink }, { context }) => ({
      status: 'active',
      filters: [],
      isPriority: false,
      ...(type === 'eventbridge' && {
        sink: {
          ...asBody(sink),
          awsPartnerEventSource: `aws.partner/auth0.com/${context.domain}/auth0.logs`,
        },
      }),
    }),
    show: (body) => ({
      ...body,
      sink: Object.fromEntries(
        Object.entries(asBody(body.sink)).map(([name, value]) => [
          name,
          name === 'mixpanelServiceAccountPassword' && SINK_SECRETS.has(name) ? '********' : value,
        ]),
      ),
    }),
    missing: ['The log stream does not exist.'],
  },
  {
    path: '/event-streams',
    scope: 'event_streams',
    list: 'eventStreams',
    wrapped: true,
    makeId: idOf('est'),
    required: ['destination'],
    stamped: true,
    defaults: () => ({ status: 'enabled', subscriptions: [] }),
    show: ({ destination, ...body }) => ({ ...body, destination: withoutSecrets(destination) }),
    missing: ['The requested stream does not exist.'],
  },
];

const asBody = (value: unknown): Body =>
  typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};

/** The destination of an event stream without the secrets of its webhook. */
function withoutSecrets(destination: unknown): Body {
  const { configuration, ...rest } = asBody(destination);
  const { webhook_authorization: authorization, ...others } = asBody(configuration);
  const { password: _password, token: _token, ...shown } = asBody(authorization);
  return {
    ...rest,
    configuration: { ...others, ...(authorization !== undefined && { webhook_authorization: shown }) },
  };
}

const extensions: KeptResource[] = [
  {
    path: '/rules',
    scope: 'rules',
    list: 'rules',
    makeId: idOf('rul', 16),
    required: ['name', 'script'],
    defaults: (_given, { context }) => ({
      enabled: true,
      order: context.state.kept.find('kind', '/rules').length + 1,
      stage: 'login_success',
    }),
    missing: ['The rule does not exist', 'inexistent_rule'],
  },
  {
    path: '/hooks',
    scope: 'hooks',
    list: 'hooks',
    makeId: () => randomHex(13).toUpperCase(),
    required: ['name', 'script', 'triggerId'],
    defaults: () => ({ dependencies: {}, enabled: false }),
    missing: ['Error: Hook does not exist', 'HookDoesNotExist'],
    requiresExisting: true,
  },
  {
    path: '/flows/vault/connections',
    scope: 'flows_vault_connections',
    list: 'connections',
    makeId: idOf('ac'),
    required: ['name', 'app_id'],
    stamped: true,
    defaults: ({ setup }) => ({
      ready: setup !== undefined,
      ...(setup !== undefined && { account_name: '' }),
      refreshed_at: null,
      fingerprint: randomHex(16),
    }),
    show: without('setup'),
    missing: ['Connection not found'],
    requiresExisting: true,
  },
  {
    path: '/flows',
    scope: 'flows',
    list: 'flows',
    makeId: idOf('af'),
    required: ['name'],
    stamped: true,
    missing: ['Flow not found'],
    requiresExisting: true,
  },
  {
    path: '/forms',
    scope: 'forms',
    list: 'forms',
    makeId: idOf('ap'),
    required: ['name'],
    stamped: true,
    missing: ['Form not found'],
    requiresExisting: true,
  },
  {
    path: '/token-exchange-profiles',
    scope: 'token_exchange_profiles',
    list: 'token_exchange_profiles',
    wrapped: true,
    makeId: idOf('tep', 16),
    required: ['name', 'subject_token_type', 'action_id', 'type'],
    stamped: true,
    missing: ['Token exchange profile not found.'],
  },
];

const SAML_CLAIMS = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims';
/** How the id of a user is mapped from the claims of an identity provider. */
const USER_ID_MAPPING = {
  oidc_mapping: 'sub',
  saml_mapping: ['nameidentifier', 'upn', 'name'].map((name) => `${SAML_CLAIMS}/${name}`),
  scim_mapping: 'externalId',
};

const profiles: KeptResource[] = [
  {
    path: '/network-acls',
    scope: 'network_acls',
    list: 'network_acls',
    changes: ['PATCH', 'PUT'],
    makeId: idOf('acl'),
    required: ['description', 'active', 'priority', 'rule'],
    stamped: true,
    defaults: (_given, { context }) => ({ tenant_id: tenantOf(context.domain), deleted_at: null }),
    missing: ['NetworkACL with this ID was not found'],
    requiresExisting: true,
    deleted: { status: 200, body: { code: 204, object: '' } },
  },
  {
    path: '/self-service-profiles',
    scope: 'self_service_profiles',
    list: 'self_service_profiles',
    makeId: idOf('ssp'),
    required: ['name'],
    stamped: true,
    defaults: () => ({ user_attributes: [], allowed_strategies: [] }),
    missing: ['Profile with ID: <id> not found'],
  },
  {
    path: '/user-attribute-profiles',
    scope: 'user_attribute_profiles',
    list: 'user_attribute_profiles',
    wrapped: true,
    makeId: idOf('uap'),
    required: ['name', 'user_attributes'],
    merged: ['user_id'],
    defaults: () => ({ user_id: USER_ID_MAPPING }),
    missing: ['User attribute profile not found.'],
  },
  {
    path: '/connection-profiles',
    scope: 'connection_profiles',
    list: 'connection_profiles',
    wrapped: true,
    makeId: idOf('cop'),
    required: ['name'],
    defaults: () => ({ connection_config: null, strategy_overrides: null }),
    missing: ['Connection profile not found.'],
  },
  {
    path: '/rate-limit-policies',
    scope: 'rate_limit_policies',
    list: 'rate_limit_policies',
    wrapped: true,
    makeId: idOf('rlp', 21),
    required: ['resource', 'consumer', 'consumer_selector', 'configuration'],
    stamped: true,
    missing: ['Rate limit policy not found.'],
  },
  {
    path: '/keys/encryption',
    scope: 'encryption_keys',
    idName: 'kid',
    list: 'keys',
    changes: [],
    makeId: () => randomUUID(),
    required: ['type'],
    stamped: true,
    defaults: () => ({ state: 'pre-activation', parent_kid: null, public_key: null }),
    missing: ['Key not found', 'inexistent_key'],
  },
  {
    path: '/verifiable-credentials/verification/templates',
    scope: 'vcs_templates',
    list: 'templates',
    wrapped: true,
    makeId: idOf('vct'),
    required: ['name', 'type', 'dialect', 'presentation', 'well_known_trusted_issuers'],
    stamped: true,
    missing: ['Template not found.'],
  },
];

const emailTemplates: KeptResource = {
  path: '/email-templates',
  scope: 'email_templates',
  idName: 'template',
  makeId: 'template',
  required: ['template'],
  changes: ['PATCH', 'PUT'],
  isPermanent: true,
  conflict: 'Template <id> already exists.',
  missing: ['The template does not exist.', 'inexistent_email_template'],
};

/** Every resource that is stored and returned, without effect. */
export const KEPT_RESOURCES: readonly KeptResource[] = [
  ...BRANDING_RESOURCES,
  ...streams,
  ...extensions,
  ...profiles,
  emailTemplates,
];

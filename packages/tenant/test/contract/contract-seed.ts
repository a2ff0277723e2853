import { defaultSettings } from './settings.ts';

const grant = (name: string): string => `http://auth0.com/oauth/grant-type/${name}`;

const people = [
  'authorization_code',
  'refresh_token',
  'password',
  grant('password-realm'),
  grant('passwordless/otp'),
  grant('mfa-otp'),
  grant('mfa-oob'),
  grant('mfa-recovery-code'),
];

const rotating = (leeway: number) => ({
  rotation_type: 'rotating',
  expiration_type: 'expiring',
  infinite_token_lifetime: false,
  infinite_idle_token_lifetime: false,
  leeway,
});

const app = (client_id: string, leeway: number, more: object = {}) => ({
  client_id,
  grant_types: people,
  callbacks: [defaultSettings.CALLBACK],
  web_origins: [new URL(defaultSettings.CALLBACK).origin],
  allowed_logout_urls: [defaultSettings.LOGOUT_URL],
  is_token_endpoint_ip_header_trusted: true,
  refresh_token: rotating(leeway),
  ...more,
});

const unasked = { skip_consent_for_verifiable_first_party_clients: true, allow_offline_access: true };
const scopes = (...values: string[]) => values.map((value) => ({ value }));
export const userPassword = 'Correct-Horse-Battery-1';
const user = (user_id: string, more: object = {}) => ({
  user_id,
  email: `${user_id}@example.com`,
  password: userPassword,
  ...more,
});

/** The settings of the embedded tenant that follow from its seed. */
export const seededSettings = {
  ...defaultSettings,
  AUDIENCE: 'urn:contract',
  SCOPES: 'read write',
  OTHER_LEEWAY_S: '5',
  DPOP_AUDIENCE: 'urn:contract:dpop',
  DPOP_SCOPE: 'read',
  RBAC_AUDIENCE: 'contract-rbac',
  RBAC_SCOPES: 'read:x write:x',
  RBAC_USERNAME: 'reader@example.com',
  RBAC_PASSWORD: userPassword,
  BLOCKED_USERNAME: 'blocked@example.com',
  BLOCKED_PASSWORD: userPassword,
  PHONE_NUMBER: '+15550100300',
  USERNAME_CONNECTION: 'usernames',
  PHONE_CONNECTION: 'phone-numbers',
  ORGANIZATION_ID: 'org_contract00000000',
  ORGANIZATION_NAME: 'contract',
  ORGANIZATION_USERNAME: 'member@example.com',
  ORGANIZATION_PASSWORD: userPassword,
} as const;

/** The contract's additions to the built-in seed; a real tenant needs them too. */
export const contractSeed = {
  tenant: { allow_organization_name_in_authentication_api: true },
  connections: [
    { name: 'usernames', enabled_clients: ['app'], options: { requires_username: true } },
    { name: 'phone-numbers', enabled_clients: ['app'] },
  ],
  resource_servers: [
    { identifier: seededSettings.AUDIENCE, scopes: scopes('read', 'write'), ...unasked },
    {
      identifier: seededSettings.DPOP_AUDIENCE,
      scopes: scopes('read'),
      proof_of_possession: { mechanism: 'dpop', required: false },
      ...unasked,
    },
    {
      identifier: seededSettings.RBAC_AUDIENCE,
      scopes: scopes('read:x', 'write:x'),
      enforce_policies: true,
      token_dialect: 'access_token_authz',
      ...unasked,
    },
  ],
  clients: [
    app('app', 0, { organization_usage: 'allow' }),
    app('other', Number(seededSettings.OTHER_LEEWAY_S)),
    app('mfa', 0),
    { client_id: 'machine', app_type: 'non_interactive', grant_types: ['client_credentials'] },
    app('tpc_contract', 0, {
      grant_types: ['authorization_code', 'refresh_token'],
      is_first_party: false,
      third_party_security_mode: 'strict',
      redirection_policy: 'allow_always',
      is_token_endpoint_ip_header_trusted: false,
    }),
  ],
  client_grants: [
    { client_id: 'machine', audience: seededSettings.AUDIENCE, scope: ['read'] },
    {
      client_id: 'tpc_contract',
      audience: seededSettings.AUDIENCE,
      scope: ['read'],
      subject_type: 'user',
    },
  ],
  organizations: [
    { id: seededSettings.ORGANIZATION_ID, name: seededSettings.ORGANIZATION_NAME, members: ['auth0|member'] },
  ],
  users: [
    user('reader', {
      permissions: [{ resource_server_identifier: seededSettings.RBAC_AUDIENCE, permission_name: 'read:x' }],
    }),
    user('blocked', { blocked: true }),
    user('member'),
  ],
};

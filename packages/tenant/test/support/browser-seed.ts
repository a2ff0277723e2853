import { directory, password } from './seed.ts';

/** The redirect target. No server listens there, because the test browser stops before it. */
export const callback = 'http://localhost:4777/callback';
/** An API that requires consent from first parties too. */
export const askingApi = 'urn:asks';

const redirecting = ['authorization_code', 'refresh_token'];

const client = (client_id: string, more: object = {}) => ({
  client_id,
  name: `The ${client_id}`,
  callbacks: [callback],
  web_origins: [new URL(callback).origin],
  allowed_logout_urls: ['http://localhost:4777/out'],
  grant_types: redirecting,
  ...more,
});

const thirdParty = (client_id: string, more: object = {}) =>
  client(client_id, {
    is_first_party: false,
    third_party_security_mode: 'strict',
    redirection_policy: 'allow_always',
    ...more,
  });

const forUsers = (client_id: string, scope: string[]) => ({
  client_id,
  audience: 'urn:organizer',
  scope,
  subject_type: 'user',
});

const rotating = {
  rotation_type: 'rotating',
  expiration_type: 'expiring',
  infinite_token_lifetime: false,
  infinite_idle_token_lifetime: false,
  leeway: 0,
};

const user = (name: string, more: object = {}) => ({
  user_id: `${name}-id`,
  email: `${name}@example.com`,
  password,
  given_name: name,
  ...more,
});

/** The additions of browser tests to the built-in seed. */
export const browserSeed = {
  tenant: {
    allowed_logout_urls: ['http://localhost:4777/tenant-out'],
    allow_organization_name_in_authentication_api: true,
  },
  connections: [
    { name: directory, is_domain_connection: true },
    { name: 'other-db', enabled_clients: ['web'], options: { passwordPolicy: 'none' } },
    { name: 'closed-db', enabled_clients: ['web'], options: { disable_signup: true } },
    { name: 'simulated-social', strategy: 'oauth2', enabled_clients: ['web', 'mixed'] },
    { name: 'foreign', enabled_clients: [] },
  ],
  resource_servers: [
    { identifier: askingApi, name: 'Asking', scopes: [{ value: 'read' }, { value: 'write' }] },
    {
      identifier: 'urn:nobody',
      scopes: [{ value: 'read' }],
      subject_type_authorization: { user: { policy: 'deny_all' } },
    },
  ],
  clients: [
    client('web', {
      grant_types: [...redirecting, 'implicit'],
      callbacks: [callback, 'http://localhost:4777/other?keep=1', 'com.example.app://cb'],
      refresh_token: rotating,
      organization_usage: 'allow',
    }),
    client('plain', { grant_types: ['authorization_code'] }),
    client('mixed'),
    client('spared', { skip_non_verifiable_callback_uri_confirmation_prompt: true }),
    client('spa', { token_endpoint_auth_method: 'none', app_type: 'spa', refresh_token: rotating }),
    client('no-code', { grant_types: ['client_credentials'] }),
    client('pushing', { require_pushed_authorization_requests: true }),
    client('hs', { jwt_configuration: { alg: 'HS256' } }),
    client('framed', { web_origins: [] }),
    client('in-org', { organization_usage: 'require' }),
    client('permissive', { is_first_party: false, third_party_security_mode: 'permissive' }),
    thirdParty('tpc_open', { refresh_token: rotating }),
    thirdParty('tpc_guarded', { redirection_policy: 'open_redirect_protection' }),
    thirdParty('tpc_ungranted'),
  ],
  client_grants: [forUsers('tpc_open', ['appointments', 'contacts']), forUsers('tpc_guarded', ['contacts'])],
  organizations: [
    { id: 'org_acme000000000000', name: 'acme', display_name: 'Acme', members: ['auth0|ann-id'] },
  ],
  users: [
    user('ann'),
    user('bob'),
    user('blocked', { blocked: true }),
    user('guarded', { mfa: { totp_secret: 'JBSWY3DPEHPK3PXP' } }),
  ],
};

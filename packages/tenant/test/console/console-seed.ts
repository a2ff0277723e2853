import { directory, password, realmGrant } from '../support/seed.ts';

/** A text that opens tags and closes attributes; a page that renders it unescaped has an injection. */
export const hostile = `"><img src=x onerror="document.title='hacked'"><script>document.title='hacked'</script>'`;

/** The API with the id `rs_hostile`, beside those of the tests' seed. */
const hostileApi = {
  id: 'rs_hostile',
  identifier: `urn:${hostile}`,
  name: hostile,
  scopes: [{ value: hostile, description: hostile }],
};

/** A tenant with data on every page of the console. */
export const consoleSeed = {
  connections: [{ name: directory, is_domain_connection: true, options: { passwordPolicy: 'good' } }],
  clients: [
    {
      client_id: 'shop',
      name: 'The shop',
      grant_types: ['password', realmGrant, 'refresh_token', 'authorization_code'],
      callbacks: ['http://localhost:3000/callback'],
      organization_usage: 'allow',
      initiate_login_uri: 'http://localhost:3000/login',
    },
    { client_id: 'hostile', name: hostile, description: hostile, callbacks: ['http://localhost:3000/x'] },
    {
      client_id: 'tpc_calendar',
      name: 'Calendar',
      is_first_party: false,
      third_party_security_mode: 'strict',
      grant_types: ['authorization_code'],
    },
  ],
  resource_servers: [hostileApi],
  client_grants: [{ client_id: 'shop', audience: hostileApi.identifier, scope: [hostile] }],
  roles: [
    { id: 'rol_support', name: 'Support', description: 'May look', permissions: [] },
    { id: 'rol_hostile', name: hostile, description: hostile, permissions: [] },
  ],
  organizations: [
    { id: 'org_shopkeepers00000', name: 'shopkeepers', members: ['auth0|ann-id'] },
    { id: 'org_hostile000000000', name: 'hostile', display_name: hostile, metadata: { [hostile]: hostile } },
  ],
  users: [
    { user_id: 'ann-id', email: 'ann@example.com', password, email_verified: true },
    { user_id: 'bob-id', email: 'bob@example.com', password, mfa: { totp_secret: 'JBSWY3DPEHPK3PXP' } },
    { user_id: 'eve-id', email: 'eve@example.com', password, name: hostile, nickname: hostile },
  ],
};

/** Every page of the console that needs no user or application id. */
export const pagePaths = [
  '/',
  '/console/users',
  '/console/organizations',
  '/console/roles',
  '/console/applications',
  '/console/apis',
  '/console/consents',
  '/console/mfa',
  '/console/settings',
  '/console/inbox',
  '/console/log',
  '/console/requests',
  '/console/actions',
  '/console/faults',
  '/console/keys',
  '/console/data',
];

export const userPath = (id: string): string => `/console/users/${encodeURIComponent(`auth0|${id}`)}`;

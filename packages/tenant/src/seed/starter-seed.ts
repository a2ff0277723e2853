import { MANAGEMENT_SCOPES } from '../authorization/management-scopes.ts';
import { MANAGEMENT_API } from './management-api.ts';
import type { SeedInput } from './seed-input.ts';

/** Default origins of development servers: Next.js and Express, Angular, Vite, webpack and Vue, Metro. */
const ORIGINS = [3000, 4200, 5173, 8080, 8081].map((port) => `http://localhost:${port}`);
/** Callback paths of Auth0's SDKs. */
const CALLBACK_PATHS = ['', '/callback', '/auth/callback', '/api/auth/callback'];

const urls = {
  callbacks: ORIGINS.flatMap((origin) => CALLBACK_PATHS.map((path) => `${origin}${path}`)),
  allowed_logout_urls: ORIGINS.flatMap((origin) => [origin, `${origin}/`]),
  web_origins: ORIGINS,
};

const ROTATING = {
  rotation_type: 'rotating',
  expiration_type: 'expiring',
  leeway: 30,
  infinite_token_lifetime: false,
  infinite_idle_token_lifetime: false,
} as const;

const API_IDENTIFIER = 'https://api.example.com';
const SCOPES = { 'read:messages': 'Read your messages', 'write:messages': 'Write messages' };

/** The default seed of a new tenant: one client of each type, an API and a user. */
export const STARTER_SEED = {
  connections: ['simulated-social', 'simulated-enterprise'].map((name) => ({
    name,
    enabled_clients: ['spa', 'web', 'native'],
  })),
  resource_servers: [
    {
      identifier: API_IDENTIFIER,
      name: 'Example API',
      scopes: Object.entries(SCOPES).map(([value, description]) => ({ value, description })),
      allow_offline_access: true,
      skip_consent_for_verifiable_first_party_clients: true,
    },
  ],
  clients: [
    {
      client_id: 'spa',
      name: 'Single-page app',
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      refresh_token: ROTATING,
      ...urls,
    },
    {
      client_id: 'web',
      name: 'Web app',
      app_type: 'regular_web',
      grant_types: [
        'authorization_code',
        'refresh_token',
        'client_credentials',
        'password',
        'http://auth0.com/oauth/grant-type/password-realm',
      ],
      refresh_token: ROTATING,
      ...urls,
    },
    {
      client_id: 'native',
      name: 'Native app',
      app_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      refresh_token: ROTATING,
      ...urls,
    },
    {
      client_id: 'machine',
      name: 'Machine',
      app_type: 'non_interactive',
      grant_types: ['client_credentials'],
    },
  ],
  client_grants: [
    { client_id: 'machine', audience: API_IDENTIFIER, scope: Object.keys(SCOPES) },
    { client_id: 'machine', audience: MANAGEMENT_API, scope: [...MANAGEMENT_SCOPES] },
  ],
  users: [{ user_id: 'ada', email: 'ada@example.com', email_verified: true, password: 'Correct-Horse-9' }],
} satisfies Partial<SeedInput>;

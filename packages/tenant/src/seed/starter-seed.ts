import { MANAGEMENT_SCOPES } from '../authorization/management-scopes.ts';
import { CLIENT_TEMPLATES, type ClientTemplate } from '../clients/client-templates.ts';
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

const API_IDENTIFIER = 'https://api.example.com';
const SCOPES = { 'read:messages': 'Read your messages', 'write:messages': 'Write messages' };

/** The settings of a template; the seed's types want lists that can be changed. */
const settingsOf = (name: ClientTemplate) => {
  const { settings } = CLIENT_TEMPLATES[name];
  return { ...settings, grant_types: [...settings.grant_types] };
};

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
    { client_id: 'spa', name: 'Single-page app', ...settingsOf('spa'), ...urls },
    {
      client_id: 'web',
      name: 'Web app',
      ...settingsOf('web'),
      grant_types: [
        ...CLIENT_TEMPLATES.web.settings.grant_types,
        'password',
        'http://auth0.com/oauth/grant-type/password-realm',
      ],
      ...urls,
    },
    { client_id: 'native', name: 'Native app', ...settingsOf('native'), ...urls },
    { client_id: 'machine', name: 'Machine', ...settingsOf('machine') },
  ],
  client_grants: [
    { client_id: 'machine', audience: API_IDENTIFIER, scope: Object.keys(SCOPES) },
    { client_id: 'machine', audience: MANAGEMENT_API, scope: [...MANAGEMENT_SCOPES] },
  ],
  users: [{ user_id: 'ada', email: 'ada@example.com', email_verified: true, password: 'Correct-Horse-9' }],
} satisfies Partial<SeedInput>;

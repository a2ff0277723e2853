/** Rotating refresh tokens, as browsers and devices should have them. */
export const ROTATING_REFRESH_TOKEN = {
  rotation_type: 'rotating',
  expiration_type: 'expiring',
  leeway: 30,
  infinite_token_lifetime: false,
  infinite_idle_token_lifetime: false,
} as const;

const DEVICE_CODE = 'urn:ietf:params:oauth:grant-type:device_code';

/** The settings of a new application of each kind, in the Management API's names. */
export const CLIENT_TEMPLATES = {
  spa: {
    label: 'Single-page app',
    description: 'JavaScript in a browser: React, Vue, Angular. It has no secret and uses PKCE.',
    settings: {
      app_type: 'spa',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      refresh_token: ROTATING_REFRESH_TOKEN,
    },
  },
  web: {
    label: 'Web app',
    description: 'A server that signs users in: Next.js, Express, Flask. It keeps a secret.',
    settings: {
      app_type: 'regular_web',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      refresh_token: ROTATING_REFRESH_TOKEN,
    },
  },
  native: {
    label: 'Native app',
    description: 'A mobile or desktop app, a command line or a device. It has no secret and uses PKCE.',
    settings: {
      app_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token', DEVICE_CODE],
      refresh_token: ROTATING_REFRESH_TOKEN,
    },
  },
  machine: {
    label: 'Machine',
    description: 'A program without users, such as a job or a service. It calls APIs with its own tokens.',
    settings: { app_type: 'non_interactive', grant_types: ['client_credentials'] },
  },
} as const;

export type ClientTemplate = keyof typeof CLIENT_TEMPLATES;

export const isClientTemplate = (name: string): name is ClientTemplate =>
  Object.hasOwn(CLIENT_TEMPLATES, name);

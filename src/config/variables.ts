import type { z } from 'zod';
import {
  addressRanges,
  origin,
  origins,
  returnTo,
  tenantBaseUrl,
  tenantDomain,
  trustProxy,
} from './address-schemas.ts';
import { storeUrl } from './store-url.ts';
import * as value from './value-schemas.ts';
import type { Variable } from './variable.ts';

/** Every variable that the gateway and its tenant know, in the order in which they are told. */
export const variables = {
  NODE_ENV: {
    about: 'production turns the embedded tenant, plain http and default secrets into faults',
    value: value.oneOf('development', 'production', 'test'),
    default: 'development',
  },
  HOST: { about: 'where the gateway listens: the address', value: value.host, default: '127.0.0.1' },
  PORT: {
    about: 'where the gateway listens: the port; 0 takes any free one',
    value: value.port,
    default: '3000',
  },
  PUBLIC_URL: {
    about: 'the origin that browsers see; https in production',
    value: origin,
    default: ({ PORT = '' }) => (PORT === '80' ? 'http://localhost' : `http://localhost:${PORT}`),
    defaultText: 'http://localhost:<PORT>',
  },
  ADMIN_HOST: { about: 'where metrics are served: the address', value: value.host, default: '127.0.0.1' },
  ADMIN_PORT: { about: 'where metrics are served: the port', value: value.port, default: '9464' },
  LOG_LEVEL: {
    about: 'the least level that is logged: fatal, error, warn, info, debug, trace or silent',
    value: value.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
  },
  TRUST_PROXY: {
    about: 'CIDR ranges or number of proxies whose X-Forwarded-* are believed, or none; never all',
    value: trustProxy,
    defaultText: 'none; required in production behind an https PUBLIC_URL',
  },
  HSTS_INCLUDE_SUBDOMAINS: {
    about: 'true binds the subdomains of the public host to https as well (RFC 6797 includeSubDomains)',
    value: value.boolean,
    default: 'false',
  },

  AUTH0_DOMAIN: {
    about: 'the tenant: acme.eu.auth0.com, a custom domain or localhost:4400; no scheme',
    value: tenantDomain,
    defaultText: 'the embedded tenant; required in production',
  },
  AUTH0_BASE_URL: {
    about: 'where the tenant is reached, if not at its domain; plain http on loopback only',
    value: tenantBaseUrl,
    default: ({ AUTH0_DOMAIN }) => (AUTH0_DOMAIN === undefined ? undefined : `https://${AUTH0_DOMAIN}`),
    defaultText: 'https://<AUTH0_DOMAIN>',
  },
  AUTH0_CLIENT_ID: {
    about: 'client id of the Regular Web Application',
    value: value.word,
    defaultText: "embedded: the seeded client's; else required",
  },
  AUTH0_CLIENT_SECRET: {
    about: 'its secret',
    value: value.secret,
    isSecret: true,
    defaultText: "embedded: the seeded client's; else this or the key is required",
  },
  AUTH0_CLIENT_ASSERTION_KEY: {
    about: 'instead of the secret: an RSA private key in PEM, for private_key_jwt',
    value: value.assertionKey,
    isSecret: true,
    hasLines: true,
  },
  AUTH0_API_AUDIENCE: {
    about: "our API's identifier",
    value: value.word,
    default: ({ AUTH0_DOMAIN }) => (AUTH0_DOMAIN === undefined ? 'urn:worldmappers' : undefined),
    defaultText: 'embedded: urn:worldmappers; else required',
  },
  AUTH0_API_AUDIENCES: { about: 'identifiers of further APIs, a comma list', value: value.words },
  AUTH0_CONNECTION: {
    about: 'the realm for sign-up and sign-in',
    value: value.word,
    default: 'Username-Password-Authentication',
  },
  AUTH0_DEFAULT_SCOPE: {
    about: 'scope of a sign-in that names none',
    value: value.scope,
    defaultText: 'openid profile email offline_access and all scopes that our resource routes guard',
  },
  AUTH0_MGMT_CLIENT_ID: {
    about: 'client id of a machine client for the Management API, which the web application should not be',
    value: value.word,
    defaultText: 'embedded: gatehouse-management; else nothing that needs that API',
  },
  AUTH0_MGMT_CLIENT_SECRET: { about: 'its secret', value: value.secret, isSecret: true },
  AUTH0_MGMT_DOMAIN: {
    about: "the tenant's canonical domain, where AUTH0_DOMAIN is a custom one",
    value: tenantDomain,
    default: ({ AUTH0_DOMAIN }) => AUTH0_DOMAIN,
    defaultText: '<AUTH0_DOMAIN>',
  },
  AUTH0_TOKEN_SIGNING_ALGS: {
    about: 'accepted signatures of tokens: RS256, PS256, ES256',
    value: value.someOf('RS256', 'PS256', 'ES256'),
    default: 'RS256',
  },
  AUTH0_ACCESS_TOKEN_TYP: {
    about: 'accepted typ values of access tokens',
    value: value.tokenTypes,
    default: 'JWT,at+jwt',
  },
  AUTH0_USE_PAR: {
    about: 'true pushes authorization requests to the tenant before the browser goes there (RFC 9126)',
    value: value.boolean,
    default: 'false',
  },
  PASSWORD_SIGNIN: {
    about: 'false takes signup, signin and password/* away: redirect login only (RFC 9700 section 2.4)',
    value: value.boolean,
    default: 'true',
  },
  SIGNUP_CONCEAL_EXISTING: {
    about: 'true answers the sign-up of an existing user like any other',
    value: value.boolean,
    default: 'false',
  },
  M2M_TOKEN_CACHE: {
    about: 'true keeps client-credentials tokens for the clients that earned them',
    value: value.boolean,
    default: 'true',
  },
  TENANT_TIMEOUT_MS: {
    about: 'budget of one call to the tenant',
    value: value.integer(1, 120_000),
    default: '5000',
  },

  SESSION_SECRETS: {
    about: 'comma list of secrets, each of 32 bytes or more; the first seals, all open',
    value: value.sessionSecrets,
    isSecret: true,
    defaultText: 'generated and kept in data/; required in production',
  },
  SESSION_IDLE_S: {
    about: 'how long a session lives without a request, in seconds',
    value: value.integer(1, 31_536_000),
    default: '86400',
  },
  SESSION_MAX_S: {
    about: 'how long a session lives at most, in seconds',
    value: value.integer(1, 31_536_000),
    default: '604800',
  },
  SESSION_MAX_PER_USER: {
    about: 'sessions of one user at once; the oldest end',
    value: value.integer(1, 10_000),
    default: '50',
  },
  STORE_URL: {
    about:
      'sessions and limits: sqlite:<path>, sqlite::memory:, redis://… or rediss://… (for more than one replica)',
    value: storeUrl,
    default: 'sqlite:data/gatehouse.db',
  },
  ALLOWED_ORIGINS: {
    about: 'comma list of the exact origins that may call us from a browser',
    value: origins,
    defaultText: 'none; in development also every http://localhost:<port>',
  },
  TOKEN_MODE_ORIGINS: {
    about: 'comma list of the exact origins whose pages may be handed tokens',
    value: origins,
  },

  DEFAULT_RETURN_TO: {
    about:
      'where a browser goes after a sign-in or sign-out that names no place: a path, or a URL of an allowed origin',
    value: returnTo,
    defaultText: 'the first of ALLOWED_ORIGINS, else a small page at /',
  },

  ROUTES_FILE: {
    about: 'YAML or JSON file of the routes that upstreams answer (docs/routes.schema.json)',
    value: value.path,
    defaultText: 'none',
  },
  ROUTES_MODULE: {
    about: 'module of further routes of our own: a default export of rows of defineRoute',
    value: value.path,
    defaultText: 'none',
  },

  MAX_IN_FLIGHT: {
    about: 'requests at work at once; more are answered 503',
    value: value.integer(1, 1_000_000),
    default: '1000',
  },
  ADDRESS_SHARE: {
    about: "how much one address may hold of MAX_IN_FLIGHT and of an upstream's places: above 0, at most 1",
    value: value.share,
    default: '0.25',
  },
  ADDRESS_SHARE_EXEMPT: {
    about: 'addresses and CIDR ranges that ADDRESS_SHARE does not bound: servers that call for many users',
    value: addressRanges,
    defaultText: 'none; those of TRUST_PROXY are never bounded',
  },
  SHUTDOWN_TIMEOUT_MS: {
    about: 'how long a stop waits for requests at work',
    value: value.integer(0, 600_000),
    default: '15000',
  },
  DRAIN_DELAY_MS: {
    about: 'how long a stop goes on accepting requests, for load balancers to notice',
    value: value.integer(0, 600_000),
    default: '0',
  },

  READY_NEEDS_STORE: {
    about: 'true makes /readyz 503 also while a store is down that has answered before',
    value: value.boolean,
    default: 'false',
  },

  RATE_LIMIT_ENABLED: { about: 'false lifts all rate limits', value: value.boolean, default: 'true' },
  RATE_LIMIT_SIGNIN_ACCOUNT: {
    about: 'failed sign-ins per account and address',
    value: value.rate,
    default: '10/15m',
  },
  RATE_LIMIT_SIGNIN_IP: { about: 'failed sign-ins per address', value: value.rate, default: '50/15m' },
  RATE_LIMIT_SIGNUP_IP: { about: 'sign-ups per address', value: value.rate, default: '20/1h' },
  RATE_LIMIT_CODE_ADDRESS: {
    about: 'codes and mails sent per e-mail address or phone number',
    value: value.rate,
    default: '5/1h',
  },
  RATE_LIMIT_CODE_IP: { about: 'codes and mails sent per address', value: value.rate, default: '20/1h' },
  RATE_LIMIT_CODE_VERIFY: {
    about: 'wrong codes per e-mail address, phone number or second factor',
    value: value.rate,
    default: '5/15m',
  },
  RATE_LIMIT_TOKEN_CLIENT: {
    about: 'client-credentials tokens per authenticated client',
    value: value.rate,
    default: '60/1m',
  },
  RATE_LIMIT_AUTH_IP: {
    about:
      'refreshes, exchanged codes, redirect logins, ended refresh tokens and false logout tokens per address, each by itself',
    value: value.rate,
    default: '60/1m',
  },
  RATE_LIMIT_API_CALLER: { about: 'calls of resource routes per caller', value: value.rate },

  TENANT_PORT: { about: 'where the embedded tenant listens: the port', value: value.port, default: '4400' },
  TENANT_DATA: {
    about: 'file of the embedded tenant; :memory: keeps it in memory',
    value: value.path,
    default: 'data/tenant.db',
  },
  TENANT_SEED: {
    about: 'YAML or JSON file that adds to the seed of the embedded tenant',
    value: value.path,
    defaultText: 'the built-in seed alone',
  },
  TENANT_HOST: {
    about: 'where the embedded tenant listens: the address',
    value: value.host,
    default: '127.0.0.1',
  },
  TENANT_ALLOW_REMOTE: {
    about: 'true lets TENANT_HOST be more than loopback, for a demo network; never in production',
    value: value.boolean,
    default: 'false',
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof variables;

type DefaultOf<Row> = Row extends { default: string | ((given: never) => string) } ? never : undefined;

/** The parsed values; undefined where a variable is not given and has no default. */
export type Values = {
  readonly [Name in VariableName]:
    | z.output<(typeof variables)[Name]['value']>
    | DefaultOf<(typeof variables)[Name]>;
};

/** The rows' names, in their order. */
export const variableNames = Object.keys(variables) as VariableName[];

import { toTenantOrigin } from '../lib/tenant-url.ts';
import { tenantBaseUrl, tenantDomain } from './address-schemas.ts';
import * as value from './value-schemas.ts';

/** The Auth0 tenant: its address and the gateway's access to it; and the address of the embedded tenant. */
export const TENANT_VARIABLES = {
  AUTH0_DOMAIN: {
    about:
      'Domain of the Auth0 tenant: acme.eu.auth0.com, a custom domain or localhost:4400. No scheme, but http://localhost:4400 if its issuer has http.',
    value: tenantDomain,
    defaultText: 'the embedded tenant; required in production',
  },
  AUTH0_BASE_URL: {
    about: 'URL that the gateway calls, if it is not that of the domain. Plain http on loopback only.',
    value: tenantBaseUrl,
    default: ({ AUTH0_DOMAIN }) => (AUTH0_DOMAIN === undefined ? undefined : toTenantOrigin(AUTH0_DOMAIN)),
    defaultText: 'https://<AUTH0_DOMAIN>',
  },
  AUTH0_CLIENT_ID: {
    about: 'Client ID of the Regular Web Application.',
    value: value.word,
    defaultText: 'the client of the embedded tenant; required with AUTH0_DOMAIN',
  },
  AUTH0_CLIENT_SECRET: {
    about: 'Client secret of the Regular Web Application.',
    value: value.secret,
    isSecret: true,
    defaultText:
      'the client of the embedded tenant; with AUTH0_DOMAIN, this or AUTH0_CLIENT_ASSERTION_KEY is required',
  },
  AUTH0_CLIENT_ASSERTION_KEY: {
    about: 'RSA private key in PEM for private_key_jwt, used instead of the client secret.',
    value: value.assertionKey,
    isSecret: true,
    hasLines: true,
  },
  AUTH0_API_AUDIENCE: {
    about: 'Identifier of the API whose access tokens the gateway accepts.',
    value: value.word,
    default: ({ AUTH0_DOMAIN }) => (AUTH0_DOMAIN === undefined ? 'urn:worldmappers' : undefined),
    defaultText: 'urn:worldmappers with the embedded tenant; required with AUTH0_DOMAIN',
  },
  AUTH0_API_AUDIENCES: {
    about: 'Identifiers of further APIs, separated by commas.',
    value: value.words,
  },
  AUTH0_ADMIN_AUDIENCE: {
    at: 'auth0.adminAudience',
    about: 'Identifier of the API whose permissions administrators need; it must enforce RBAC.',
    value: value.word,
    default: ({ AUTH0_DOMAIN }) => (AUTH0_DOMAIN === undefined ? 'urn:gatehouse:admin' : undefined),
    defaultText: 'urn:gatehouse:admin with the embedded tenant; otherwise there are no administration routes',
  },
  AUTH0_CONNECTION: {
    at: 'auth0.connection',
    about: 'Database connection (realm) for sign-up and sign-in.',
    value: value.word,
    default: 'Username-Password-Authentication',
  },
  AUTH0_DEFAULT_SCOPE: {
    at: 'auth0.defaultScope',
    about: 'Scope of a sign-in that requests none.',
    value: value.scope,
    defaultText: 'openid profile email offline_access and the scopes that resource routes require',
  },
  AUTH0_MGMT_CLIENT_ID: {
    about: 'Client ID of a machine-to-machine application with access to the Management API.',
    value: value.word,
    defaultText:
      'gatehouse-management with the embedded tenant; otherwise features that need the Management API are off',
  },
  AUTH0_MGMT_CLIENT_SECRET: {
    about: 'Client secret of that application.',
    value: value.secret,
    isSecret: true,
  },
  AUTH0_MGMT_DOMAIN: {
    about: 'Canonical domain of the tenant, needed where AUTH0_DOMAIN is a custom domain.',
    value: tenantDomain,
    default: ({ AUTH0_DOMAIN }) => AUTH0_DOMAIN,
    defaultText: '<AUTH0_DOMAIN>',
  },
  AUTH0_TOKEN_SIGNING_ALGS: {
    at: 'auth0.signingAlgs',
    about: 'Accepted signing algorithms of tokens, separated by commas: RS256, PS256, ES256.',
    value: value.someOf('RS256', 'PS256', 'ES256'),
    default: 'RS256',
  },
  AUTH0_ACCESS_TOKEN_TYP: {
    at: 'auth0.accessTokenTypes',
    about: 'Accepted typ headers of access tokens, separated by commas.',
    value: value.tokenTypes,
    default: 'JWT,at+jwt',
  },
  AUTH0_USE_PAR: {
    at: 'auth0.usePar',
    about: 'true: send authorization requests to the tenant first (pushed authorization requests, RFC 9126).',
    value: value.boolean,
    default: 'false',
  },
  TENANT_TIMEOUT_MS: {
    at: 'auth0.timeoutMs',
    about: 'Timeout of one call to the tenant, in milliseconds.',
    value: value.integer(1, 120_000),
    default: '5000',
  },

  TENANT_HOST: {
    at: 'tenant.host',
    about: 'Address on which the embedded tenant listens.',
    value: value.host,
    default: '127.0.0.1',
  },
  TENANT_PORT: {
    at: 'tenant.port',
    about: 'Port on which the embedded tenant listens.',
    value: value.port,
    default: '4400',
  },
  TENANT_DOMAIN: {
    at: 'tenant.domain',
    about: 'Host name in the issuer and the certificate of the embedded tenant.',
    value: value.host,
    default: 'localhost',
  },
  TENANT_SCHEME: {
    at: 'tenant.scheme',
    about: 'http: issuer and endpoints of the embedded tenant have http. Its port serves both.',
    value: value.oneOf('https', 'http'),
    default: 'https',
  },
  TENANT_DATA: {
    at: 'tenant.dataFile',
    about: 'Data file of the embedded tenant. :memory: keeps the data in memory.',
    value: value.path,
    isPath: true,
    default: 'data/tenant.db',
  },
  TENANT_SEED: {
    at: 'tenant.seedFile',
    about: 'YAML or JSON seed file for the embedded tenant, added to the built-in seed.',
    value: value.path,
    isPath: true,
    defaultText: 'the built-in seed only',
  },
  TENANT_ALLOW_REMOTE: {
    at: 'tenant.allowRemote',
    about: 'true: TENANT_HOST may be a non-loopback address, for a demo network. Not allowed in production.',
    value: value.boolean,
    default: 'false',
  },
  TENANT_CONTROL_TOKEN: {
    at: 'tenant.controlToken',
    about: 'Token for the control API and the console of the embedded tenant from other machines.',
    value: value.secret,
    isSecret: true,
    defaultText: 'a random one; set it to use them',
  },
} as const satisfies Record<string, value.Variable>;

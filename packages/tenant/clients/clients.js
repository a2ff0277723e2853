import { readFileSync } from 'node:fs';

/** What each client of a kind does; the kind is the folder of its script. */
const KINDS = {
  apis: 'an API accepts a token and refuses none, a changed one, one for another API and an ID token',
  servers: 'a web application signs a user in',
  browsers: 'a page in Chromium signs a user in, uses the access token and signs out',
};

const toRows = (kind, rows) =>
  Object.entries(rows).map(([name, more]) => ({
    name,
    kind,
    file: `${kind}/${name}.${kind === 'python' ? 'py' : 'js'}`,
    does: [KINDS[kind], more].filter(Boolean).join('; '),
    package: name === 'openid-client-5' ? 'openid-client' : name,
  }));

const npm = [
  ...toRows('apis', {
    '@fastify/jwt': 'keys by get-jwks',
    'aws-jwt-verify': '',
    'express-jwt': 'keys by jwks-rsa',
    'express-oauth2-jwt-bearer': 'by discovery',
    'fast-jwt': 'keys by get-jwks',
    'fastify-jwt-jwks': '',
    'hapi-auth-jwt2': 'keys by jwks-rsa',
    hono: 'its jwk middleware',
    jose: '',
    'jwks-rsa': 'with jsonwebtoken',
    'koa-jwt': 'keys by jwks-rsa',
    'passport-jwt': 'keys by jwks-rsa',
  }),
  ...toRows('servers', {
    '@auth0/auth0-auth-js': 'PKCE, refresh',
    '@auth0/auth0-server-js': 'PKCE, session',
    '@auth0/nextjs-auth0': 'PKCE, session',
    '@auth/core': 'PKCE, session',
    '@auth/express': 'PKCE, session',
    '@badgateway/oauth2-client': 'discovery, PKCE, refresh',
    '@fastify/oauth2': 'discovery, PKCE, refresh',
    '@hapi/bell': '',
    '@hono/auth-js': 'PKCE, session',
    '@hono/oidc-auth': 'discovery, session',
    '@okta/oidc-middleware': 'discovery, session',
    arctic: 'PKCE, refresh, revocation',
    'better-auth': 'discovery, session',
    'client-oauth2': 'refresh',
    'express-openid-connect': 'discovery, nonce, session',
    grant: 'PKCE, nonce',
    'next-auth': 'discovery, session',
    oauth4webapi: 'discovery, PKCE, nonce',
    'openid-client': 'discovery, pushed authorization request, PKCE, refresh',
    'openid-client-5': 'discovery, PKCE, refresh',
    'passport-auth0': 'session',
    'passport-oauth2': 'PKCE, session',
    'passport-openidconnect': 'session',
    'remix-auth-auth0': 'PKCE',
    'remix-auth-oauth2': 'discovery, PKCE',
    'simple-oauth2': 'refresh',
  }),
  ...toRows('browsers', {
    '@auth0/auth0-angular': 'rotating refresh tokens',
    '@auth0/auth0-react': 'rotating refresh tokens',
    '@auth0/auth0-spa-js': 'rotating refresh tokens',
    '@auth0/auth0-vue': 'rotating refresh tokens',
    '@axa-fr/oidc-client': 'refresh',
    '@openid/appauth': '',
    'angular-auth-oidc-client': 'refresh',
    'angular-oauth2-oidc': 'refresh',
    'auth0-js': 'implicit flow, checkSession in a frame',
    'oidc-client': '',
    'oidc-client-ts': 'refresh',
    'react-oauth2-code-pkce': '',
    'react-oidc-context': 'refresh',
  }),
  ...toRows('programs', {
    auth0:
      'Management API: users, roles, search; auth0/legacy: sign-up, password, refresh and revocation of tokens',
    'auth0-deploy-cli': 'exports clients, APIs and databases',
  }),
];

const debian = [
  ...toRows('programs', { curl: 'client credentials, /userinfo' }),
  ...toRows('python', {
    'python3-authlib': 'discovery, sign-in with PKCE, keys, refresh',
    'python3-jwt': 'verifies a token with PyJWKClient',
    'python3-requests-oauthlib': 'sign-in, refresh',
  }),
].map((client) => ({ ...client, debian: client.name }));

/** The clients: a name, the kind, the script, what it does, the package, and the Debian package of those not from npm. */
export const CLIENTS = [...npm, ...debian];

const { packages } = JSON.parse(readFileSync(new URL('package-lock.json', import.meta.url), 'utf8'));

/** The version of a client from npm, as the lock file has it. */
export const versionOf = ({ name }) => packages[`node_modules/${name}`]?.version;

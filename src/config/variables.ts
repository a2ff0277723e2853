import type { z } from 'zod';
import { addressRanges, origin, origins, returnTo, serverUrl, trustProxy } from './address-schemas.ts';
import { storeUrl } from './store-url.ts';
import { TENANT_VARIABLES } from './tenant-variables.ts';
import * as value from './value-schemas.ts';
import { worldMappersVariables } from './world-mappers-variables.ts';

/** Every environment variable of the gateway and its tenant, in the order of `.env.example`. */
export const VARIABLES = {
  NODE_ENV: {
    about: 'production refuses the embedded tenant, plain http and missing or weak secrets.',
    value: value.oneOf('development', 'production', 'test'),
    default: 'development',
  },
  HOST: {
    at: 'host',
    about: 'Address on which the gateway listens.',
    value: value.host,
    default: '127.0.0.1',
  },
  PORT: {
    at: 'port',
    about: 'Port on which the gateway listens. 0 takes any free port.',
    value: value.port,
    default: '3000',
  },
  PUBLIC_URL: {
    at: 'publicUrl',
    about: 'Origin under which browsers reach the gateway. https in production.',
    value: origin,
    default: ({ PORT = '' }) => (PORT === '80' ? 'http://localhost' : `http://localhost:${PORT}`),
    defaultText: 'http://localhost:<PORT>',
  },
  ADMIN_HOST: {
    at: 'admin.host',
    about: 'Address of the metrics server.',
    value: value.host,
    default: '127.0.0.1',
  },
  ADMIN_PORT: {
    at: 'admin.port',
    about: 'Port of the metrics server.',
    value: value.port,
    default: '9464',
  },
  OTEL_EXPORTER_OTLP_ENDPOINT: {
    about:
      'URL of an OpenTelemetry collector (OTLP over HTTP): sends a trace of each request. Other OTEL_* variables have their standard meaning.',
    value: serverUrl,
    defaultText: 'none, no traces',
  },
  LOG_LEVEL: {
    at: 'logLevel',
    about: 'Minimum log level: fatal, error, warn, info, debug, trace or silent.',
    value: value.oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    default: 'info',
  },
  TRUST_PROXY: {
    at: 'trustProxy',
    about:
      'Trusted proxies, whose X-Forwarded-* headers are used: CIDR ranges, the number of proxies, or none.',
    value: trustProxy,
    defaultText: 'none; required in production',
  },
  HSTS_INCLUDE_SUBDOMAINS: {
    at: 'hstsIncludeSubDomains',
    about: 'true: Strict-Transport-Security covers subdomains too (RFC 6797 includeSubDomains).',
    value: value.boolean,
    default: 'false',
  },

  ...TENANT_VARIABLES,

  PASSWORD_SIGNIN: {
    at: 'passwordSignin',
    about: 'false: no signup, signin and password/* endpoints, redirect login only (RFC 9700 section 2.4).',
    value: value.boolean,
    default: 'true',
  },
  SIGNUP_CONCEAL_EXISTING: {
    at: 'signupConcealExisting',
    about: 'true: the sign-up of an existing user gets the same response as any other sign-up.',
    value: value.boolean,
    default: 'false',
  },
  M2M_TOKEN_CACHE: {
    at: 'm2mTokenCache',
    about: 'true: cache the access tokens of the client credentials grant, per client.',
    value: value.boolean,
    default: 'true',
  },

  SESSION_SECRETS: {
    at: 'sessionSecrets',
    about: 'Secrets of 32 bytes or more, separated by commas. The first encrypts, all decrypt.',
    value: value.sessionSecrets,
    isSecret: true,
    defaultText: 'generated and kept in data/; required in production',
  },
  SESSION_IDLE_S: {
    at: 'session.idleS',
    about: 'Idle timeout of a session, in seconds.',
    value: value.integer(1, 31_536_000),
    default: '86400',
  },
  SESSION_MAX_S: {
    at: 'session.maxS',
    about: 'Maximum lifetime of a session, in seconds.',
    value: value.integer(1, 31_536_000),
    default: '604800',
  },
  SESSION_MAX_PER_USER: {
    at: 'session.maxPerUser',
    about: 'Maximum number of sessions of one user. A further sign-in ends the oldest session.',
    value: value.integer(1, 10_000),
    default: '50',
  },
  STORE_URL: {
    about:
      'Store of sessions and rate limits: sqlite:<path>, sqlite::memory:, redis://…, rediss://…, redis+sentinel://… or redis+cluster://…. Several replicas need Redis.',
    value: storeUrl,
    default: 'sqlite:data/gatehouse.db',
  },
  ALLOWED_ORIGINS: {
    at: 'allowedOrigins',
    about: 'Exact origins that may call the gateway from a browser, separated by commas.',
    value: origins,
    isList: true,
    defaultText: 'none; in development also every http://localhost:<port>',
  },
  TOKEN_MODE_ORIGINS: {
    at: 'tokenModeOrigins',
    about: 'Exact origins whose pages may receive tokens, separated by commas.',
    value: origins,
    isList: true,
  },
  DEFAULT_RETURN_TO: {
    at: 'defaultReturnTo',
    about:
      'Where a browser goes after a sign-in or sign-out without return_to: a path, or a URL of an allowed origin.',
    value: returnTo,
    defaultText: 'the first of ALLOWED_ORIGINS, else a small page at /',
  },

  ROUTES_FILE: {
    at: 'routesFile',
    about: 'YAML or JSON file with routes to upstream services (schema: docs/routes.schema.json).',
    value: value.path,
    isPath: true,
    defaultText: 'none',
  },
  ROUTES_MODULE: {
    at: 'routesModule',
    about: 'JavaScript or TypeScript module whose default export is a list of routes made with defineRoute.',
    value: value.path,
    isPath: true,
    defaultText: 'none',
  },

  ...worldMappersVariables,

  MAX_IN_FLIGHT: {
    at: 'maxInFlight',
    about: 'Maximum number of concurrent requests. Further requests are answered 503.',
    value: value.integer(1, 1_000_000),
    default: '1000',
  },
  ADDRESS_SHARE: {
    at: 'addressShare',
    about:
      'Share of MAX_IN_FLIGHT and of the connections to one upstream that one client address may use: above 0, at most 1.',
    value: value.share,
    default: '0.25',
  },
  ADDRESS_SHARE_EXEMPT: {
    at: 'addressShareExempt',
    about:
      'Addresses and CIDR ranges without the limit of ADDRESS_SHARE, such as servers that call for many users.',
    value: addressRanges,
    isList: true,
    defaultText: 'none; those of TRUST_PROXY are always exempt',
  },
  SHUTDOWN_TIMEOUT_MS: {
    at: 'shutdownTimeoutMs',
    about: 'How long a shutdown waits for running requests, in milliseconds.',
    value: value.integer(0, 600_000),
    default: '15000',
  },
  DRAIN_DELAY_MS: {
    at: 'drainDelayMs',
    about:
      'How long the gateway keeps accepting requests after a stop signal, in milliseconds, so that load balancers notice.',
    value: value.integer(0, 600_000),
    default: '0',
  },
  READY_NEEDS_STORE: {
    at: 'readyNeedsStore',
    about: 'true: /readyz also answers 503 when the store fails after a successful start.',
    value: value.boolean,
    default: 'false',
  },

  REVOCATION_FEED: {
    at: 'revocation.feed',
    about:
      "How users, sessions and clients that end at the tenant end here: logs reads the tenant's log, events its event stream as well, off neither.",
    value: value.oneOf('off', 'logs', 'events'),
    defaultText: 'logs where a Management API client is configured that has read:logs',
  },
  REVOCATION_POLL_S: {
    at: 'revocation.pollS',
    about: "How often the tenant's log is read, in seconds.",
    value: value.integer(1, 60),
    default: '3',
  },

  RATE_LIMIT_ENABLED: {
    about: 'false: turn all rate limits off.',
    value: value.boolean,
    default: 'true',
  },
  RATE_LIMIT_SIGNIN_ACCOUNT: {
    at: 'rateLimits.signinAccount',
    about: 'Failed sign-ins per account and address.',
    value: value.rate,
    default: '10/15m',
  },
  RATE_LIMIT_SIGNIN_IP: {
    at: 'rateLimits.signinIp',
    about: 'Failed sign-ins per address.',
    value: value.rate,
    default: '50/15m',
  },
  RATE_LIMIT_SIGNUP_IP: {
    at: 'rateLimits.signupIp',
    about: 'Sign-ups per address.',
    value: value.rate,
    default: '20/1h',
  },
  RATE_LIMIT_CODE_ADDRESS: {
    at: 'rateLimits.codeAddress',
    about: 'Codes and mails sent per e-mail address or phone number.',
    value: value.rate,
    default: '5/1h',
  },
  RATE_LIMIT_CODE_IP: {
    at: 'rateLimits.codeIp',
    about: 'Codes and mails sent per client address.',
    value: value.rate,
    default: '20/1h',
  },
  RATE_LIMIT_CODE_VERIFY: {
    at: 'rateLimits.codeVerify',
    about: 'Wrong codes per e-mail address, phone number or second factor.',
    value: value.rate,
    default: '5/15m',
  },
  RATE_LIMIT_TOKEN_CLIENT: {
    at: 'rateLimits.tokenClient',
    about: 'Tokens of the client credentials grant per client.',
    value: value.rate,
    default: '60/1m',
  },
  RATE_LIMIT_AUTH_IP: {
    at: 'rateLimits.authIp',
    about:
      'Token refreshes, code exchanges, redirect logins, token revocations and invalid logout tokens per address, each counted separately.',
    value: value.rate,
    default: '60/1m',
  },
  RATE_LIMIT_API_CALLER: {
    at: 'rateLimits.apiCaller',
    about: 'Calls of resource routes per caller.',
    value: value.rate,
    defaultText: 'no limit',
  },
} as const satisfies Record<string, value.Variable>;

export type VariableName = keyof typeof VARIABLES;

type DefaultOf<Row> = Row extends { default: string | ((given: never) => string) } ? never : undefined;

/** The parsed values; undefined where a variable is not given and has no default. */
export type Values = {
  readonly [Name in VariableName]:
    | z.output<(typeof VARIABLES)[Name]['value']>
    | DefaultOf<(typeof VARIABLES)[Name]>;
};

/** The rows' names, in their order. */
export const VARIABLE_NAMES = Object.keys(VARIABLES) as VariableName[];

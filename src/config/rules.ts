import { isLoopback } from '../lib/address.ts';
import { toTenantOrigin } from '../lib/tenant-url.ts';
import { isRepetition } from './value-schemas.ts';
import type { Values, VariableName } from './variables.ts';

/** Input of the rules: the values that could be parsed, and which variables are given. */
export interface RuleInput {
  readonly values: Partial<Values>;
  isGiven(name: VariableName): boolean;
}

/** A check of several variables together. */
export interface Rule {
  readonly name: VariableName;
  isBroken(input: RuleInput): boolean;
  readonly wanted: string;
}

const isProduction = ({ values }: RuleInput): boolean => values.NODE_ENV === 'production';
const needsClient = (input: RuleInput): boolean => isProduction(input) || input.isGiven('AUTH0_DOMAIN');
const isEmbedded = (input: RuleInput): boolean => !needsClient(input);

/** Whether a domain means this machine: any local program could issue its tokens. */
const isLocalDomain = (domain: string | undefined): boolean => {
  if (domain === undefined) return false;
  const { hostname } = new URL(toTenantOrigin(domain));
  return isLoopback(hostname) || ['0.0.0.0', '[::]'].includes(hostname);
};

/** Whether pages of an origin can be changed in transit. */
const isOpenHttp = (origin: string): boolean =>
  origin.startsWith('http:') && !isLoopback(new URL(origin).hostname);

const GOES_WITH_DOMAIN = 'AUTH0_DOMAIN to be set too: without it, the embedded tenant is used';
const REAL_SECRET = 'a random secret in production, not a short text repeated';
const HTTPS_ORIGINS = 'https origins in production: pages loaded over http can be changed in transit';

export const RULES: readonly Rule[] = [
  {
    name: 'PUBLIC_URL',
    isBroken: (input) =>
      isProduction(input) &&
      (!input.isGiven('PUBLIC_URL') || input.values.PUBLIC_URL?.startsWith('http:') === true),
    wanted: 'an https origin in production',
  },
  {
    name: 'PUBLIC_URL',
    isBroken: (input) =>
      !isProduction(input) &&
      input.values.PUBLIC_URL?.startsWith('http:') === true &&
      !isLoopback(new URL(input.values.PUBLIC_URL).hostname),
    wanted: 'an https origin, or an http origin on loopback: elsewhere session cookies need https',
  },
  {
    name: 'AUTH0_DOMAIN',
    isBroken: (input) => isProduction(input) && !input.isGiven('AUTH0_DOMAIN'),
    wanted: 'the domain of the tenant: the embedded tenant does not run in production',
  },
  {
    name: 'AUTH0_DOMAIN',
    isBroken: (input) => isProduction(input) && isLocalDomain(input.values.AUTH0_DOMAIN),
    wanted: 'the domain of a tenant on another machine in production',
  },
  {
    name: 'AUTH0_BASE_URL',
    isBroken: (input) => isEmbedded(input) && input.isGiven('AUTH0_BASE_URL'),
    wanted: GOES_WITH_DOMAIN,
  },
  {
    name: 'AUTH0_CLIENT_ID',
    isBroken: (input) => needsClient(input) && !input.isGiven('AUTH0_CLIENT_ID'),
    wanted: 'the client id of the Regular Web Application',
  },
  {
    name: 'AUTH0_CLIENT_SECRET',
    isBroken: (input) =>
      needsClient(input) &&
      !input.isGiven('AUTH0_CLIENT_SECRET') &&
      !input.isGiven('AUTH0_CLIENT_ASSERTION_KEY'),
    wanted: "the application's secret, or AUTH0_CLIENT_ASSERTION_KEY",
  },
  {
    name: 'AUTH0_CLIENT_ASSERTION_KEY',
    isBroken: (input) => input.isGiven('AUTH0_CLIENT_SECRET') && input.isGiven('AUTH0_CLIENT_ASSERTION_KEY'),
    wanted: 'either this or AUTH0_CLIENT_SECRET, not both',
  },
  {
    name: 'AUTH0_CLIENT_ASSERTION_KEY',
    isBroken: (input) => isEmbedded(input) && input.isGiven('AUTH0_CLIENT_ASSERTION_KEY'),
    wanted: GOES_WITH_DOMAIN,
  },
  {
    name: 'AUTH0_API_AUDIENCE',
    isBroken: (input) => needsClient(input) && !input.isGiven('AUTH0_API_AUDIENCE'),
    wanted: 'the identifier of the API',
  },
  {
    name: 'AUTH0_API_AUDIENCE',
    // The machine clients of customers are granted what this API offers.
    isBroken: ({ values: { AUTH0_API_AUDIENCE: audience } }) =>
      audience !== undefined && /^https:\/\/[^/]+\/api\/v2\/?$/.test(audience),
    wanted: 'the identifier of an API of your own, not that of the Management API',
  },
  {
    name: 'AUTH0_ADMIN_AUDIENCE',
    isBroken: ({ values: { AUTH0_ADMIN_AUDIENCE: admin, AUTH0_API_AUDIENCE, AUTH0_API_AUDIENCES = [] } }) =>
      admin !== undefined && [AUTH0_API_AUDIENCE, ...AUTH0_API_AUDIENCES].includes(admin),
    wanted: 'an API of its own, not AUTH0_API_AUDIENCE or one of AUTH0_API_AUDIENCES',
  },
  {
    name: 'AUTH0_MGMT_CLIENT_ID',
    isBroken: (input) => input.isGiven('AUTH0_MGMT_CLIENT_SECRET') && !input.isGiven('AUTH0_MGMT_CLIENT_ID'),
    wanted: 'the client id that goes with AUTH0_MGMT_CLIENT_SECRET',
  },
  {
    name: 'AUTH0_MGMT_CLIENT_SECRET',
    isBroken: (input) => input.isGiven('AUTH0_MGMT_CLIENT_ID') && !input.isGiven('AUTH0_MGMT_CLIENT_SECRET'),
    wanted: 'the secret that goes with AUTH0_MGMT_CLIENT_ID',
  },
  {
    name: 'AUTH0_MGMT_DOMAIN',
    isBroken: (input) => isEmbedded(input) && input.isGiven('AUTH0_MGMT_DOMAIN'),
    wanted: GOES_WITH_DOMAIN,
  },
  {
    name: 'AUTH0_MGMT_DOMAIN',
    isBroken: (input) =>
      isProduction(input) &&
      input.isGiven('AUTH0_MGMT_DOMAIN') &&
      isLocalDomain(input.values.AUTH0_MGMT_DOMAIN),
    wanted: 'the domain of a tenant on another machine in production',
  },
  {
    name: 'REVOCATION_FEED',
    isBroken: (input) =>
      needsClient(input) &&
      ['logs', 'events'].includes(input.values.REVOCATION_FEED ?? 'off') &&
      !input.isGiven('AUTH0_MGMT_CLIENT_ID'),
    wanted: 'off, or AUTH0_MGMT_CLIENT_ID to be set too: the log is read through the Management API',
  },
  {
    name: 'SESSION_SECRETS',
    isBroken: (input) => isProduction(input) && !input.isGiven('SESSION_SECRETS'),
    wanted: 'a comma list of secrets, each of at least 32 bytes: none is generated in production',
  },
  ...(['AUTH0_CLIENT_SECRET', 'AUTH0_MGMT_CLIENT_SECRET', 'SESSION_SECRETS'] as const).map(
    (name): Rule => ({
      name,
      isBroken: (input) => isProduction(input) && [input.values[name] ?? []].flat().some(isRepetition),
      wanted: REAL_SECRET,
    }),
  ),
  {
    name: 'TRUST_PROXY',
    isBroken: (input) => isProduction(input) && !input.isGiven('TRUST_PROXY'),
    wanted:
      'the proxy that terminates TLS for PUBLIC_URL, as an address, a CIDR range or a number of proxies, or none: without it, all callers share the rate limits of one address',
  },
  ...(['ALLOWED_ORIGINS', 'TOKEN_MODE_ORIGINS'] as const).map(
    (name): Rule => ({
      name,
      isBroken: (input) => isProduction(input) && (input.values[name] ?? []).some(isOpenHttp),
      wanted: HTTPS_ORIGINS,
    }),
  ),
  {
    name: 'DEFAULT_RETURN_TO',
    isBroken: ({ values: { DEFAULT_RETURN_TO: url, PUBLIC_URL, ALLOWED_ORIGINS = [] } }) =>
      url !== undefined &&
      PUBLIC_URL !== undefined &&
      !url.startsWith('/') &&
      ![PUBLIC_URL, ...ALLOWED_ORIGINS].includes(new URL(url).origin),
    wanted: 'a path, or a URL whose origin is PUBLIC_URL or in ALLOWED_ORIGINS',
  },
  ...(['GEOCODER', 'DIRECTIONS'] as const).flatMap((engine): Rule[] => {
    const [url, kind] = [`${engine}_URL`, `${engine}_KIND`] as const;
    return [
      {
        name: kind,
        isBroken: (input) => input.isGiven(url) && !input.isGiven(kind),
        wanted: `the kind of server that ${url} names`,
      },
      {
        name: url,
        isBroken: (input) => input.isGiven(kind) && !input.isGiven(url),
        wanted: `the URL of the server that ${kind} describes`,
      },
    ];
  }),
  {
    name: 'TENANT_HOST',
    isBroken: ({ values }) =>
      values.TENANT_HOST !== undefined &&
      !isLoopback(values.TENANT_HOST) &&
      values.TENANT_ALLOW_REMOTE === false,
    wanted: 'a loopback address, or TENANT_ALLOW_REMOTE=true on a demo network',
  },
  {
    name: 'TENANT_ALLOW_REMOTE',
    isBroken: (input) => isProduction(input) && input.values.TENANT_ALLOW_REMOTE === true,
    wanted: 'false in production',
  },
  {
    name: 'DRAIN_DELAY_MS',
    isBroken: ({ values: { DRAIN_DELAY_MS: delay = 0, SHUTDOWN_TIMEOUT_MS: timeout = Infinity } }) =>
      delay >= timeout,
    wanted: 'less than SHUTDOWN_TIMEOUT_MS: otherwise every shutdown is forced',
  },
];

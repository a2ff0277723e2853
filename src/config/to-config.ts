import { resolve } from 'node:path';
import type {
  Config,
  EmbeddedTenant,
  ManagementClient,
  RateLimits,
  RemoteTenant,
  TenantSettings,
} from './config.ts';
import type { StoreLocation } from './store-url.ts';
import type { Values } from './variables.ts';

/** Freezes a tree of plain objects and arrays. */
function deepFreeze<T>(tree: T): T {
  if (typeof tree === 'object' && tree !== null && !Object.isFrozen(tree)) {
    Object.freeze(tree);
    Object.values(tree).forEach(deepFreeze);
  }
  return tree;
}

const toStore = (store: StoreLocation, cwd: string): StoreLocation =>
  store.kind === 'sqlite' && store.file !== ':memory:' ? { ...store, file: resolve(cwd, store.file) } : store;

export function toTenantSettings(values: Values, cwd: string): TenantSettings {
  const { TENANT_DATA: data, TENANT_SEED: seed } = values;
  return {
    host: values.TENANT_HOST,
    port: values.TENANT_PORT,
    dataFile: data === ':memory:' ? data : resolve(cwd, data),
    allowRemote: values.TENANT_ALLOW_REMOTE,
    ...(seed !== undefined && { seedFile: resolve(cwd, seed) }),
  };
}

function toRemoteTenant(values: Values, domain: string): RemoteTenant {
  const { AUTH0_CLIENT_SECRET: clientSecret, AUTH0_CLIENT_ASSERTION_KEY: clientAssertionKey } = values;
  return {
    kind: 'remote',
    domain,
    issuer: `https://${domain}/`,
    baseUrl: must(values.AUTH0_BASE_URL),
    clientId: must(values.AUTH0_CLIENT_ID),
    management: toManagementClient(values),
    ...(clientAssertionKey === undefined ? { clientSecret: must(clientSecret) } : { clientAssertionKey }),
  };
}

/** Undefined where no machine client is given. */
export function toManagementClient(values: Partial<Values>): ManagementClient | undefined {
  const {
    AUTH0_MGMT_DOMAIN: domain,
    AUTH0_MGMT_CLIENT_ID: clientId,
    AUTH0_MGMT_CLIENT_SECRET: clientSecret,
  } = values;
  if (domain === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  // AUTH0_BASE_URL is where AUTH0_DOMAIN is reached; another domain has an address of its own.
  const baseUrl = domain === values.AUTH0_DOMAIN ? values.AUTH0_BASE_URL : undefined;
  return { domain, baseUrl: baseUrl ?? `https://${domain}`, clientId, clientSecret };
}

const toEmbeddedTenant = (values: Values, cwd: string): EmbeddedTenant => ({
  kind: 'embedded',
  ...toTenantSettings(values, cwd),
  clientId: values.AUTH0_CLIENT_ID,
  clientSecret: values.AUTH0_CLIENT_SECRET,
});

const toRateLimits = (values: Values): RateLimits => ({
  signinAccount: values.RATE_LIMIT_SIGNIN_ACCOUNT,
  signinIp: values.RATE_LIMIT_SIGNIN_IP,
  signupIp: values.RATE_LIMIT_SIGNUP_IP,
  codeAddress: values.RATE_LIMIT_CODE_ADDRESS,
  codeIp: values.RATE_LIMIT_CODE_IP,
  codeVerify: values.RATE_LIMIT_CODE_VERIFY,
  tokenClient: values.RATE_LIMIT_TOKEN_CLIENT,
  authIp: values.RATE_LIMIT_AUTH_IP,
  apiCaller: values.RATE_LIMIT_API_CALLER,
});

/** Where the operator's routes are, as absolute paths. */
export function toRoutesSources(
  values: Partial<Values>,
  cwd: string,
): Pick<Config, 'routesFile' | 'routesModule'> {
  const toPath = (given: string | undefined) => (given === undefined ? undefined : resolve(cwd, given));
  return { routesFile: toPath(values.ROUTES_FILE), routesModule: toPath(values.ROUTES_MODULE) };
}

/** The files that sound variables name, whatever is wrong with the others. */
export interface NamedFiles extends Pick<Config, 'routesFile' | 'routesModule'> {
  /** Absolute paths of SQLite files, by the variable that names them. */
  readonly databases: Readonly<Partial<Record<'STORE_URL' | 'TENANT_DATA', string>>>;
}

/** The files to look at before a start; the tenant's only where it is the embedded one. */
export function toNamedFiles(values: Partial<Values>, cwd: string): NamedFiles {
  const { STORE_URL: store, TENANT_DATA: data, AUTH0_DOMAIN: domain } = values;
  const isFile = (file: string | undefined): file is string => file !== undefined && file !== ':memory:';
  const storeFile = store?.kind === 'sqlite' ? store.file : undefined;
  const tenantFile = domain === undefined ? data : undefined;
  return {
    ...toRoutesSources(values, cwd),
    databases: {
      ...(isFile(storeFile) && { STORE_URL: resolve(cwd, storeFile) }),
      ...(isFile(tenantFile) && { TENANT_DATA: resolve(cwd, tenantFile) }),
    },
  };
}

/** Values that broke no rule, as the rooms want them. Relative paths are taken from `cwd`. */
export function toConfig(values: Values, cwd: string): Config {
  const production = values.NODE_ENV === 'production';
  const domain = values.AUTH0_DOMAIN;
  const apiAudience = must(values.AUTH0_API_AUDIENCE);
  return deepFreeze({
    production,
    host: values.HOST,
    port: values.PORT,
    publicUrl: values.PUBLIC_URL,
    admin: { host: values.ADMIN_HOST, port: values.ADMIN_PORT },
    logLevel: values.LOG_LEVEL,
    trustProxy: values.TRUST_PROXY,
    hstsIncludeSubDomains: values.HSTS_INCLUDE_SUBDOMAINS,
    auth0: {
      tenant: domain === undefined ? toEmbeddedTenant(values, cwd) : toRemoteTenant(values, domain),
      timeoutMs: values.TENANT_TIMEOUT_MS,
      connection: values.AUTH0_CONNECTION,
      defaultScope: values.AUTH0_DEFAULT_SCOPE,
      apiAudience,
      apiAudiences: [...new Set([apiAudience, ...(values.AUTH0_API_AUDIENCES ?? [])])],
      signingAlgs: values.AUTH0_TOKEN_SIGNING_ALGS,
      accessTokenTypes: values.AUTH0_ACCESS_TOKEN_TYP,
      usePar: values.AUTH0_USE_PAR,
    },
    passwordSignin: values.PASSWORD_SIGNIN,
    signupConcealExisting: values.SIGNUP_CONCEAL_EXISTING,
    m2mTokenCache: values.M2M_TOKEN_CACHE,
    sessionSecrets: values.SESSION_SECRETS,
    session: {
      idleS: values.SESSION_IDLE_S,
      maxS: values.SESSION_MAX_S,
      maxPerUser: values.SESSION_MAX_PER_USER,
    },
    store: toStore(values.STORE_URL, cwd),
    allowedOrigins: values.ALLOWED_ORIGINS ?? [],
    allowLocalhostOrigins: !production,
    tokenModeOrigins: values.TOKEN_MODE_ORIGINS ?? [],
    defaultReturnTo: values.DEFAULT_RETURN_TO,
    ...toRoutesSources(values, cwd),
    maxInFlight: values.MAX_IN_FLIGHT,
    addressShare: values.ADDRESS_SHARE,
    addressShareExempt: values.ADDRESS_SHARE_EXEMPT ?? [],
    shutdownTimeoutMs: values.SHUTDOWN_TIMEOUT_MS,
    drainDelayMs: values.DRAIN_DELAY_MS,
    readyNeedsStore: values.READY_NEEDS_STORE,
    rateLimits: values.RATE_LIMIT_ENABLED ? toRateLimits(values) : undefined,
  });
}

/** What the rules have made sure of. */
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a rule of the configuration is missing');
  return value;
}

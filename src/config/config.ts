import { resolve } from 'node:path';
import { toIssuer, toTenantOrigin } from '../lib/tenant-url.ts';
import type { StoreLocation } from './store-url.ts';
import type { Variable } from './value-schemas.ts';
import { VARIABLE_NAMES, VARIABLES, type Values, type VariableName } from './variables.ts';

/** The values of all rows that say where they stand, by that path. */
type Placed = {
  readonly [Name in VariableName as (typeof VARIABLES)[Name] extends { at: infer At extends string }
    ? At
    : never]: (typeof VARIABLES)[Name] extends { isList: true } ? ListOf<Values[Name]> : Values[Name];
};

type ListOf<Value> = Value extends readonly (infer Item)[] ? readonly Item[] : never;

type TopLevel = {
  readonly [At in keyof Placed as At extends `${string}.${string}` ? never : At]: Placed[At];
};

type Group<Name extends string> = {
  readonly [At in keyof Placed as At extends `${Name}.${infer Key}` ? Key : never]: Placed[At];
};

type GroupName = keyof { [At in keyof Placed as At extends `${infer Name}.${string}` ? Name : never]: true };

type Tree = TopLevel & { readonly [Name in GroupName]: Group<Name> };

/** Where the embedded tenant listens and keeps its data. */
export interface TenantSettings extends Omit<Group<'tenant'>, 'seedFile' | 'controlToken'> {
  readonly seedFile?: string;
  readonly controlToken?: string;
}

/** How the web application authenticates: with exactly one of the two. */
type ClientCredential =
  | { readonly clientSecret: string; readonly clientAssertionKey?: undefined }
  | { readonly clientSecret?: undefined; readonly clientAssertionKey: string };

/** A tenant that runs elsewhere. */
type RemoteTenant = ClientCredential & {
  readonly kind: 'remote';
  /** Host, with the port if there is one, and with `http://` if its issuer has it. */
  readonly domain: string;
  /** `https://<domain>/` */
  readonly issuer: string;
  /** The origin that is called. */
  readonly baseUrl: string;
  readonly clientId: string;
  /** The machine client of the Management API; undefined: nothing that needs that API exists. */
  readonly management: ManagementClient | undefined;
};

/** The machine client for the Management API, and its address. */
export interface ManagementClient {
  /** The canonical domain. */
  readonly domain: string;
  /** The origin that is called. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** The tenant inside this process. Its issuer and, where unset, its client are known when it runs. */
interface EmbeddedTenant extends TenantSettings {
  readonly kind: 'embedded';
  readonly clientId: string | undefined;
  readonly clientSecret: string | undefined;
}

/** The resolved configuration; deep-frozen. Most properties are values of variables: see `at` in their rows. */
export interface Config
  extends TopLevel,
    Pick<Tree, 'admin' | 'session' | 'geocoder' | 'directions' | 'revocation'> {
  readonly production: boolean;
  readonly auth0: Group<'auth0'> & {
    readonly tenant: RemoteTenant | EmbeddedTenant;
    readonly apiAudience: string;
    /** All accepted audiences, `apiAudience` first, without doubles. */
    readonly apiAudiences: readonly string[];
  };
  /** Paths of files are absolute, or `:memory:`. */
  readonly store: StoreLocation;
  /** Development: every `http://localhost:<port>` counts as allowed too. */
  readonly allowLocalhostOrigins: boolean;
  /** Undefined: switched off. */
  readonly rateLimits: Group<'rateLimits'> | undefined;
}

const MEMORY = ':memory:';

const toAbsolute = (file: string, cwd: string): string => (file === MEMORY ? file : resolve(cwd, file));

/** The values at the places that their rows name; relative paths start from `cwd`. Values with faults are undefined. */
function toTree(values: Partial<Values>, cwd: string): Tree {
  const tree: Record<string, unknown> = {};
  for (const name of VARIABLE_NAMES) {
    const row: Variable = VARIABLES[name];
    if (row.at === undefined) continue;
    const value = values[name] ?? (row.isList && []);
    const placed = row.isPath && typeof value === 'string' ? toAbsolute(value, cwd) : value;
    const [first = '', key] = row.at.split('.');
    if (key === undefined) tree[first] = placed;
    else tree[first] = { ...(tree[first] as object | undefined), [key]: placed };
  }
  // The type is made of the same rows.
  return tree as Tree;
}

/** Freezes a tree of plain objects and arrays. */
function deepFreeze<T>(tree: T): T {
  if (typeof tree === 'object' && tree !== null && !Object.isFrozen(tree)) {
    Object.freeze(tree);
    Object.values(tree).forEach(deepFreeze);
  }
  return tree;
}

/** A value that the rules guarantee. */
function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('a validation rule of the configuration is missing');
  return value;
}

function toStore(store: StoreLocation, cwd: string): StoreLocation {
  if (store.kind === 'sqlite') return { ...store, file: toAbsolute(store.file, cwd) };
  if (store.kind !== 'sentinel' || store.sentinelPasswordFile === undefined) return store;
  return { ...store, sentinelPasswordFile: resolve(cwd, store.sentinelPasswordFile) };
}

export function toTenantSettings(values: Values, cwd: string): TenantSettings {
  const { seedFile, controlToken, ...settings } = toTree(values, cwd).tenant;
  return {
    ...settings,
    ...(seedFile !== undefined && { seedFile }),
    ...(controlToken !== undefined && { controlToken }),
  };
}

/** Undefined without a machine client. */
export function toManagementClient(values: Partial<Values>): ManagementClient | undefined {
  const {
    AUTH0_MGMT_DOMAIN: domain,
    AUTH0_MGMT_CLIENT_ID: clientId,
    AUTH0_MGMT_CLIENT_SECRET: clientSecret,
  } = values;
  if (domain === undefined || clientId === undefined || clientSecret === undefined) return undefined;
  // AUTH0_BASE_URL is the URL of AUTH0_DOMAIN; a different domain has a different URL.
  const baseUrl = domain === values.AUTH0_DOMAIN ? values.AUTH0_BASE_URL : undefined;
  return { domain, baseUrl: baseUrl ?? toTenantOrigin(domain), clientId, clientSecret };
}

function toTenant(values: Values, cwd: string): RemoteTenant | EmbeddedTenant {
  const {
    AUTH0_DOMAIN: domain,
    AUTH0_CLIENT_ID: clientId,
    AUTH0_CLIENT_SECRET: clientSecret,
    AUTH0_CLIENT_ASSERTION_KEY: clientAssertionKey,
  } = values;
  if (domain === undefined)
    return { kind: 'embedded', ...toTenantSettings(values, cwd), clientId, clientSecret };
  return {
    kind: 'remote',
    domain,
    issuer: toIssuer(domain),
    baseUrl: must(values.AUTH0_BASE_URL),
    clientId: must(clientId),
    management: toManagementClient(values),
    ...(clientAssertionKey === undefined ? { clientSecret: must(clientSecret) } : { clientAssertionKey }),
  };
}

/** The configuration of values that broke no rule. Relative paths start from `cwd`. */
export function toConfig(values: Values, cwd: string): Config {
  const production = values.NODE_ENV === 'production';
  const apiAudience = must(values.AUTH0_API_AUDIENCE);
  const { auth0, rateLimits, tenant: _, ...rest } = toTree(values, cwd);
  return deepFreeze({
    ...rest,
    production,
    auth0: {
      ...auth0,
      tenant: toTenant(values, cwd),
      apiAudience,
      apiAudiences: [...new Set([apiAudience, ...(values.AUTH0_API_AUDIENCES ?? [])])],
    },
    store: toStore(values.STORE_URL, cwd),
    allowLocalhostOrigins: !production,
    rateLimits: values.RATE_LIMIT_ENABLED ? rateLimits : undefined,
  });
}

/** The files of the operator's routes, as absolute paths. */
export type RoutesSources = Pick<Config, 'routesFile' | 'routesModule'>;

export function toRoutesSources(values: Partial<Values>, cwd: string): RoutesSources {
  const { routesFile, routesModule } = toTree(values, cwd);
  return { routesFile, routesModule };
}

/** The files that variables without faults name. */
export interface NamedFiles extends RoutesSources {
  /** The extract of DIRECTIONS_OSM_FILE, as an absolute path. */
  readonly osmFile: string | undefined;
  /** Absolute paths of SQLite files, by the variable that names them. */
  readonly databases: Readonly<Partial<Record<'STORE_URL' | 'TENANT_DATA', string>>>;
  /** The file with the password of the sentinels of STORE_URL, as an absolute path. */
  readonly sentinelPasswordFile: string | undefined;
}

/** The files to check before a start; those of the tenant only if it is embedded. */
export function toNamedFiles(values: Partial<Values>, cwd: string): NamedFiles {
  const { STORE_URL: store, TENANT_DATA: data, AUTH0_DOMAIN: domain } = values;
  const isFile = (file: string | undefined): file is string => file !== undefined && file !== MEMORY;
  const storeFile = store?.kind === 'sqlite' ? store.file : undefined;
  const passwordFile = store?.kind === 'sentinel' ? store.sentinelPasswordFile : undefined;
  const tenantFile = domain === undefined ? data : undefined;
  return {
    ...toRoutesSources(values, cwd),
    osmFile: toTree(values, cwd).directions.osmFile,
    databases: {
      ...(isFile(storeFile) && { STORE_URL: resolve(cwd, storeFile) }),
      ...(isFile(tenantFile) && { TENANT_DATA: resolve(cwd, tenantFile) }),
    },
    sentinelPasswordFile: passwordFile === undefined ? undefined : resolve(cwd, passwordFile),
  };
}

import { isLoopback } from '../lib/address.ts';
import { toTenantOrigin } from '../lib/tenant-url.ts';
import {
  type Config,
  type ManagementClient,
  type NamedFiles,
  type RoutesSources,
  type TenantSettings,
  toConfig,
  toManagementClient,
  toNamedFiles,
  toRoutesSources,
  toTenantSettings,
} from './config.ts';
import type { Fault } from './faults.ts';
import { parseVariables } from './parse-variables.ts';
import { type Environment, type GivenVariables, type LookUp, readVariables } from './read-variables.ts';
import { type ConfigWarning, type Setting, toSettings, toUnknownWarnings } from './settings.ts';
import type { Values } from './variables.ts';

export interface ReadOptions {
  /** The folder of `.env`, and where relative paths start. */
  readonly cwd: string;
  /** Values of variables that are not set, in place of the defaults of the schema. */
  readonly fallbacks?: Environment;
}

interface ReadBase {
  readonly files: NamedFiles;
  readonly warnings: readonly ConfigWarning[];
  readonly lookUp: LookUp;
  /** Every variable `OTEL_*` that is set. */
  readonly telemetry: Environment;
}

export type ReadConfig =
  | (ReadBase & {
      readonly ok: true;
      readonly config: Config;
      /** Each variable's resolved value, masked, and its source. */
      readonly settings: readonly Setting[];
    })
  | (ReadBase & { readonly ok: false; readonly faults: readonly Fault[] });

/** Reads the configuration, or reports all of its faults together. Never throws for invalid values. */
export function readConfig(environment: Environment, { cwd, fallbacks }: ReadOptions): ReadConfig {
  const given = readVariables(environment, cwd, fallbacks);
  const { values, faults } = parseVariables(given);
  const base = {
    files: toNamedFiles(values, cwd),
    warnings: toUnknownWarnings(given),
    lookUp: given.lookUp,
    telemetry: toTelemetry(given),
  };
  if (faults.length > 0) return { ...base, ok: false, faults };
  // Without faults all values are there.
  return { ...base, ok: true, config: toConfig(values as Values, cwd), settings: toSettings(given) };
}

const toTelemetry = ({ names, lookUp }: GivenVariables): Environment =>
  Object.fromEntries(
    names.filter((name) => name.startsWith('OTEL_')).map((name) => [name, lookUp(name)] as const),
  );

/** Whether AUTH0_DOMAIN names the embedded tenant, which listens on a port of this machine; unset, it does. */
export function isEmbeddedDomain(domain: string | undefined, tenantPort: number): boolean {
  if (domain === undefined) return true;
  const { hostname, port } = new URL(toTenantOrigin(domain));
  return isLoopback(hostname) && port === String(tenantPort);
}

interface Unread {
  readonly ok: false;
  readonly faults: readonly Fault[];
}

/** Reads the variables whose names match, with `.env`; faults of other variables do not count. */
function readPart(environment: Environment, { cwd }: ReadOptions, names: RegExp) {
  const given = readVariables(environment, cwd);
  const { values, faults } = parseVariables(given);
  const own = faults.filter(({ name }) => names.test(name) || name === '.env');
  if (own.length > 0) return { ok: false, faults: own } as const;
  // All values of the matching variables are there.
  return { ok: true, values: values as Values, lookUp: given.lookUp } as const;
}

export type ReadTenantSettings =
  | {
      readonly ok: true;
      readonly settings: TenantSettings;
      readonly production: boolean;
      /** AUTH0_DOMAIN: the tenant that the gateway uses; undefined: the embedded one. */
      readonly domain: string | undefined;
    }
  | Unread;

/** Reads what the embedded tenant needs when it runs alone. */
export function readTenantSettings(environment: Environment, options: ReadOptions): ReadTenantSettings {
  const read = readPart(environment, options, /^(TENANT_(?!TIMEOUT)|NODE_ENV)/);
  if (!read.ok) return read;
  const { values } = read;
  const settings = toTenantSettings(values, options.cwd);
  return { ok: true, settings, production: values.NODE_ENV === 'production', domain: values.AUTH0_DOMAIN };
}

export type ReadRoutesSources =
  | { readonly ok: true; readonly sources: RoutesSources; readonly lookUp: LookUp }
  | Unread;

/** Reads the variables of the operator's routes. */
export function readRoutesSources(environment: Environment, options: ReadOptions): ReadRoutesSources {
  const read = readPart(environment, options, /^ROUTES_/);
  return read.ok
    ? { ok: true, sources: toRoutesSources(read.values, options.cwd), lookUp: read.lookUp }
    : read;
}

/** Which Management API commands call: the embedded tenant's unless AUTH0_DOMAIN names another one. */
export type ManagementSettings =
  | { readonly kind: 'embedded'; readonly tenant: TenantSettings }
  | (ManagementClient & { readonly kind: 'remote' });

export type ReadManagement =
  | {
      readonly ok: true;
      readonly settings: ManagementSettings;
      /** AUTH0_CONNECTION: the connection of users with a password. */
      readonly connection: string;
    }
  | Unread;

/** Reads what commands need that call the Management API. */
export function readManagementSettings(environment: Environment, options: ReadOptions): ReadManagement {
  const names = /^(TENANT_(?!TIMEOUT)|AUTH0_(MGMT|DOMAIN|BASE_URL|CONNECTION)|NODE_ENV)/;
  const read = readPart(environment, options, names);
  if (!read.ok) return read;
  const { values } = read;
  const { AUTH0_DOMAIN: gatewayDomain, AUTH0_CONNECTION: connection } = values;
  const client = toManagementClient(values);
  if (client) return { ok: true, settings: { kind: 'remote', ...client }, connection };
  const tenant = toTenantSettings(values, options.cwd);
  if (isEmbeddedDomain(gatewayDomain, tenant.port))
    return { ok: true, settings: { kind: 'embedded', tenant }, connection };
  const wanted = `client id and secret of a machine client of ${gatewayDomain} that may use the Management API`;
  return { ok: false, faults: [{ name: 'AUTH0_MGMT_CLIENT_ID', seen: 'nothing', wanted }] };
}

/** What the gateway needs of its tenant. */
export interface ProvisionSettings {
  readonly publicUrl: string;
  /** AUTH0_API_AUDIENCE first. */
  readonly apiAudiences: readonly string[];
  /** AUTH0_ADMIN_AUDIENCE; undefined: no administration. */
  readonly adminAudience: string | undefined;
  readonly connection: string;
  readonly passwordSignin: boolean;
  readonly isEmbedded: boolean;
}

/** The default of AUTH0_API_AUDIENCE with the embedded tenant. */
const DEFAULT_AUDIENCE = 'urn:worldmappers';

/** Reads what the tenant has to fit to; clients that do not exist yet are no faults. */
export function readProvisionSettings(
  environment: Environment,
  options: ReadOptions,
): { readonly ok: true; readonly settings: ProvisionSettings } | Unread {
  const names =
    /^(PUBLIC_URL|PORT|AUTH0_(DOMAIN|API_AUDIENCES|ADMIN_AUDIENCE|CONNECTION)|PASSWORD_SIGNIN|TENANT_PORT)$/;
  const read = readPart(environment, options, names);
  if (!read.ok) return read;
  const { values } = read;
  const audience = values.AUTH0_API_AUDIENCE ?? DEFAULT_AUDIENCE;
  return {
    ok: true,
    settings: {
      publicUrl: values.PUBLIC_URL,
      apiAudiences: [...new Set([audience, ...(values.AUTH0_API_AUDIENCES ?? [])])],
      adminAudience: values.AUTH0_ADMIN_AUDIENCE,
      connection: values.AUTH0_CONNECTION,
      passwordSignin: values.PASSWORD_SIGNIN,
      isEmbedded: isEmbeddedDomain(values.AUTH0_DOMAIN, values.TENANT_PORT),
    },
  };
}

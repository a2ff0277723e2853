import type { TenantSettings } from './config.ts';
import { parseVariables } from './parse-variables.ts';
import type { ReadOptions } from './read-config.ts';
import { type Environment, type Fault, readVariables } from './read-variables.ts';
import { toTenantSettings } from './to-config.ts';
import type { Values } from './variables.ts';

/** The Management API of a tenant that runs elsewhere, and who may use it. */
export interface RemoteManagement {
  readonly kind: 'remote';
  /** The canonical domain. */
  readonly domain: string;
  /** The origin where it is reached. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Which Management API commands speak to: the embedded tenant's unless AUTH0_DOMAIN names another one. */
export type ManagementSettings =
  | { readonly kind: 'embedded'; readonly tenant: TenantSettings }
  | RemoteManagement;

export type ReadManagement =
  | {
      readonly ok: true;
      readonly settings: ManagementSettings;
      /** AUTH0_CONNECTION: where users live. */
      readonly connection: string;
    }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Reads what commands need that speak to the Management API; faults of other variables don't count. */
export function readManagementSettings(environment: Environment, { cwd }: ReadOptions): ReadManagement {
  const given = readVariables(environment, cwd);
  const { values, faults } = parseVariables(given);
  const own = faults.filter(({ name }) =>
    /^(TENANT_(?!TIMEOUT)|AUTH0_(MGMT|DOMAIN|BASE_URL|CONNECTION)|NODE_ENV|\.env)/.test(name),
  );
  if (own.length > 0) return { ok: false, faults: own };
  const {
    AUTH0_DOMAIN: gatewayDomain,
    AUTH0_MGMT_DOMAIN: domain,
    AUTH0_MGMT_CLIENT_ID: clientId,
    AUTH0_MGMT_CLIENT_SECRET: clientSecret,
    AUTH0_CONNECTION: connection = '',
  } = values;
  if (domain !== undefined && clientId !== undefined && clientSecret !== undefined) {
    // AUTH0_BASE_URL is where AUTH0_DOMAIN is reached; another domain has an address of its own.
    const baseUrl = domain === gatewayDomain ? values.AUTH0_BASE_URL : undefined;
    const settings = { domain, baseUrl: baseUrl ?? `https://${domain}`, clientId, clientSecret };
    return { ok: true, settings: { kind: 'remote', ...settings }, connection };
  }
  // Without faults none of the tenant's variables was left out.
  const tenant = toTenantSettings(values as Values, cwd);
  if (gatewayDomain === undefined || gatewayDomain === `localhost:${tenant.port}`)
    return { ok: true, settings: { kind: 'embedded', tenant }, connection };
  const wanted = `client id and secret of a machine client of ${gatewayDomain} that may use the Management API`;
  return { ok: false, faults: [{ name: 'AUTH0_MGMT_CLIENT_ID', seen: 'nothing', wanted }] };
}

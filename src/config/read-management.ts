import type { ManagementClient, TenantSettings } from './config.ts';
import { parseVariables } from './parse-variables.ts';
import type { ReadOptions } from './read-config.ts';
import { type Environment, type Fault, readVariables } from './read-variables.ts';
import { toManagementClient, toTenantSettings } from './to-config.ts';
import type { Values } from './variables.ts';

/** The Management API of a tenant that runs elsewhere. */
export type RemoteManagement = ManagementClient & { readonly kind: 'remote' };

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
  const { AUTH0_DOMAIN: gatewayDomain, AUTH0_CONNECTION: connection = '' } = values;
  const client = toManagementClient(values);
  if (client) return { ok: true, settings: { kind: 'remote', ...client }, connection };
  // Without faults none of the tenant's variables was left out.
  const tenant = toTenantSettings(values as Values, cwd);
  if (gatewayDomain === undefined || gatewayDomain === `localhost:${tenant.port}`)
    return { ok: true, settings: { kind: 'embedded', tenant }, connection };
  const wanted = `client id and secret of a machine client of ${gatewayDomain} that may use the Management API`;
  return { ok: false, faults: [{ name: 'AUTH0_MGMT_CLIENT_ID', seen: 'nothing', wanted }] };
}

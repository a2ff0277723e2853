import { startTenant as start, type Tenant, type TenantOptions } from './tenant.ts';

export { MANAGEMENT_SCOPES } from './authorization/management-scopes.ts';
export type { ClientUrls } from './clients/client-urls.ts';
export type { ClientCredentials } from './clients/credentials.ts';
export type { Clock, TravelClock } from './lib/clock.ts';
export type { BuiltInSeed } from './seed/built-in.ts';
export type { Tenant, TenantOptions } from './tenant.ts';
export type { StoreReport } from './transfer/store-keeper.ts';
export {
  openTenantStore,
  type StoreAccess,
  type StoreOptions,
  type TenantStore,
} from './transfer/tenant-store.ts';

/** Starts a tenant. Throws `SeedError` for an invalid seed, and the errors of listening. */
export const startTenant: (options: TenantOptions) => Promise<Tenant> = start;

import { type OpenTenant, startTenant as openTenant } from './tenant.ts';
import { createCall, createHandle, type TenantHandle } from './tenant-handle.ts';
import type { TenantOptions } from './tenant-options.ts';
import { toReachableOrigin } from './transport/open-listeners.ts';

export { MANAGEMENT_SCOPES } from './authorization/management-scopes.ts';
export type { ClientUrls } from './clients/client-urls.ts';
export type { ClientCredentials } from './clients/credentials.ts';
export type { Recipe } from './clients/recipes.ts';
export type { Clock, TravelClock } from './lib/clock.ts';
export type { BuiltInSeed } from './seed/built-in.ts';
export type { SeedSource } from './seed/read-seed.ts';
export {
  connectTenant,
  type FaultInput,
  type SignInAnswers,
  type SignInOptions,
  type TenantAddress,
  type TenantClient,
  type TenantHandle,
} from './tenant-handle.ts';
export type { TenantOptions } from './tenant-options.ts';
export type { StoreReport } from './transfer/store-keeper.ts';
export {
  openTenantStore,
  type StoreAccess,
  type StoreOptions,
  type TenantStore,
} from './transfer/tenant-store.ts';

/** A tenant of this process: what tests use, and what a host program needs besides. */
export interface Tenant extends TenantHandle, Omit<OpenTenant, 'context'> {}

/** Starts a tenant. Throws `SeedError` for an invalid seed, and the errors of listening. */
export async function startTenant(options: TenantOptions = {}): Promise<Tenant> {
  const tenant = await openTenant(options);
  const { host = '127.0.0.1' } = options;
  const call = createCall({ url: toReachableOrigin(host, tenant.port), controlToken: tenant.controlToken });
  return { ...tenant, ...createHandle(call, { ...tenant, url: tenant.origin }) };
}

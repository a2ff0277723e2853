import type { ClientCredentials } from '../../packages/tenant/src/clients/credentials.ts';
import type { SeedText } from '../../packages/tenant/src/seed/read-seed.ts';
import type { StoreReport } from '../../packages/tenant/src/transfer/store-keeper.ts';
import type { TenantSettings } from '../config/config.ts';
import { openTenantFile } from './tenant-file.ts';
import { findRunningTenant } from './tenant-running.ts';

/** The embedded tenant's store, be it that of a running tenant or a file that lies still. */
export interface TenantStore {
  /** For people: `the tenant that runs at …`, or the file. */
  readonly where: string;
  export(withKeys: boolean): Promise<unknown>;
  /** Throws `TransferError` with all that is wrong with what is given, as do the next two. */
  import(raw: unknown): Promise<StoreReport>;
  /** Undefined: no seed, which only ends the warning that it has changed. */
  seed(given: SeedText | undefined): Promise<StoreReport>;
  reset(): Promise<StoreReport>;
  /** By a client's id or name; undefined where there is none. */
  credentials(name: string): Promise<ClientCredentials | undefined>;
  close(): void;
}

/**
 * Reaches the tenant's store: through the tenant where it runs at its port with these very data, else in its file.
 * Throws where the data are kept in memory and no tenant runs, or the file is not there and may not be made.
 */
export async function openTenantStore(
  settings: TenantSettings,
  { mayMake }: { readonly mayMake: boolean },
): Promise<TenantStore> {
  return (await findRunningTenant(settings)) ?? openTenantFile(settings, mayMake);
}

import { openFileStore } from './file-store.ts';
import { findRunningStore } from './running-store.ts';
import type { StoreOptions, TenantStore } from './tenant-store.ts';

/**
 * The store that a command line means: of the tenant that runs at the port, otherwise the file. If no data is named, the data of that
 * tenant may be anywhere, also in memory. Throws `NoTenantData`.
 */
export async function findStore({
  isDataNamed,
  ...options
}: StoreOptions & { readonly isDataNamed: boolean }): Promise<TenantStore> {
  const { host, port, dataFile } = options;
  const running = await findRunningStore({ host, port, dataFile: isDataNamed ? dataFile : undefined });
  return running ?? openFileStore(options, { createIfMissing: false });
}

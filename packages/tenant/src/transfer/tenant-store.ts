import type { ClientCredentials } from '../clients/credentials.ts';
import type { BuiltInSeed } from '../seed/built-in.ts';
import type { StoreReport } from './store-keeper.ts';

/** Where a tenant listens, where its data are, and what it begins with. */
export interface StoreOptions {
  readonly host: string;
  readonly port: number;
  /** A SQLite file, or `:memory:`. */
  readonly dataFile: string;
  readonly builtInSeed?: BuiltInSeed;
  readonly seedFile?: string;
}

export interface StoreAccess {
  /** Whether a store may be made where there is none. */
  readonly mayMake: boolean;
}

/** A tenant's store, of a tenant that runs or of one that does not. */
export interface TenantStore {
  /** For people: `the tenant that runs at …`, or the file. */
  readonly where: string;
  /** Origin by plain http of the tenant that runs with these data; undefined where none does. */
  readonly origin: string | undefined;
  export(withKeys: boolean): Promise<unknown>;
  /** Throws `TransferError` with all that is wrong with what is given. */
  import(raw: unknown): Promise<StoreReport>;
  /** Applies a seed file on top of the data; without one, ends the warning that it has changed. Throws `SeedError`. */
  seed(file: string | undefined): Promise<StoreReport>;
  /** Starts over with the seeds of the options. Throws `SeedError`. */
  reset(): Promise<StoreReport>;
  /** By a client's id or name; undefined where there is none. */
  credentials(name: string): Promise<ClientCredentials | undefined>;
  close(): void;
}

/** There are no data to work with. The message says how to get them. */
export class NoTenantData extends Error {
  override readonly name = 'NoTenantData';

  constructor(why: string) {
    super(`There is no data of the embedded tenant yet (${why}): start it once with TENANT_DATA in a file.`);
  }
}

/**
 * Opens a tenant's store: through the tenant where one runs at that port with these data, else its file. Throws
 * `NoTenantData` where the data are kept in memory and no tenant runs, or there are none and none may be made.
 */
export async function openTenantStore(options: StoreOptions, access: StoreAccess): Promise<TenantStore> {
  const { findRunningStore } = await import('./running-store.ts');
  const running = await findRunningStore(options);
  if (running) return running;
  const { openFileStore } = await import('./file-store.ts');
  return openFileStore(options, access);
}

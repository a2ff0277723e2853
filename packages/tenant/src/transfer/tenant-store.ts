import type { ClientCredentials } from '../clients/credentials.ts';
import type { Recipe } from '../clients/recipes.ts';
import type { BuiltInSeed } from '../seed/built-in.ts';
import type { StoreReport } from './store-keeper.ts';

/** The address of a tenant, its data file, and its seeds. */
export interface StoreOptions {
  readonly host: string;
  readonly port: number;
  /** A SQLite file, or `:memory:`. */
  readonly dataFile: string;
  readonly builtInSeed?: BuiltInSeed;
  readonly seedFile?: string;
}

export interface StoreAccess {
  /** Whether to create a store if there is none. */
  readonly createIfMissing: boolean;
}

/** The store of a tenant, running or not. */
export interface TenantStore {
  /** A description for messages: `the tenant that runs at …`, or the file. */
  readonly where: string;
  /** The http origin of the running tenant with this data; undefined if there is none. */
  readonly origin: string | undefined;
  export(withKeys: boolean): Promise<unknown>;
  /** Throws `TransferError` with every fault. */
  import(raw: unknown): Promise<StoreReport>;
  /** Applies a seed file on top of the data; without one, the warning that it has changed stops. Throws `SeedError`. */
  seed(file: string | undefined): Promise<StoreReport>;
  /** Starts over with the seeds of the options. Throws `SeedError`. */
  reset(): Promise<StoreReport>;
  /** By the client's id or name; undefined if there is none. */
  credentials(name: string): Promise<ClientCredentials | undefined>;
  /** How to configure a framework's SDK for a client, by its id or name; undefined if there is none. Throws `UnknownFramework`. */
  recipe(name: string, framework: string): Promise<Recipe | undefined>;
  /** The ids of all clients. */
  clientIds(): Promise<readonly string[]>;
  close(): void;
}

/** The store has no data. The message says how to create it. */
export class NoTenantData extends Error {
  override readonly name = 'NoTenantData';

  constructor(why: string) {
    super(
      `There is no data of the embedded tenant yet (${why}): start it once with TENANT_DATA set to a file.`,
    );
  }
}

/**
 * Opens a tenant's store: through the running tenant at that port if it uses this data, otherwise the file. Throws
 * `NoTenantData` if the data is kept in memory and no tenant runs, or if there is none and `createIfMissing` is false.
 */
export async function openTenantStore(options: StoreOptions, access: StoreAccess): Promise<TenantStore> {
  const { findRunningStore } = await import('./running-store.ts');
  const running = await findRunningStore(options);
  if (running) return running;
  const { openFileStore } = await import('./file-store.ts');
  return openFileStore(options, access);
}

import { applySeed, prepareSeed, type SeedDeps } from '../seed/apply-seed.ts';
import {
  digestSeed,
  type FirstSeedDeps,
  readSeedText,
  type SeedText,
  toFirstSeed,
  toLaterSeed,
} from '../seed/read-seed.ts';
import { clearState } from './clear-state.ts';
import { type ExportOptions, exportTenant } from './export-tenant.ts';
import type { TenantDocument } from './tenant-document.ts';

export interface KeeperDeps extends SeedDeps, FirstSeedDeps {
  /** TENANT_SEED. */
  readonly seedFile: string | undefined;
  /** Called after an import, which may have brought other keys. */
  readonly reloadKeys?: () => Promise<void>;
}

/** What became of a tenant: how much of each kind it holds now. */
export interface StoreReport {
  readonly clients: number;
  readonly connections: number;
  readonly resource_servers: number;
  readonly users: number;
  /** What should be known of it. */
  readonly notes: readonly string[];
}

/** Moves whole tenants in and out of a store. */
export interface StoreKeeper {
  /** Throws where the store is empty. */
  export(options?: ExportOptions): TenantDocument;
  /** Throws `TransferError`, and has changed nothing then. */
  import(raw: unknown): Promise<StoreReport>;
  /** Lays a seed over what is there, or fills an empty store with it and the built-in one. Throws `SeedError`. */
  seed(given: SeedText | undefined): Promise<StoreReport>;
  /** Begins anew with the built-in seed and TENANT_SEED. Signing keys and secrets of clients stay. Throws `SeedError`. */
  reset(): Promise<StoreReport>;
}

export function createStoreKeeper(deps: KeeperDeps): StoreKeeper {
  const { state, managementIdentifier } = deps;

  const report = (notes: readonly string[] = []): StoreReport => ({
    clients: state.clients.list().length,
    connections: state.connections.list().length,
    resource_servers: state.resourceServers.list().length,
    users: state.users.list().length,
    notes,
  });

  const secretsOf = (): Map<string, string> =>
    new Map(state.clients.list().map(({ client_id, client_secret }) => [client_id, client_secret]));

  return {
    export: (options) => exportTenant(state, options),
    async import(raw) {
      // Loaded only where something is imported: its schemas take time to build.
      const { importTenant } = await import('./import-tenant.ts');
      const before = secretsOf();
      const isBegun = state.seedMark.get() !== undefined;
      const seedDigest = isBegun ? '' : digestSeed(await readSeedText(deps.seedFile));
      importTenant({ state, managementIdentifier, seedDigest }, raw);
      await deps.reloadKeys?.();
      const after = secretsOf();
      const changed = [...before].filter(([id, secret]) => after.get(id) !== secret).map(([id]) => id);
      const note = `These clients are gone or have another secret now: ${changed.join(', ')}. Restart the programs that run as one of them.`;
      return report(changed.length > 0 ? [note] : []);
    },
    async seed(given) {
      if (!state.seedMark.get()) {
        await applySeed(deps, await toFirstSeed(deps, given), digestSeed(given));
        return report();
      }
      const seed = given && (await toLaterSeed(given, managementIdentifier, state));
      const put = seed && (await prepareSeed(deps, seed));
      state.transaction(() => {
        put?.(state);
        state.seedMark.put({ seed_digest: digestSeed(given) });
      });
      return report(put ? [] : ['There is no seed file: the tenant stays as it is.']);
    },
    async reset() {
      const given = await readSeedText(deps.seedFile);
      const seed = await toFirstSeed(deps, given);
      const put = await prepareSeed(deps, seed);
      const seeded = new Set(
        seed.clients.flatMap((client) => (client.client_secret ? client.client_id : [])),
      );
      state.transaction(() => {
        const secrets = secretsOf();
        clearState(state);
        put(state);
        state.seedMark.put({ seed_digest: digestSeed(given) });
        for (const client of state.clients.list()) {
          const client_secret = secrets.get(client.client_id);
          if (client_secret !== undefined && !seeded.has(client.client_id))
            state.clients.put({ ...client, client_secret });
        }
      });
      return report();
    },
  };
}

import { applySeed, prepareSeed, type SeedDeps } from '../seed/apply-seed.ts';
import {
  digestSeed,
  type FirstSeedDeps,
  readSeedText,
  type SeedSource,
  type SeedText,
  toFirstSeed,
  toLaterSeed,
} from '../seed/read-seed.ts';
import { clearState } from './clear-state.ts';
import { type ExportOptions, exportTenant } from './export-tenant.ts';
import type { TenantDocument } from './tenant-document.ts';

export interface KeeperDeps extends SeedDeps, FirstSeedDeps {
  /** The seed of the configuration. */
  readonly seedSource: SeedSource | undefined;
  /** Called after an import, which may have replaced the signing keys. */
  readonly reloadKeys?: () => Promise<void>;
  /** Called after a change that may have removed the Actions of the seed's folder. */
  readonly deployActions?: () => void;
}

/** The number of documents after a change. */
export interface StoreReport {
  readonly clients: number;
  readonly connections: number;
  readonly resource_servers: number;
  readonly users: number;
  /** Messages for the operator. */
  readonly notes: readonly string[];
}

/** Exports, imports, seeds and resets a store. */
export interface StoreKeeper {
  /** Throws if the store is empty. */
  export(options?: ExportOptions): TenantDocument;
  /** Throws `TransferError` without changing anything. */
  import(raw: unknown): Promise<StoreReport>;
  /** Applies a seed on top of the data; an empty store gets the built-in seed too. Throws `SeedError`. */
  seed(given: SeedText | undefined): Promise<StoreReport>;
  /** Starts over with the built-in seed and the seed file. Signing keys and client secrets stay. Throws `SeedError`. */
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
      // Loaded only for an import, because its schemas take time to build.
      const { importTenant } = await import('./import-tenant.ts');
      const before = secretsOf();
      const isBegun = state.seedMark.get() !== undefined;
      const seedDigest = isBegun ? '' : digestSeed(await readSeedText(deps.seedSource));
      importTenant({ state, managementIdentifier, seedDigest }, raw);
      await deps.reloadKeys?.();
      deps.deployActions?.();
      const after = secretsOf();
      const changed = [...before].filter(([id, secret]) => after.get(id) !== secret).map(([id]) => id);
      const note = `These clients have been deleted or have a different secret: ${changed.join(', ')}. Restart the programs that use them.`;
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
      return report(put ? [] : ['No seed file is set. The data is unchanged.']);
    },
    async reset() {
      const given = await readSeedText(deps.seedSource);
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
      deps.deployActions?.();
      return report();
    },
  };
}

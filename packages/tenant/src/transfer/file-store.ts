import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { findClient, toCredentials } from '../clients/credentials.ts';
import { parseFramework, toRecipe } from '../clients/recipes.ts';
import { systemClock } from '../lib/clock.ts';
import { hashPassword } from '../passwords/passwords.ts';
import { readSeedText } from '../seed/read-seed.ts';
import { openState } from '../state/open-state.ts';
import { authorityFile } from '../transport/certificates.ts';
import { managementIdentifierOf } from './export-tenant.ts';
import { createStoreKeeper } from './store-keeper.ts';
import { NoTenantData, type StoreAccess, type StoreOptions, type TenantStore } from './tenant-store.ts';

/**
 * Opens the data file of a tenant that is not running. Throws `NoTenantData` if there is none and `createIfMissing` is false.
 */
export function openFileStore(options: StoreOptions, { createIfMissing }: StoreAccess): TenantStore {
  const { dataFile, port, builtInSeed, seedFile } = options;
  if (dataFile === ':memory:') throw new NoTenantData('TENANT_DATA is :memory:');
  if (!createIfMissing && !existsSync(dataFile)) throw new NoTenantData(`${dataFile} does not exist`);
  const state = openState(dataFile);
  const known = managementIdentifierOf(state);
  if (!createIfMissing && known === undefined) {
    state.close();
    throw new NoTenantData(`${dataFile} contains no clients`);
  }
  const managementIdentifier = known ?? `https://localhost:${port}/api/v2/`;
  const keeper = createStoreKeeper({
    state,
    clock: systemClock,
    hashPassword,
    // The tenant updates it to its own address when it starts.
    managementIdentifier,
    builtInSeed,
    seedSource: seedFile,
  });
  return {
    where: `${dataFile}, because no tenant with this data runs at the configured port`,
    origin: undefined,
    export: async (withKeys) => keeper.export({ withKeys }),
    import: (raw) => keeper.import(raw),
    seed: async (file) => keeper.seed(await readSeedText(file)),
    reset: () => keeper.reset(),
    async credentials(name) {
      const client = findClient(state, name);
      return client && toCredentials(client);
    },
    async recipe(name, given) {
      const framework = parseFramework(given);
      const client = findClient(state, name);
      const caFile = authorityFile(dirname(dataFile));
      return (
        client &&
        toRecipe(framework, {
          // The address of its last start.
          issuer: managementIdentifier.replace(/api\/v2\/$/, ''),
          client,
          caFile: existsSync(caFile) ? caFile : undefined,
        })
      );
    },
    clientIds: async () => state.clients.list().map(({ client_id }) => client_id),
    close: () => state.close(),
  };
}

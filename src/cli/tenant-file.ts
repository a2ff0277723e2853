import { existsSync } from 'node:fs';
import { findClient, toCredentials } from '../../packages/tenant/src/clients/credentials.ts';
import { openState } from '../../packages/tenant/src/state/open-state.ts';
import { managementIdentifierOf } from '../../packages/tenant/src/transfer/export-tenant.ts';
import { createStoreKeeper } from '../../packages/tenant/src/transfer/store-keeper.ts';
import { hashPassword } from '../../packages/tenant/src/users/passwords.ts';
import type { TenantSettings } from '../config/config.ts';
import { createTravelClock } from '../lib/clock.ts';
import type { TenantStore } from './tenant-store.ts';

/** That there are no data to work with, in words that say how to come by them. */
export class NoTenantData extends Error {
  override readonly name = 'NoTenantData';

  constructor(why: string) {
    super(`There is no data of the embedded tenant yet (${why}): start it once with TENANT_DATA in a file.`);
  }
}

/** Opens the file of a tenant that does not run. Throws `NoTenantData` where there is none and none may be made. */
export function openTenantFile({ dataFile, port, seedFile }: TenantSettings, mayMake: boolean): TenantStore {
  if (dataFile === ':memory:') throw new NoTenantData('TENANT_DATA is :memory:');
  if (!mayMake && !existsSync(dataFile)) throw new NoTenantData(`${dataFile} does not exist`);
  const state = openState(dataFile);
  const known = managementIdentifierOf(state);
  if (!mayMake && known === undefined) {
    state.close();
    throw new NoTenantData(`${dataFile} holds no clients`);
  }
  const keeper = createStoreKeeper({
    state,
    clock: createTravelClock(),
    hashPassword,
    // A tenant gives it the name of its own address when it starts.
    managementIdentifier: known ?? `https://localhost:${port}/api/v2/`,
    seedFile,
  });
  return {
    where: `${dataFile}, as no tenant runs with it at the set port`,
    export: async (withKeys) => keeper.export({ withKeys }),
    import: (raw) => keeper.import(raw),
    seed: (given) => keeper.seed(given),
    reset: () => keeper.reset(),
    async credentials(name) {
      const client = findClient(state, name);
      return client && toCredentials(client);
    },
    close: () => state.close(),
  };
}

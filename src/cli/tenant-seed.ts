import { resolve } from 'node:path';
import type { ExitCode } from '../startup/exit-codes.ts';
import { tellReport, withTenantStore } from './with-tenant-store.ts';

/** `tenant seed`: lays a seed, TENANT_SEED where none is named, over what the tenant holds. */
export const seedTenant = (isJson: boolean, file: string | undefined): Promise<ExitCode> =>
  withTenantStore(isJson, { mayMake: true }, async (store, { settings: { seedFile } }) => {
    const given = file === undefined ? seedFile : resolve(file);
    return tellReport(isJson, 'Seeded', store.where, await store.seed(given));
  });

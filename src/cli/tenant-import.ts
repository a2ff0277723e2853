import type { ExitCode } from '../startup/exit-codes.ts';
import { readJson } from './read-json.ts';
import { tellReport, withTenantStore } from './with-tenant-store.ts';

/** `tenant import`: the tenant becomes what a file of `tenant export` says. */
export const importTenant = (isJson: boolean, file: string): Promise<ExitCode> =>
  withTenantStore(isJson, { mayMake: true }, async (store) =>
    tellReport(isJson, 'Imported into', store.where, await store.import(await readJson(file))),
  );

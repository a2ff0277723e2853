import { type ExitCode, exitCodes } from '../startup/exit-codes.ts';
import { say } from './output.ts';
import { withTenantStore } from './with-tenant-store.ts';

/** `tenant export`: the whole tenant on stdout, as JSON whatever is asked for. */
export const exportTenant = (isJson: boolean, withKeys: boolean): Promise<ExitCode> =>
  withTenantStore(isJson, { mayMake: false }, async (store) => {
    const document = await store.export(withKeys);
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    say(`Exported from ${store.where}. It holds secrets: those of clients, and hashes of passwords.`);
    return exitCodes.fine;
  });

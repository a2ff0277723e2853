import { type ExitCode, exitCodes } from '../startup/exit-codes.ts';
import { confirm } from './confirm.ts';
import { say } from './output.ts';
import { tellReport, withTenantStore } from './with-tenant-store.ts';

/** `tenant reset`: the tenant begins anew with its seed. Asks first, unless told not to. */
export const resetTenant = (isJson: boolean, isSure: boolean): Promise<ExitCode> =>
  withTenantStore(isJson, { mayMake: true }, async (store) => {
    const question = `Forget all users, settings and sessions of ${store.where}?`;
    const answer = isSure || (await confirm(question, { input: process.stdin, output: process.stderr }));
    if (answer === undefined) {
      say('There is no terminal to ask on: say --yes to empty the tenant.');
      return exitCodes.usage;
    }
    if (answer) return tellReport(isJson, 'Reset', store.where, await store.reset());
    say('Nothing was changed.');
    return exitCodes.failure;
  });

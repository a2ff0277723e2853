import { readFile } from 'node:fs/promises';
import { TransferError } from '../tenant/transfer/transfer-error.ts';
import type { ExitCode } from './exit-codes.ts';
import { tellReport, withTenantStore } from './with-tenant-store.ts';

/** `tenant import`: the tenant becomes what a file of `tenant export` says. */
export const importTenant = (isJson: boolean, file: string): Promise<ExitCode> =>
  withTenantStore(isJson, { mayMake: true }, async (store) =>
    tellReport(isJson, 'Imported into', store.where, await store.import(await readJson(file))),
  );

/** Throws `TransferError` where the file cannot be read or is no JSON. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new TransferError([`${file}: cannot be read (${error.code ?? 'for no known reason'})`]);
  });
  try {
    return JSON.parse(text);
  } catch {
    throw new TransferError([`${file}: not JSON`]);
  }
}

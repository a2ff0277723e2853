import type { StoreReport } from '../../packages/tenant/src/transfer/store-keeper.ts';
import { type ReadTenantSettings, readTenantSettings } from '../config/read-config.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { complain, say, tell } from './output.ts';
import { openTenantStore, type TenantStore } from './tenant-store.ts';

export interface StoreAccess {
  /** Whether a store may be made where there is none. */
  readonly mayMake: boolean;
}

type Configured = Extract<ReadTenantSettings, { readonly ok: true }>;

/** Does something with the tenant's store; what is wrong with the configuration or what was given goes to stderr. */
export async function withTenantStore(
  isJson: boolean,
  access: StoreAccess,
  work: (store: TenantStore, configured: Configured) => Promise<ExitCode>,
): Promise<ExitCode> {
  const read = readTenantSettings(process.env, { cwd: process.cwd() });
  if (!read.ok) {
    complain(isJson, read.faults);
    return exitCodes.configuration;
  }
  try {
    const store = await openTenantStore(read.settings, access);
    try {
      return await work(store, read);
    } finally {
      store.close();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const faults = faultsOf(error);
    if (faults === undefined) throw error;
    faults.forEach(say);
    if (isJson) tell(true, { ok: false, faults }, () => []);
    return exitCodes.failure;
  }
}

/** What a person did not get right, a line each; undefined for any other failure. */
function faultsOf(error: Error): readonly string[] | undefined {
  if (error.name === 'NoTenantData') return [error.message];
  return error.name === 'SeedError' || error.name === 'TransferError' ? error.message.split('\n') : undefined;
}

/** Tells what became of the store, and where it is. */
export function tellReport(isJson: boolean, done: string, where: string, report: StoreReport): ExitCode {
  const { notes, users, clients, connections, resource_servers: apis } = report;
  tell(isJson, { ok: true, where, ...report }, () => [
    `${done} ${where}.`,
    `It has ${users} users, ${clients} clients, ${apis} APIs and ${connections} connections now.`,
  ]);
  notes.forEach((note) => say(`note: ${note}`));
  return exitCodes.fine;
}

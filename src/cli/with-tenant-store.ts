import type { StoreAccess, StoreReport, TenantStore } from '#tenant';
import { type ReadTenantSettings, readTenantSettings } from '../config/read-config.ts';
import { openEmbeddedStore, requireTenantPackage } from '../embedded/embedded-tenant.ts';
import { type ExitCode, exitCodes } from '../startup/exit-codes.ts';
import { complain, say, tell, tellFailure } from './output.ts';

type Configured = Extract<ReadTenantSettings, { readonly ok: true }>;

/** Does something with the tenant's store; what is wrong with the configuration or what was given goes to stderr. */
export async function withTenantStore(
  isJson: boolean,
  access: StoreAccess,
  work: (store: TenantStore, configured: Configured) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    requireTenantPackage();
    const read = readTenantSettings(process.env, { cwd: process.cwd() });
    if (!read.ok) {
      complain(isJson, read.faults);
      return exitCodes.configuration;
    }
    const store = await openEmbeddedStore(read.settings, access);
    try {
      return await work(store, read);
    } finally {
      store.close();
    }
  } catch (error) {
    return tellFailure(isJson, error);
  }
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

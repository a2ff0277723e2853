import { resolve } from 'node:path';
import type { StoreAccess, StoreReport, TenantStore } from '#tenant';
import { isEmbeddedDomain, type ReadTenantSettings, readTenantSettings } from '../config/read-config.ts';
import { openEmbeddedStore, requireTenantPackage } from '../embedded/embedded-tenant.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { confirm } from './confirm.ts';
import { complain, say, tell, tellFailure } from './output.ts';
import { readJson } from './read-json.ts';

type Configured = Extract<ReadTenantSettings, { readonly ok: true }>;

/** Runs `work` with the tenant's store. Errors of the configuration or the input go to stderr. */
async function withTenantStore(
  isJson: boolean,
  access: StoreAccess,
  work: (store: TenantStore, configured: Configured) => Promise<ExitCode>,
): Promise<ExitCode> {
  try {
    requireTenantPackage();
    const read = readTenantSettings(process.env, { cwd: process.cwd() });
    if (!read.ok) {
      complain(isJson, read.faults);
      return EXIT_CODES.configuration;
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

/** Prints the content of the store after a change, and where it is. */
function tellReport(isJson: boolean, done: string, where: string, report: StoreReport): ExitCode {
  const { notes, users, clients, connections, resource_servers: apis } = report;
  tell(isJson, { ok: true, where, ...report }, () => [
    `${done} ${where}.`,
    `It now has ${users} users, ${clients} clients, ${apis} APIs and ${connections} connections.`,
  ]);
  notes.forEach((note) => say(`note: ${note}`));
  return EXIT_CODES.fine;
}

/** `tenant credentials`: client ID and client secret of a client of the embedded tenant, by its name or ID. */
export const tellCredentials = (isJson: boolean, name: string): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: false }, async (store, { settings, domain }) => {
    warnOfElsewhere(settings.port, domain);
    const found = await store.credentials(name);
    if (!found) {
      const known = await clientsOf(store);
      say(`The embedded tenant has no client ${JSON.stringify(name)}. It has: ${known.join(', ')}.`);
      return EXIT_CODES.failure;
    }
    tell(isJson, found, () => Object.entries(found).map(([key, value]) => `${key}=${value}`));
    return EXIT_CODES.fine;
  });

/** Notes that the credentials do not work with a gateway that uses another tenant. */
function warnOfElsewhere(port: number, domain: string | undefined): void {
  if (isEmbeddedDomain(domain, port)) return;
  say(`note: AUTH0_DOMAIN is ${domain}, another tenant. These credentials work at the embedded tenant only.`);
}

async function clientsOf(store: TenantStore): Promise<string[]> {
  const { clients } = (await store.export(false)) as { clients: { client_id: string }[] };
  return clients.map(({ client_id }) => client_id);
}

/** `tenant export`: all data of the tenant on stdout, always as JSON. */
export const exportTenant = (isJson: boolean, withKeys: boolean): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: false }, async (store) => {
    const document = await store.export(withKeys);
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    say(`Exported from ${store.where}. The export contains secrets: client secrets and password hashes.`);
    return EXIT_CODES.fine;
  });

/** `tenant import`: replaces the data of the tenant by an export. */
export const importTenant = (isJson: boolean, file: string): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: true }, async (store) =>
    tellReport(isJson, 'Imported into', store.where, await store.import(await readJson(file))),
  );

/** `tenant seed`: applies a seed file, by default TENANT_SEED, on top of existing data. */
export const seedTenant = (isJson: boolean, file: string | undefined): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: true }, async (store, { settings: { seedFile } }) => {
    const given = file === undefined ? seedFile : resolve(file);
    return tellReport(isJson, 'Seeded', store.where, await store.seed(given));
  });

/** `tenant reset`: deletes all data and applies the seed again. Asks for confirmation unless `isSure`. */
export const resetTenant = (isJson: boolean, isSure: boolean): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: true }, async (store) => {
    const question = `Delete all users, settings and sessions of ${store.where}?`;
    const answer = isSure || (await confirm(question, { input: process.stdin, output: process.stderr }));
    if (answer === undefined) {
      say('Not a terminal: pass --yes to confirm.');
      return EXIT_CODES.usage;
    }
    if (answer) return tellReport(isJson, 'Reset', store.where, await store.reset());
    say('Nothing was changed.');
    return EXIT_CODES.failure;
  });

import { resolve } from 'node:path';
import type { StoreAccess, StoreReport, TenantStore } from '#tenant';
import { isEmbeddedDomain, type ReadTenantSettings, readTenantSettings } from '../config/read-config.ts';
import { openEmbeddedStore, requireTenantPackage } from '../embedded/embedded-tenant.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { confirm } from './confirm.ts';
import { printFailure, printFaults, printMessage, printResult } from './output.ts';
import { createProgress } from './progress.ts';
import { InputError, readJson } from './read-json.ts';

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
      printFaults(isJson, read.faults);
      return EXIT_CODES.configuration;
    }
    const store = await openEmbeddedStore(read.settings, access);
    try {
      return await work(store, read);
    } finally {
      store.close();
    }
  } catch (error) {
    return printFailure(isJson, error);
  }
}

/** Prints the content of the store after a change, and its location. */
function printReport(isJson: boolean, done: string, where: string, report: StoreReport): ExitCode {
  const { notes, users, clients, connections, resource_servers: apis } = report;
  printResult(isJson, { ok: true, where, ...report }, () => [
    `${done} ${where}.`,
    `It now has ${users} users, ${clients} clients, ${apis} APIs and ${connections} connections.`,
  ]);
  notes.forEach((note) => printMessage(`note: ${note}`));
  return EXIT_CODES.fine;
}

/**
 * `tenant credentials`: client ID and client secret of a client of the embedded tenant, by its name or ID; with `--env` as the
 * environment of a framework's SDK.
 */
export const printCredentials = (isJson: boolean, name: string, framework?: string): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: false }, async (store, { settings, domain }) => {
    warnOfElsewhere(settings.port, domain);
    if (framework === undefined) {
      const found = (await store.credentials(name)) ?? (await throwNoClient(store, name));
      printResult(isJson, found, () => Object.entries(found).map(([key, value]) => `${key}=${value}`));
    } else {
      const recipe = (await store.recipe(name, framework)) ?? (await throwNoClient(store, name));
      printResult(isJson, recipe, () => [recipe.text]);
    }
    return EXIT_CODES.fine;
  });

async function throwNoClient(store: TenantStore, name: string): Promise<never> {
  const known = await store.clientIds();
  throw new InputError(
    `The embedded tenant has no client ${JSON.stringify(name)}. It has: ${known.join(', ')}.`,
  );
}

/** Notes that the credentials do not work with a gateway that uses another tenant. */
function warnOfElsewhere(port: number, domain: string | undefined): void {
  if (isEmbeddedDomain(domain, port)) return;
  printMessage(
    `note: AUTH0_DOMAIN is ${domain}, another tenant. These credentials work at the embedded tenant only.`,
  );
}

/** `tenant export`: all data of the tenant on stdout, always as JSON. */
export const exportTenant = (isJson: boolean, withKeys: boolean): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: false }, async (store) => {
    const progress = createProgress();
    progress.update(0, 1, `reading ${store.where}`);
    const document = await store.export(withKeys).finally(progress.stop);
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    printMessage(
      `Exported from ${store.where}. The export contains secrets: client secrets and password hashes.`,
    );
    return EXIT_CODES.fine;
  });

/** `tenant import`: replaces the data of the tenant with an export. */
export const importTenant = (isJson: boolean, file: string): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: true }, async (store) => {
    const progress = createProgress();
    try {
      progress.update(0, 2, `reading ${file}`);
      const document = await readJson(file);
      progress.update(1, 2, `importing into ${store.where}`);
      const report = await store.import(document);
      progress.stop();
      return printReport(isJson, 'Imported into', store.where, report);
    } finally {
      progress.stop();
    }
  });

/** `tenant seed`: applies a seed file, by default TENANT_SEED, on top of existing data. */
export const seedTenant = (isJson: boolean, file: string | undefined): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: true }, async (store, { settings: { seedFile } }) => {
    const given = file === undefined ? seedFile : resolve(file);
    return printReport(isJson, 'Seeded', store.where, await store.seed(given));
  });

/** `tenant reset`: deletes all data and applies the seed again. Asks for confirmation unless `isSure`. */
export const resetTenant = (isJson: boolean, isSure: boolean): Promise<ExitCode> =>
  withTenantStore(isJson, { createIfMissing: true }, async (store) => {
    const question = `Delete all users, settings and sessions of ${store.where}?`;
    const answer = isSure || (await confirm(question, { input: process.stdin, output: process.stderr }));
    if (answer === undefined) {
      printMessage('Not a terminal: pass --yes to confirm.');
      return EXIT_CODES.usage;
    }
    if (answer) return printReport(isJson, 'Reset', store.where, await store.reset());
    printMessage('Nothing was changed.');
    return EXIT_CODES.failure;
  });

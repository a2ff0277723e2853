import type { TenantSettings } from '../config/config.ts';
import { readTenantSettings } from '../config/read-config.ts';
import { requireTenantPackage, startEmbeddedTenant } from '../embedded/embedded-tenant.ts';
import { createTravelClock } from '../lib/clock.ts';
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { printFailure, printFaults, printMessage, printResult } from './output.ts';

/** `tenant start`: runs the embedded tenant until it is stopped. Prints its address when it listens. */
export async function startTenantAlone(isJson: boolean): Promise<ExitCode | undefined> {
  try {
    requireTenantPackage();
  } catch (error) {
    return printFailure(isJson, error);
  }
  const read = readTenantSettings(process.env, { cwd: process.cwd() });
  const faults = read.ok ? (read.production ? [PRODUCTION_FAULT] : []) : read.faults;
  if (!read.ok || faults.length > 0) {
    printFaults(isJson, faults);
    return EXIT_CODES.configuration;
  }
  try {
    await serve(read.settings, isJson);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error && error.name === 'SeedError')) throw error;
    printFaults(isJson, [{ name: 'TENANT_SEED', seen: error.message, wanted: 'a valid seed file' }]);
    return EXIT_CODES.configuration;
  }
}

const PRODUCTION_FAULT = {
  name: 'NODE_ENV',
  seen: '"production"',
  wanted: 'development or test: the embedded tenant does not run in production',
};

async function serve(settings: TenantSettings, isJson: boolean): Promise<void> {
  const tenant = await startEmbeddedTenant(settings, {
    clock: createTravelClock(),
    // As in gateways that are not in production.
    redirectOrigins: { gatehouse: ['http://localhost:*'] },
    warn: (text) => printMessage(`warning: ${text}`),
  });
  stopOnSignal(() => tenant.close());
  const { dataFile } = settings;
  const { caFile, controlToken, issuer } = tenant;
  // With http in its issuer, the tenant is named with its scheme.
  const domain = settings.scheme === 'http' ? issuer.replace(/\/$/, '') : tenant.domain;
  const result = { issuer, domain, data: dataFile, ca_file: caFile, control_token: controlToken };
  printResult(isJson, result, () => [
    `The embedded tenant is ready: AUTH0_DOMAIN=${domain}, data in ${dataFile}.`,
    ...(controlToken === undefined
      ? []
      : [`Other machines need this token for its console and control API: ${controlToken}`]),
    ...(caFile === undefined ? [] : [`Programs that call it over https need NODE_EXTRA_CA_CERTS=${caFile}.`]),
  ]);
}

/** The first SIGTERM or SIGINT stops gracefully; a second one ends the process at once. */
function stopOnSignal(close: () => Promise<void>): void {
  const stop = (): void => {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    close().catch((error: unknown) => {
      printMessage(`the tenant did not stop: ${String(error)}`);
      process.exitCode = EXIT_CODES.failure;
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

import path from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { createTenantProbe } from './auth0/tenant-probe.ts';
import { toFaultLines } from './config/faults.ts';
import { readSessionSecret } from './config/session-secrets.ts';
import { connectTenant } from './embedded/connect-tenant.ts';
import { startGateway } from './gateway.ts';
import { createTravelClock } from './lib/clock.ts';
import { createLogOutput } from './observe/logger.ts';
import { checkTenant } from './startup/check-tenant.ts';
import { EXIT_CODES } from './startup/exit-codes.ts';
import { readRevision } from './startup/read-revision.ts';
import { readSources, type StartSources } from './startup/read-sources.ts';
import { reloadOnSignal } from './startup/reload-on-signal.ts';
import { toStartFailure } from './startup/start-failure.ts';
import { startTracing } from './startup/start-tracing.ts';
import { type Close, stopOnSignal } from './startup/stop-on-signal.ts';
import { warnOfConfig } from './startup/warn-of-config.ts';
import { toWelcome } from './startup/welcome.ts';

const USAGE =
  'usage: node src/main.ts, without arguments; commands are those of gatehouse (gatehouse --help)';

/** Where a gateway that runs is reached, and its tenant. */
export interface Running {
  readonly publicUrl: string;
  readonly issuer: string;
}

/**
 * Runs the gateway until a signal ends it; resolves when it is ready. With the embedded tenant it prints `toText` on stderr.
 */
export async function run(
  { config, routes, readRoutesAgain, telemetry }: StartSources,
  toText: (publicUrl: string, issuer: string) => string = toWelcome,
): Promise<Running> {
  const output = createLogOutput(config.logLevel);
  const { log } = output;
  const clock = createTravelClock();
  const started: Close[] = [];
  const isReloading = readRoutesAgain !== undefined;
  stopOnSignal(started, { timeoutMs: config.shutdownTimeoutMs, isReloading }, output);
  try {
    const sessionSecrets =
      config.sessionSecrets ?? ([await readSessionSecret(path.resolve('data/session-secret'))] as const);
    warnOfConfig(config, log);
    // The exporter reads its variables from the environment; `.env` may have set them.
    Object.assign(process.env, telemetry);
    const tracing = await startTracing({
      variables: telemetry,
      version: packageJson.version,
      storeKind: config.store.kind,
      log,
    });
    const tenant = await connectTenant(config, clock, log);
    started.push(tenant.close);
    const gateway = await startGateway({
      config,
      tenant: tenant.link,
      sessionSecrets,
      clock,
      output,
      version: packageJson.version,
      revision: await readRevision(),
      routes,
      tracing,
    });
    if (readRoutesAgain) reloadOnSignal({ readRoutesAgain, gateway, log });
    started.push(gateway.drain);
    tenant.follow(gateway.publicUrl);
    await gateway.ready;
    void checkTenant({
      probe: createTenantProbe({ ...tenant.link, clock }),
      config,
      publicUrl: gateway.publicUrl,
      log,
    });
    const isEmbedded = config.auth0.tenant.kind === 'embedded';
    if (isEmbedded) process.stderr.write(toText(gateway.publicUrl, tenant.link.issuer));
    log.info(
      { url: gateway.publicUrl, issuer: tenant.link.issuer, metrics_port: gateway.adminPort },
      'listening',
    );
    return { publicUrl: gateway.publicUrl, issuer: tenant.link.issuer };
  } catch (err) {
    const failure = toStartFailure(err);
    if (failure) log.fatal(failure.message);
    else log.fatal({ err }, 'the start failed');
    output.flush();
    return process.exit(failure?.exitCode ?? EXIT_CODES.failure);
  }
}

/** The program: takes no arguments. Reports all faults of the operator's input at once, with exit 78. */
async function main(): Promise<void> {
  if (process.argv.length > 2) {
    process.stderr.write(`${USAGE}\n`);
    process.exit(EXIT_CODES.usage);
  }
  const read = await readSources(process.env, { cwd: process.cwd() });
  for (const { message } of read.warnings) process.stderr.write(`warning: ${message}\n`);
  if (!read.ok) {
    process.stderr.write(`${toFaultLines(read.faults).join('\n')}\n`);
    process.exit(EXIT_CODES.configuration);
  }
  await run(read);
}

if (import.meta.main) await main();

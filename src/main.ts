import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toForeignSites } from './browser/same-site.ts';
import type { Config } from './config/config.ts';
import { toFaultLines } from './config/fault-lines.ts';
import { readConfig } from './config/read-config.ts';
import { readSessionSecret } from './config/session-secrets.ts';
import { connectTenant } from './embedded/connect-tenant.ts';
import { startGateway } from './gateway.ts';
import { createTravelClock } from './lib/clock.ts';
import { createLogOutput, type Logger } from './observe/logger.ts';
import { ownRoutes } from './resources/own-routes.ts';
import { readRoutes } from './resources/routes-file/read-routes.ts';
import { toWelcome } from './welcome.ts';

const EX_CONFIG = 78;
const EX_FAILED = 1;

/** What an administrator should know of a configuration that is sound but wide or contradictory. */
function warnOf(config: Config, log: Logger): void {
  if (config.publicUrl.startsWith('http:'))
    log.warn('plain http on this machine: cookies go without Secure and the __Host- prefix');
  const foreign = toForeignSites(config.publicUrl, config.allowedOrigins);
  if (foreign.length > 0)
    log.warn(
      { origins: foreign },
      'ALLOWED_ORIGINS that are not on the site of PUBLIC_URL can have no session: browsers drop its cookie there',
    );
  if (config.allowLocalhostOrigins)
    log.warn('development: every http://localhost:<port> is an allowed origin');
  if (config.production && config.store.kind === 'sqlite' && config.store.file === ':memory:')
    log.warn('STORE_URL=sqlite::memory:: sessions and limits end with this process');
  const unlisted = config.tokenModeOrigins.filter((origin) => !config.allowedOrigins.includes(origin));
  if (unlisted.length > 0)
    log.warn(
      { origins: unlisted },
      'TOKEN_MODE_ORIGINS that ALLOWED_ORIGINS does not list are refused as foreign origins',
    );
}

interface StartFailure {
  readonly message: string;
  readonly exitCode: number;
}

/** A failed start that the operator can mend by a setting; undefined for any other. */
function toMendable(error: unknown): StartFailure | undefined {
  const { code, port, name, message } = error as {
    code?: string;
    port?: number;
    name?: string;
    message?: string;
  };
  if (code === 'EADDRINUSE') {
    const advice = 'stop what listens there, or set PORT, ADMIN_PORT or TENANT_PORT';
    return { message: `port ${port} is in use: ${advice}`, exitCode: EX_FAILED };
  }
  if (name === 'StoreFileError') return { message: `STORE_URL: ${message}`, exitCode: EX_CONFIG };
  if (name === 'SeedError') return { message: `TENANT_SEED: ${message}`, exitCode: EX_CONFIG };
  if (name === 'NoTenantPackage')
    return { message: `AUTH0_DOMAIN is not set. ${message}`, exitCode: EX_CONFIG };
  return undefined;
}

type Close = () => Promise<void>;

/** Ends the process in order on SIGTERM and SIGINT, the last started first: exit 0 in time, 1 at the deadline. */
function stopOnSignal(started: readonly Close[], timeoutMs: number, log: Logger): void {
  let isStopping = false;
  const closeAll = async () => {
    for (const close of started.toReversed()) await close();
  };
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(EX_FAILED), timeoutMs).unref();
    closeAll().then(
      () => process.exit(0),
      () => process.exit(EX_FAILED),
    );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Runs the gateway until a signal ends it. Faults of the configuration are told all at once, with exit 78. */
export async function run(env: NodeJS.ProcessEnv): Promise<void> {
  const cwd = process.cwd();
  const read = readConfig(env, { cwd });
  for (const { message } of read.warnings) process.stderr.write(`warning: ${message}\n`);
  if (!read.ok) {
    process.stderr.write(`${toFaultLines(read.faults).join('\n')}\n`);
    process.exit(EX_CONFIG);
  }
  const { config } = read;
  const added = await readRoutes(config, ownRoutes(), read.lookUp);
  if (!added.ok) {
    process.stderr.write(`${toFaultLines(added.faults).join('\n')}\n`);
    process.exit(EX_CONFIG);
  }
  const output = createLogOutput(config.logLevel);
  const { log } = output;
  const clock = createTravelClock();
  const started: Close[] = [];
  stopOnSignal(started, config.shutdownTimeoutMs, log);
  try {
    const secrets = config.sessionSecrets ?? [await readSessionSecret(path.join(cwd, 'data/session-secret'))];
    warnOf(config, log);
    const tenant = await connectTenant(config, clock, log);
    started.push(tenant.close);
    const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8')) as {
      version: string;
    };
    const sessionSecrets = secrets as [string, ...string[]];
    const gateway = await startGateway({
      config,
      tenant: tenant.link,
      sessionSecrets,
      clock,
      output,
      version,
      routes: added.routes,
    });
    started.push(gateway.drain);
    tenant.follow(gateway.publicUrl);
    await gateway.ready;
    const isEmbedded = config.auth0.tenant.kind === 'embedded';
    if (isEmbedded) process.stderr.write(toWelcome(gateway.publicUrl, tenant.link.issuer));
    log.info(
      { url: gateway.publicUrl, issuer: tenant.link.issuer, metrics_port: gateway.adminPort },
      'listening',
    );
  } catch (err) {
    const mendable = toMendable(err);
    if (mendable) log.fatal(mendable.message);
    else log.fatal({ err }, 'the start failed');
    output.flush();
    process.exit(mendable?.exitCode ?? EX_FAILED);
  }
}

if (import.meta.main) await run(process.env);

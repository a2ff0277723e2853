import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { toForeignSites } from './browser/same-site.ts';
import type { Config } from './config/config.ts';
import { toFaultLines } from './config/fault-lines.ts';
import { readSessionSecret } from './config/session-secrets.ts';
import { connectTenant } from './embedded/connect-tenant.ts';
import { startGateway } from './gateway.ts';
import { createTravelClock } from './lib/clock.ts';
import { createLogOutput, type Logger, type LogOutput } from './observe/logger.ts';
import { readSources, type StartSources } from './read-sources.ts';
import { toWelcome } from './welcome.ts';

const EX_CONFIG = 78;
const EX_FAILED = 1;
const EX_USAGE = 2;

const usage =
  'usage: node src/main.ts, without arguments; commands are those of gatehouse (gatehouse --help)';

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
  const overHttp = [...new Set([...config.allowedOrigins, ...config.tokenModeOrigins])].filter((origin) =>
    origin.startsWith('http:'),
  );
  if (config.production && overHttp.length > 0)
    log.warn(
      { origins: overHttp },
      'production: whatever runs on the machine of a user can be such an origin',
    );
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

/**
 * Ends the process in order on SIGTERM and SIGINT, the last started first: exit 0 in time, 1 at the deadline. The last line
 * of the log says how it ended.
 */
function stopOnSignal(started: readonly Close[], timeoutMs: number, output: LogOutput): void {
  const { log } = output;
  let isStopping = false;
  const exit = (code: number) => {
    output.flush();
    process.exit(code);
  };
  const closeAll = async () => {
    try {
      for (const close of started.toReversed()) await close();
    } catch (err) {
      log.error({ err }, 'stopped with an error');
      exit(EX_FAILED);
    }
    log.info('stopped');
    exit(0);
  };
  const stop = (signal: string) => {
    if (isStopping) return;
    isStopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('stopped by force: requests were still running after SHUTDOWN_TIMEOUT_MS');
      exit(EX_FAILED);
    }, timeoutMs).unref();
    void closeAll();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
}

/** Runs the gateway until a signal ends it. */
export async function run({ config, routes }: StartSources): Promise<void> {
  const output = createLogOutput(config.logLevel);
  const { log } = output;
  const clock = createTravelClock();
  const started: Close[] = [];
  stopOnSignal(started, config.shutdownTimeoutMs, output);
  try {
    const secrets = config.sessionSecrets ?? [await readSessionSecret(path.resolve('data/session-secret'))];
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
      routes,
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

/** The program: takes no arguments. All faults of what an operator gives are told at once, with exit 78. */
async function main(): Promise<void> {
  if (process.argv.length > 2) {
    process.stderr.write(`${usage}\n`);
    process.exit(EX_USAGE);
  }
  const read = await readSources(process.env, { cwd: process.cwd() });
  for (const { message } of read.warnings) process.stderr.write(`warning: ${message}\n`);
  if (!read.ok) {
    process.stderr.write(`${toFaultLines(read.faults).join('\n')}\n`);
    process.exit(EX_CONFIG);
  }
  await run(read);
}

if (import.meta.main) await main();

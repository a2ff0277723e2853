#!/usr/bin/env node
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path, { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toCredentials } from './clients/credentials.ts';
import { FRAMEWORKS } from './clients/recipes.ts';
import { type OpenTenant, startTenant } from './tenant.ts';
import type { TenantOptions } from './tenant-options.ts';

// From the package's own package.json.
const own = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly name: string;
  readonly version: string;
  readonly description: string;
};

const USAGE = `${own.name} ${own.version}
${own.description}

usage: ${own.name} [options]
       ${own.name} credentials <client> [--env <framework>] [options]

  credentials     print the client ID and secret of an application or, with --env, what to paste for the SDK of a framework:
                  ${FRAMEWORKS.join(', ')}

  --port <port>   port to listen on; 0 selects a free port (TENANT_PORT, 4400)
  --data <file>   data file (TENANT_DATA, data/tenant.db)
  --memory        keep data in memory
  --seed <file>   YAML or JSON file that adds to the built-in seed (TENANT_SEED)
  --json          print one line of JSON
  --quiet         print nothing else: no text and no warnings
  --version       print the version
  --help          print this text

variables: TENANT_HOST, TENANT_DOMAIN, TENANT_SCHEME (https or http), TENANT_ALLOW_REMOTE, TENANT_CONTROL_TOKEN,
TENANT_SIGN_IN_AS; see the README
`;

const EXIT_FAILURE = 1;
const EXIT_USAGE = 2;
const EX_CONFIG = 78;

const printError = (line: string): void => void process.stderr.write(`${line}\n`);

interface Options {
  readonly tenant: TenantOptions & { readonly port: number; readonly dataFile: string };
  /** The client whose credentials are asked for; undefined: a tenant is started. */
  readonly client: string | undefined;
  /** The framework of `--env`. */
  readonly framework: string | undefined;
  /** Whether the command line or a variable names the data. */
  readonly isDataNamed: boolean;
  readonly json: boolean;
  readonly quiet: boolean;
  readonly version: boolean;
  readonly help: boolean;
}

/** Throws a `TypeError` that describes what is wrong with the command line. */
function readOptions(env: NodeJS.ProcessEnv): Options {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      env: { type: 'string' },
      port: { type: 'string' },
      data: { type: 'string' },
      memory: { type: 'boolean', default: false },
      seed: { type: 'string' },
      json: { type: 'boolean', default: false },
      quiet: { type: 'boolean', default: false },
      version: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const { json, quiet, version, help, env: framework } = values;
  const [command, client, ...more] = positionals;
  if (command !== undefined && (command !== 'credentials' || client === undefined || more.length > 0))
    throw new TypeError(
      command === 'credentials' ? 'pass one client ID or name' : `unknown command ${JSON.stringify(command)}`,
    );
  if (framework !== undefined && client === undefined)
    throw new TypeError('--env needs the command credentials');
  const port = values.port ?? env['TENANT_PORT'] ?? '4400';
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535)
    throw new TypeError(`invalid port ${JSON.stringify(port)}: pass a number from 0 to 65535`);
  const named = values.memory ? ':memory:' : (values.data ?? env['TENANT_DATA']);
  const data = named ?? 'data/tenant.db';
  const seed = values.seed ?? env['TENANT_SEED'];
  return {
    tenant: {
      ...readAddress(env),
      port: Number(port),
      dataFile: data === ':memory:' ? data : resolve(data),
      ...(seed !== undefined && { seed: resolve(seed) }),
    },
    client,
    framework,
    isDataNamed: named !== undefined,
    json,
    quiet,
    version,
    help,
  };
}

/** The options that only variables set. Throws a `TypeError` that describes what is wrong. */
function readAddress(env: NodeJS.ProcessEnv): TenantOptions {
  const { TENANT_HOST: host, TENANT_DOMAIN: domain, TENANT_CONTROL_TOKEN: controlToken } = env;
  const scheme = readChoice(env, 'TENANT_SCHEME', ['https', 'http']);
  const allowRemote = readChoice(env, 'TENANT_ALLOW_REMOTE', ['true', 'false']);
  const signInAs = readChoice(env, 'TENANT_SIGN_IN_AS', ['true', 'false']);
  return {
    ...(host !== undefined && { host }),
    ...(domain !== undefined && { domain }),
    ...(controlToken !== undefined && { controlToken }),
    ...(scheme !== undefined && { scheme }),
    ...(allowRemote !== undefined && { allowRemote: allowRemote === 'true' }),
    ...(signInAs !== undefined && { signInAs: signInAs === 'true' }),
  };
}

function readChoice<T extends string>(
  env: NodeJS.ProcessEnv,
  name: string,
  choices: readonly T[],
): T | undefined {
  const value = env[name];
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value);
  if (choice === undefined)
    throw new TypeError(`invalid ${name} ${JSON.stringify(value)}: pass ${choices.join(' or ')}`);
  return choice;
}

/** Writes the CA of a tenant without a data file to a temporary folder, which is removed when the process exits. */
function keepCa(caPem: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `${own.name}-`));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'tenant-ca.pem');
  writeFileSync(file, `${caPem}\n`);
  return file;
}

/** What a program needs to use the tenant. */
function toSummary({ issuer, origin, port, caPem, caFile, controlToken, context }: OpenTenant) {
  const clients = context.state.clients.list().map((client) => [client.client_id, toCredentials(client)]);
  return {
    issuer,
    url: origin,
    port,
    ca_file: caFile ?? keepCa(caPem),
    ...(controlToken !== undefined && { control_token: controlToken }),
    clients: Object.fromEntries(clients) as Record<string, ReturnType<typeof toCredentials>>,
  };
}

function toText({
  issuer,
  url,
  ca_file: caFile,
  control_token: token,
  clients,
}: ReturnType<typeof toSummary>): string {
  const width = Math.max(...Object.keys(clients).map((id) => id.length));
  return [
    `The tenant is ready.`,
    '',
    `  issuer    ${issuer}`,
    `  console   ${url}`,
    `  CA        ${caFile}`,
    ...(token === undefined
      ? []
      : [`  token     ${token}   (console and control API, for callers not on loopback)`]),
    '',
    'Set NODE_EXTRA_CA_CERTS to the CA file in programs that call the tenant over https. Clients and secrets:',
    '',
    ...Object.values(clients).map(
      ({ client_id, client_secret = '(public)' }) => `  ${client_id.padEnd(width)}  ${client_secret}`,
    ),
    '',
    'Stop with Ctrl-C.',
  ].join('\n');
}

/** The first SIGTERM or SIGINT closes the tenant; a second one ends the process. */
function closeOnSignal(tenant: OpenTenant): void {
  const stop = (): void => {
    process.off('SIGTERM', stop).off('SIGINT', stop);
    tenant.close().catch((error: unknown) => {
      printError(`Closing the tenant failed: ${String(error)}`);
      process.exitCode = EXIT_FAILURE;
    });
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
}

/** Starts a tenant that runs until a signal closes it. Returns an exit code if the start fails. */
async function start(options: Options): Promise<number | undefined> {
  const { json, quiet } = options;
  try {
    const tenant = await startTenant({
      ...options.tenant,
      warn: (message) => {
        if (!quiet) printError(`warning: ${message}`);
      },
    });
    closeOnSignal(tenant);
    const summary = toSummary(tenant);
    if (json || !quiet) process.stdout.write(`${json ? JSON.stringify(summary) : toText(summary)}\n`);
    return undefined;
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    if (name === 'SeedError' || name === 'DataVersionError') {
      printError(message);
      return EX_CONFIG;
    }
    const { port } = options.tenant;
    printError(
      code === 'EADDRINUSE' ? `Port ${port} is in use: pass --port 0 or another port.` : String(error),
    );
    return EXIT_FAILURE;
  }
}

/** Prints the credentials of a client of the running tenant, or else of the data file. Returns an exit code. */
async function printCredentials(client: string, options: Options): Promise<number> {
  const { json, framework, isDataNamed } = options;
  const { host = '127.0.0.1', port, dataFile } = options.tenant;
  // Not needed for a start.
  const { findStore } = await import('./transfer/find-store.ts');
  try {
    const store = await findStore({ host, port, dataFile, isDataNamed });
    try {
      const found =
        framework === undefined ? await store.credentials(client) : await store.recipe(client, framework);
      if (found === undefined)
        throw new Error(
          `There is no client ${JSON.stringify(client)}. Known are: ${(await store.clientIds()).join(', ')}.`,
        );
      const text =
        'text' in found
          ? found.text
          : Object.entries(found)
              .map(([name, value]) => `${name}=${value}`)
              .join('\n');
      process.stdout.write(`${json ? JSON.stringify(found) : text}\n`);
      return 0;
    } finally {
      store.close();
    }
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    return EXIT_FAILURE;
  }
}

async function run(): Promise<number | undefined> {
  let options: Options;
  try {
    options = readOptions(process.env);
  } catch (error) {
    printError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return EXIT_USAGE;
  }
  if (options.help || options.version) {
    process.stdout.write(options.help ? USAGE : `${own.version}\n`);
    return 0;
  }
  if (process.env['NODE_ENV'] === 'production') {
    printError('NODE_ENV is production: the tenant is for development and tests only and does not start.');
    return EX_CONFIG;
  }
  return options.client === undefined ? start(options) : printCredentials(options.client, options);
}

const code = await run();
if (code !== undefined) process.exitCode = code;

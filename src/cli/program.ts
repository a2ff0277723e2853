import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { ExitCode } from '../startup/exit-codes.ts';

type Flags = Readonly<Record<string, unknown>>;

/** What a command does: it answers the code that the process ends with; undefined: it goes on. */
type Act = (isJson: boolean, argument: string | undefined, flags: Flags) => Promise<ExitCode | undefined>;

/** A command that does something: it takes `--json` and sets the exit code. */
function leaf(name: string, summary: string, act: Act): Command {
  const command = new Command(name).description(summary).option('--json', 'results as JSON');
  return command.action(async () => {
    const flags: Flags = command.optsWithGlobals();
    const code = await act(flags.json === true, command.args[0], flags);
    if (code !== undefined) process.exitCode = code;
  });
}

const group = (name: string, summary: string, ...commands: readonly Command[]): Command =>
  commands.reduce((whole, command) => whole.addCommand(command), new Command(name).description(summary));

/** The command line. Each command imports what it needs only when it is called, so that all start quickly. */
export function createProgram(): Command {
  const program = group(
    'gatehouse',
    packageJson.description,
    leaf('start', 'start the gateway, and the embedded tenant where no other is configured', async (isJson) =>
      (await import('./start.ts')).start(isJson),
    ),
    group(
      'config',
      'look at the configuration',
      leaf('print', 'the resolved configuration, redacted, and where each value came from', async (isJson) =>
        (await import('./config.ts')).printConfig(isJson),
      ),
      leaf('check', 'whether the configuration is sound: exits 0 or 78', async (isJson) =>
        (await import('./config.ts')).checkConfig(isJson),
      ),
    ),
    group(
      'routes',
      'look at the resource routes',
      leaf('check', 'whether the routes file and module are sound: exits 0 or 78', async (isJson) =>
        (await import('./routes.ts')).checkRoutes(isJson),
      ),
      leaf('list', 'every resource route: its methods, path, guard, token and upstream', async (isJson) =>
        (await import('./routes.ts')).listRoutes(isJson),
      ),
    ),
    group(
      'tenant',
      'the embedded tenant',
      leaf('start', 'start the embedded tenant alone', async (isJson) =>
        (await import('./tenant-start.ts')).startTenantAlone(isJson),
      ),
      leaf('credentials', 'client id and secret of a client of the embedded tenant', async (isJson, client) =>
        (await import('./tenant-data.ts')).tellCredentials(isJson, client ?? 'gatehouse'),
      ).argument('[client]', "the client's id or name; left out: gatehouse"),
      leaf(
        'export',
        'the whole tenant as JSON: settings, APIs, clients with their secrets, users with the hashes of their passwords; no sessions, no tokens',
        async (isJson, _argument, flags) =>
          (await import('./tenant-data.ts')).exportTenant(isJson, flags.withKeys === true),
      ).option(
        '--with-keys',
        'the keys that sign tokens too: whoever has them can make tokens of this tenant',
      ),
      leaf(
        'import',
        'make the tenant what an export says, and forget what it was; signing keys stay unless the export brings some',
        async (isJson, file = '') => (await import('./tenant-data.ts')).importTenant(isJson, file),
      ).argument('<file>', 'of tenant export'),
      leaf(
        'seed',
        'lay a seed over what the tenant holds: its entries are added, or override those of their key',
        async (isJson, file) => (await import('./tenant-data.ts')).seedTenant(isJson, file),
      ).argument('[file]', 'YAML or JSON; left out: TENANT_SEED'),
      leaf(
        'reset',
        'begin anew with the built-in seed and TENANT_SEED; signing keys and secrets of clients stay',
        async (isJson, _argument, flags) =>
          (await import('./tenant-data.ts')).resetTenant(isJson, flags.yes === true),
      ).option('--yes', 'do not ask'),
    ),
    group(
      'users',
      'the users of the tenant',
      leaf(
        'import',
        "take in users, with their passwords' hashes: Auth0's bulk import, into the embedded tenant or the one of AUTH0_DOMAIN (as AUTH0_MGMT_CLIENT_ID)",
        async (isJson, file = '', { connection, upsert }) =>
          (await import('./users-import.ts')).importUsers(isJson, {
            file,
            connection: typeof connection === 'string' ? connection : undefined,
            upsert: upsert === true,
          }),
      )
        .argument('<file>', "JSON in Auth0's schema for bulk imports")
        .option('--connection <name>', 'the database connection; left out: AUTH0_CONNECTION')
        .option('--upsert', 'change users who are there already, found by their address'),
    ),
  );
  program.version(packageJson.version).option('--json', 'results as JSON');
  throwInsteadOfExit(program);
  return program;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}

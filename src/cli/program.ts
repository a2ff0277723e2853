import { Command, CommanderError } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import { EXIT_CODES, type ExitCode } from '../startup/exit-codes.ts';
import { printUnexpected } from './output.ts';

type Flags = Readonly<Record<string, unknown>>;

/** The action of a command. Returns the exit code; undefined: the process keeps running. */
type Act = (
  isJson: boolean,
  argument: string | undefined,
  flags: Flags,
  secondArgument: string | undefined,
) => Promise<ExitCode | undefined>;

/** A command with an action: it takes `--json` and sets the exit code. */
function leaf(name: string, summary: string, act: Act): Command {
  const command = new Command(name).description(summary).option('--json', 'print results as JSON');
  return command.action(async () => {
    const flags: Flags = command.optsWithGlobals();
    const isJson = flags.json === true;
    try {
      const code = await act(isJson, command.args[0], flags, command.args[1]);
      if (code !== undefined) process.exitCode = code;
    } catch (error) {
      process.exitCode = printUnexpected(isJson, error);
    }
  });
}

const FILE = ['--file <path>', 'tenant file (default: gatehouse.tenant.yaml)'] as const;
const ADOPT = ['--adopt', 'take over clients of the same name that provision does not own'] as const;
const REPLACE = [
  '--allow-replace',
  'delete and recreate resources that cannot be changed otherwise',
] as const;

const toText = (flag: unknown): string | undefined => (typeof flag === 'string' ? flag : undefined);
const toProvisionFlags = (flags: Flags) => ({
  file: toText(flags.file),
  out: toText(flags.out),
  secretsOut: toText(flags.secretsOut),
  adopt: flags.adopt === true,
  allowReplace: flags.allowReplace === true,
  yes: flags.yes === true,
});

const provision = () =>
  group(
    'provision',
    'describe the tenant in a file, and apply it',
    leaf('init', 'write a file that fits the configuration', async (isJson, _argument, flags) =>
      (await import('./provision/init-file.ts')).initFile(
        isJson,
        toText(flags.file) ?? 'gatehouse.tenant.yaml',
        flags.yes === true,
      ),
    )
      .option(...FILE)
      .option('--yes', 'replace an existing file'),
    leaf(
      'plan',
      'show how the tenant differs from the file; changes nothing',
      async (isJson, _argument, flags) =>
        (await import('./provision/commands.ts')).planTenant(isJson, toProvisionFlags(flags)),
    )
      .option(...FILE)
      .option('--out <plan>', 'write the plan to a file, for apply')
      .option(...ADOPT)
      .option(...REPLACE),
    leaf('apply', 'change the tenant into what the file describes', async (isJson, planFile, flags) =>
      (await import('./provision/commands.ts')).applyTenant(isJson, planFile, toProvisionFlags(flags)),
    )
      .argument('[plan]', 'output of plan --out, applied only if the tenant has not changed since')
      .option(...FILE)
      .option('--secrets-out <path>', 'env file into which client IDs and client secrets are merged')
      .option(...ADOPT)
      .option(...REPLACE),
    leaf('export', 'write the current tenant as a tenant file', async (isJson, _argument, flags) =>
      (await import('./provision/commands.ts')).exportToFile(isJson, toProvisionFlags(flags)),
    )
      .option(...FILE)
      .option('--yes', 'replace an existing file'),
    leaf('destroy', 'delete the clients of the file that provision owns', async (isJson, _argument, flags) =>
      (await import('./provision/commands.ts')).destroyOwned(isJson, toProvisionFlags(flags)),
    )
      .option(...FILE)
      .requiredOption('--owned-only', 'delete nothing else; required')
      .option('--yes', 'do not ask for confirmation'),
    leaf('validate', 'check the file without calling the tenant', async (isJson, _argument, flags) =>
      (await import('./provision/commands.ts')).validateTenant(isJson, toProvisionFlags(flags)),
    ).option(...FILE),
  );

const group = (name: string, summary: string, ...commands: readonly Command[]): Command =>
  commands.reduce((whole, command) => whole.addCommand(command), new Command(name).description(summary));

/** The command line. Each command imports what it needs only when it is called, so that all start quickly. */
export function createProgram(): Command {
  const program = group(
    'gatehouse',
    packageJson.description,
    leaf('start', 'start the gateway, with the embedded tenant if AUTH0_DOMAIN is not set', async (isJson) =>
      (await import('./start.ts')).start(isJson),
    ),
    leaf('init', 'set the gateway up: write .env, and prepare the tenant', async (isJson, _argument, flags) =>
      (await import('./init/init.ts')).init(isJson, {
        embedded: flags.embedded === true,
        domain: toText(flags.domain),
        clientId: toText(flags.mgmtClientId),
        secretFile: toText(flags.mgmtClientSecretFile),
        envFile: toText(flags.envFile) ?? '.env',
        yes: flags.yes === true,
      }),
    )
      .option('--embedded', 'use the embedded tenant')
      .option('--domain <domain>', 'use this Auth0 tenant, such as acme.eu.auth0.com')
      .option('--mgmt-client-id <id>', 'client ID of a machine client that may use its Management API')
      .option('--mgmt-client-secret-file <path>', 'file with its client secret')
      .option('--env-file <path>', 'file to write (default: .env)')
      .option('--yes', 'answer every question with its default'),
    group(
      'config',
      'check and print the configuration',
      leaf(
        'print',
        'print the effective configuration, secrets masked, with the source of each value',
        async (isJson) => (await import('./config.ts')).printConfig(isJson),
      ),
      leaf('check', 'check the configuration: exits 0 if it is valid, 78 if not', async (isJson) =>
        (await import('./config.ts')).checkConfig(isJson),
      ),
    ),
    provision(),
    group(
      'routes',
      'check and list the resource routes',
      leaf(
        'check',
        'check the routes file and the routes module: exits 0 if they are valid, 78 if not',
        async (isJson) => (await import('./routes.ts')).checkRoutes(isJson),
      ),
      leaf('list', 'list the resource routes: methods, path, guard, token and upstream', async (isJson) =>
        (await import('./routes.ts')).listRoutes(isJson),
      ),
    ),
    leaf(
      'doctor',
      'check the configuration, the tenant and what the gateway depends on: exits 0 if nothing fails, 1 if something does',
      async (isJson, _argument, { only, skip, live, fix, verbose }) =>
        (await import('./doctor/doctor.ts')).doctor(isJson, {
          only: typeof only === 'string' ? only : undefined,
          skip: typeof skip === 'string' ? skip : undefined,
          live: live === true,
          fix: fix === true,
          verbose: verbose === true,
        }),
    )
      .option('--only <ids>', 'run only these checks, such as C3,N2 or C for all of a family')
      .option('--skip <ids>', 'leave out these checks')
      .option('--live', 'also sign in, with a user that is created and deleted')
      .option('--fix', 'change what can be changed with the Management API, then check again')
      .option('-v, --verbose', 'show passed checks too'),
    leaf(
      'backup',
      'write the SQLite store and the data of the embedded tenant into one file; works while they run',
      async (isJson, file = '') => (await import('./backup/commands.ts')).backUp(isJson, file),
    ).argument('<file>', 'file to write; must not exist'),
    leaf(
      'restore',
      'replace the SQLite store and the data of the embedded tenant with a backup; the gateway must not run',
      async (isJson, file = '', flags) =>
        (await import('./backup/commands.ts')).restore(isJson, file, flags.yes === true),
    )
      .argument('<file>', 'output of backup')
      .option('--yes', 'do not ask for confirmation'),
    group(
      'tenant',
      'the embedded tenant',
      leaf('start', 'start the embedded tenant alone', async (isJson) =>
        (await import('./tenant-start.ts')).startTenantAlone(isJson),
      ),
      leaf(
        'credentials',
        'print the client ID and client secret of an application of the embedded tenant, or the environment of its SDK',
        async (isJson, client, { env }) =>
          (await import('./tenant-data.ts')).printCredentials(
            isJson,
            client ?? 'gatehouse',
            typeof env === 'string' ? env : undefined,
          ),
      )
        .argument('[client]', 'client ID or name (default: gatehouse)')
        .option(
          '--env <framework>',
          'print what to paste for the SDK of a framework, such as next, react, express or python',
        ),
      leaf(
        'export',
        'export the tenant as JSON: settings, APIs, clients with secrets, users with password hashes; no sessions, no tokens',
        async (isJson, _argument, flags) =>
          (await import('./tenant-data.ts')).exportTenant(isJson, flags.withKeys === true),
      ).option(
        '--with-keys',
        'include the private signing keys: anyone who has them can issue tokens of this tenant',
      ),
      leaf(
        'import',
        'replace all data of the tenant with an export; the signing keys stay unless the export contains keys',
        async (isJson, file = '') => (await import('./tenant-data.ts')).importTenant(isJson, file),
      ).argument('<file>', 'output of tenant export'),
      leaf(
        'seed',
        'apply a seed file on top of existing data: entries are added, or replace those with the same key',
        async (isJson, file) => (await import('./tenant-data.ts')).seedTenant(isJson, file),
      ).argument('[file]', 'YAML or JSON file (default: TENANT_SEED)'),
      leaf(
        'reset',
        'delete all data and start again from the built-in seed and TENANT_SEED; signing keys and client secrets stay',
        async (isJson, _argument, flags) =>
          (await import('./tenant-data.ts')).resetTenant(isJson, flags.yes === true),
      ).option('--yes', 'do not ask for confirmation'),
    ),
    group(
      'geo',
      'the place data of the geocoder',
      leaf(
        'import',
        "replace the place data by GeoNames' dump files; a running gateway uses it after a restart",
        async (isJson, places = '', { out }, otherNames) =>
          (await import('./geo-import.ts')).importPlaces(isJson, {
            places,
            otherNames,
            out: typeof out === 'string' ? out : undefined,
          }),
      )
        .argument('<places>', 'cities1000.txt, or another dump of places')
        .argument('[names]', 'alternateNamesV2.txt: names in other languages')
        .option('--out <file>', 'file to write (default: the place data of the geocoder)'),
    ),
    group(
      'users',
      'the users of the tenant',
      leaf(
        'import',
        "import users with password hashes in Auth0's bulk import format, into the embedded tenant or the tenant of AUTH0_DOMAIN (with AUTH0_MGMT_CLIENT_ID)",
        async (isJson, file = '', { connection, upsert }) =>
          (await import('./users-import.ts')).importUsers(isJson, {
            file,
            connection: typeof connection === 'string' ? connection : undefined,
            upsert: upsert === true,
          }),
      )
        .argument('<file>', "JSON file in Auth0's bulk import format")
        .option('--connection <name>', 'database connection (default: AUTH0_CONNECTION)')
        .option('--upsert', 'update existing users, matched by e-mail address'),
    ),
  );
  program.version(packageJson.version).option('--json', 'print results as JSON');
  throwInsteadOfExit(program);
  return program;
}

function throwInsteadOfExit(command: Command): void {
  command.exitOverride();
  command.commands.forEach(throwInsteadOfExit);
}

/**
 * Runs the command of an argument list such as `process.argv`. Results go to stdout, everything else to stderr. Sets
 * `process.exitCode` instead of ending the process, so that pipes are written out.
 */
export async function parseCommandLine(argv: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT_CODES.fine : EXIT_CODES.usage;
  }
}

import { Command } from 'commander';
import packageJson from '../../package.json' with { type: 'json' };
import type { ExitCode } from './exit-codes.ts';

interface Flags {
  readonly json: boolean;
}

/** What a command does: it answers the code that the process ends with; undefined: it goes on. */
type Act = (isJson: boolean, argument: string | undefined) => Promise<ExitCode | undefined>;

/** A command that does something: it takes `--json` and sets the exit code. */
function leaf(name: string, summary: string, act: Act): Command {
  const command = new Command(name).description(summary).option('--json', 'results as JSON');
  return command.action(async () => {
    const flags: Partial<Flags> = command.optsWithGlobals();
    const code = await act(flags.json === true, command.args[0]);
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
        (await import('./tenant-credentials.ts')).tellCredentials(isJson, client ?? 'gatehouse'),
      ).argument('[client]', "the client's id or name; left out: gatehouse"),
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

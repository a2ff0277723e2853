import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { createProgram } from '../../src/cli/program.ts';
import { makeFolder, runCliProcess, runOnTerminal } from './support/run-cli.ts';

// Each test runs a program, several of which start a tenant.
vi.setConfig({ testTimeout: 120_000 });

/** Every command below this one, with its names. */
const allOf = (
  command: Command,
  names: readonly string[] = [],
): (readonly [Command, readonly string[]])[] => [
  [command, names],
  ...command.commands.flatMap((each) => allOf(each, [...names, each.name()])),
];
const namesOf = (isGroup: boolean) =>
  allOf(createProgram())
    .filter(([command]) => command.commands.length > 0 === isGroup)
    .map(([, names]) => names.join(' '));

const quiet = { writeOut: () => undefined, writeErr: () => undefined };
async function parseLine(line: string): Promise<unknown> {
  const program = createProgram();
  for (const [command] of allOf(program)) command.configureOutput(quiet);
  return program.parseAsync(line.split(' ').filter(Boolean), { from: 'user' });
}

/** Flags without which a command is refused anyway. */
const REQUIRED_FLAGS: Readonly<Record<string, string>> = { 'provision destroy': '--owned-only' };

describe('a wrong command line is refused', () => {
  it.each(namesOf(false))('%s: an unknown flag', async (name) => {
    await expect(parseLine(`${name} ${REQUIRED_FLAGS[name] ?? ''} --no-such-flag`)).rejects.toMatchObject({
      code: 'commander.unknownOption',
    });
  });

  it.each(namesOf(false))('%s: an argument too many', async (name) => {
    await expect(parseLine(`${name} ${REQUIRED_FLAGS[name] ?? ''} a b c`)).rejects.toMatchObject({
      code: 'commander.excessArguments',
    });
  });

  it.each(namesOf(true))('%s: an unknown command', async (name) => {
    await expect(parseLine(`${name} no-such-command`)).rejects.toMatchObject({
      code: 'commander.unknownCommand',
    });
  });
});

/** The commands in an order in which each finds what it needs, their variables and their exit codes. */
const RUNS: readonly (readonly [line: string, code: number, env: Readonly<Record<string, string>>])[] = [
  ['start', 78, { PORT: 'x' }],
  ['tenant start', 78, { NODE_ENV: 'production' }],
  ['init --embedded --yes', 0, {}],
  ['config print', 0, {}],
  ['config check', 0, {}],
  ['routes check', 0, {}],
  ['routes list', 0, {}],
  ['provision init', 0, {}],
  ['provision validate', 0, {}],
  ['provision plan', 0, {}],
  ['provision apply', 0, {}],
  ['provision export --file today.yaml', 0, {}],
  ['provision validate --file today.yaml', 0, {}],
  ['provision init --file today.yaml', 1, {}],
  ['provision validate --file broken.yaml', 1, {}],
  ['doctor --skip L4', 0, {}],
  ['tenant credentials', 0, {}],
  ['tenant credentials nobody', 1, {}],
  ['tenant export', 0, {}],
  ['tenant import export.json', 1, {}],
  ['tenant seed seed.yaml', 0, {}],
  ['users import users.json', 0, {}],
  ['backup all.backup', 0, {}],
  ['restore all.backup --yes', 0, {}],
  ['tenant reset --yes', 0, {}],
  ['provision destroy --owned-only --yes', 0, {}],
  ['geo import missing.txt', 1, {}],
];

describe('with --json', () => {
  let cwd: string;
  beforeAll(() => {
    cwd = makeFolder({
      'broken.yaml': 'version: 1\nclients: [{ name: 7 }]\n',
      'export.json': '{}',
      'seed.yaml': 'users: [{ email: ada@example.com, password: A-Long-Enough-1 }]\n',
      'users.json': '[]',
    });
  });

  it('every command is in the table', () => {
    const covered = (name: string) => RUNS.some(([line]) => `${line} `.startsWith(`${name} `));
    expect(namesOf(false).filter((name) => !covered(name))).toEqual([]);
  });

  it.each(RUNS)(
    '%s prints one JSON document on stdout, no colours, and exits %i',
    async (line, code, env) => {
      const ended = await runCliProcess([...line.split(' '), '--json'], {
        cwd,
        env: { TENANT_PORT: '0', ...env },
      });
      expect({ line, stderr: ended.stderr, code: ended.code }).toMatchObject({ code });
      expect(JSON.parse(ended.stdout)).toBeTypeOf('object');
      expect(ended.stdout + ended.stderr).not.toContain('\u001B');
      // What is not a result is on stderr, and a failure says there what happened.
      expect(ended.stderr).not.toMatch(/^[{[]/m);
      if (code !== 0 && !line.startsWith('provision validate')) expect(ended.stderr).not.toBe('');
    },
  );

  it('an error that no command foresees is one JSON document too', async () => {
    const ended = await runCliProcess(['provision', 'plan', '--json', '--out', 'missing/plan.json'], {
      cwd: path.resolve(cwd),
      env: { TENANT_PORT: '0' },
    });
    expect(ended.code).toBe(1);
    expect(JSON.parse(ended.stdout)).toMatchObject({
      ok: false,
      faults: [expect.stringContaining('ENOENT')],
    });
  });
});

/** Select Graphic Rendition with a colour (ECMA-48 §8.3.117). */
const COLOUR = new RegExp(`${String.fromCodePoint(27)}\\[(3|4|9)\\dm`);

it.skipIf(!existsSync('/usr/bin/script'))('a terminal gets colours, and none with NO_COLOR', async () => {
  const env = { TENANT_PORT: '0', TERM: 'xterm-256color' };
  const args = ['doctor', '--only', 'P', '-v'];
  expect((await runOnTerminal(args, { env })).stdout).toMatch(COLOUR);
  expect((await runOnTerminal(args, { env: { ...env, NO_COLOR: '1' } })).stdout).not.toMatch(COLOUR);
});

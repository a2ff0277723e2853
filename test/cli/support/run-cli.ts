import { spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished, vi } from 'vitest';
import { parseCommandLine } from '../../../src/cli/program.ts';
import { makeFolder } from '../../support/folder.ts';
import { endWithRun } from '../../support/programs.ts';

export { makeFolder };

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts the real program in a folder of its own, with nothing of this process's environment but PATH and the cache. */
export function spawnCli(args: readonly string[], options: RunOptions = {}) {
  return spawnProgram('src/cli/index.ts', args, options);
}

/** Starts a program of this checkout in the same way. */
export function spawnProgram(
  file: string,
  args: readonly string[],
  { env = {}, cwd = makeFolder() }: RunOptions,
) {
  const child = spawn(process.execPath, [path.resolve(file), ...args], {
    cwd,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithRun(child);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs the program to its end, in a process of its own. */
export const runCliProcess = (args: readonly string[], options: RunOptions = {}): Promise<Ended> =>
  toEnd(spawnCli(args, options));

let lastRun: Promise<unknown> = Promise.resolve();

/**
 * Runs a command to its end in this process, which has loaded its modules already: a process of its own takes a second more.
 * One runs at a time, because environment, folder and output are those of the process.
 */
export function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const run = lastRun.then(() => runHere(args, options));
  lastRun = run.catch(() => undefined);
  return run;
}

async function runHere(
  args: readonly string[],
  { env = {}, cwd = makeFolder() }: RunOptions,
): Promise<Ended> {
  const before = { env: process.env, cwd: process.cwd(), exitCode: process.exitCode };
  const output = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((chunk, ...rest) => {
      output[name] += Buffer.from(chunk).toString();
      const done = rest.find((each) => typeof each === 'function');
      if (done) process.nextTick(done);
      return true;
    }),
  );
  process.env = { PATH: before.env['PATH'], ...env };
  process.chdir(cwd);
  process.exitCode = undefined;
  try {
    await parseCommandLine([process.execPath, 'gatehouse', ...args]);
    return { code: readExitCode(), ...output };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.env = before.env;
    process.chdir(before.cwd);
    process.exitCode = before.exitCode;
  }
}

const readExitCode = (): number => Number(process.exitCode ?? 0);

/** Runs the program of the image, `src/main.ts`, to its end. */
export const runMain = (
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> => toEnd(spawnProgram('src/main.ts', args, { env }));

/** Collects what a program writes, until it ends. The code is null where a signal has ended it. */
export async function toEnd(child: ReturnType<typeof spawnProgram>): Promise<Ended> {
  const [stdout, stderr, code] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

/** Runs the program to its end on a pseudo-terminal, whose output is all in `stdout`. */
export function runOnTerminal(args: readonly string[], { env = {}, cwd = makeFolder() }: RunOptions = {}) {
  const words = [process.execPath, path.resolve('src/cli/index.ts'), ...args];
  const child = spawn('/usr/bin/script', ['-qec', words.join(' '), '/dev/null'], {
    cwd,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithRun(child);
  return toEnd(child);
}

import { spawn } from 'node:child_process';
import path from 'node:path';
import { onTestFinished } from 'vitest';
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
export function spawnCli(args: readonly string[], { env = {}, cwd = makeFolder() }: RunOptions = {}) {
  const child = spawn(process.execPath, [path.resolve('src/cli/index.ts'), ...args], {
    cwd,
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithRun(child);
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs the program to its end. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawnCli(args, options);
  const [stdout, stderr, code] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    child.stderr.setEncoding('utf8').toArray(),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  return { code, stdout: stdout.join(''), stderr: stderr.join('') };
}

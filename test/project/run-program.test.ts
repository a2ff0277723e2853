import type { ChildProcessByStdio } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';

// A runner like run.js for a program that counts its signals, prints the number, and exits with 7.
const program = `
  const seen = [];
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      if (seen.push(signal) === 1) setTimeout(() => { console.log('got ' + seen.join()); process.exit(7); }, 300);
    });
  }
  setInterval(() => {}, 1000);
  console.log('up ' + process.pid);
`;
const runner = `
  import { endLike, runNode } from ${JSON.stringify(pathToFileURL('scripts/child.js').href)};
  endLike(await runNode(process.execPath, process.argv.slice(2)));
`;

let folder: string;
let running: ChildProcessByStdio<null, Readable, null> | undefined;
let printed: string;

beforeAll(() => {
  folder = makeFolder();
  writeFileSync(path.join(folder, 'program.cjs'), program);
  writeFileSync(path.join(folder, 'runner.mjs'), runner);
});
afterEach(() => {
  running?.kill('SIGKILL');
});

// As in a terminal: the runner leads a process group, and Ctrl-C signals the whole group.
function startRunner(...args: string[]) {
  printed = '';
  running = spawn(process.execPath, [path.join(folder, 'runner.mjs'), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  return running;
}

async function startProgram() {
  const started = startRunner(path.join(folder, 'program.cjs'));
  await expect.poll(() => printed, { timeout: 5000 }).toMatch(/up \d+/);
  return { group: -(started.pid ?? Number.NaN), pid: Number(/up (\d+)/.exec(printed)?.[1]), started };
}

async function toEnd(started: NonNullable<typeof running>) {
  const [code, signal] = (await once(started, 'close')) as [number | null, string | null];
  return { code, signal };
}

describe('a program that run.js runs', () => {
  it('returns its exit code', async () => {
    expect(await toEnd(startRunner('--eval', 'process.exit(3)'))).toEqual({ code: 3, signal: null });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'gets a %s to the group once, though npm sends it again',
    async (signal) => {
      const { group, started } = await startProgram();
      process.kill(group, signal);
      started.kill(signal);
      expect(await toEnd(started)).toEqual({ code: 7, signal: null });
      expect(printed).toContain(`got ${signal}\n`);
    },
  );

  it('receives a second, different signal', async () => {
    const { started } = await startProgram();
    started.kill('SIGINT');
    started.kill('SIGTERM');
    await toEnd(started);
    // Signals that are pending together have no order.
    expect(printed).toMatch(/got (SIGINT,SIGTERM|SIGTERM,SIGINT)\n/);
  });

  it('that is killed by a signal ends its runner by the same signal', async () => {
    const { pid, started } = await startProgram();
    process.kill(pid, 'SIGKILL');
    expect(await toEnd(started)).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('is stopped when its runner is killed', async () => {
    const { group } = await startProgram();
    process.kill(group, 'SIGKILL');
    await expect.poll(() => printed, { timeout: 5000 }).toContain('got SIGTERM\n');
  });

  it('is stopped when npm is stopped, whose shell does not forward signals', async () => {
    const shell = `"$0" "$1" "$2"; true`;
    const scripts = [path.join(folder, 'runner.mjs'), path.join(folder, 'program.cjs')];
    printed = '';
    running = spawn('sh', ['-c', shell, process.execPath, ...scripts], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, npm_lifecycle_event: 'start' },
    });
    running.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    await expect.poll(() => printed, { timeout: 5000 }).toMatch(/up \d+/);
    running.kill('SIGTERM');
    await expect.poll(() => printed, { timeout: 5000 }).toContain('got SIGTERM\n');
  });

  it('that does not exist exits with 127', async () => {
    running = spawn(
      process.execPath,
      ['--input-type=module', '--eval', runner.replace('process.execPath', JSON.stringify('/nowhere/node'))],
      { stdio: ['ignore', 'pipe', 'ignore'] },
    );
    expect(await toEnd(running)).toEqual({ code: 127, signal: null });
  });
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const graceMs = 5_000;
const canPin = spawnSync('taskset', ['--version']).status === 0;

/** All processes of a run: each is pinned to a core if the machine can do so, and ended by its process ID. */
export class Fleet {
  #children = new Set();

  constructor() {
    process.once('exit', () => {
      for (const child of this.#children) child.kill('SIGKILL');
    });
  }

  /** Whether processes can be pinned to a core. */
  get pins() {
    return canPin;
  }

  /** Starts `command` on `core`; its output is appended to `logFile`. */
  start(command, args, { core, env, cwd, logFile }) {
    const log = openSync(logFile, 'a');
    try {
      return this.#spawn(command, args, { core, env, cwd, stdio: ['ignore', log, log] });
    } finally {
      closeSync(log);
    }
  }

  /** Runs `command` on `core` to its end and returns what it printed. Throws if it fails. */
  async run(command, args, { core }) {
    const child = this.#spawn(command, args, { core, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    child.stdout.on('data', (chunk) => (printed += chunk));
    child.stderr.on('data', (chunk) => (printed += chunk));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`${command} ended with ${code}: ${printed.slice(-500)}`);
    return printed;
  }

  /** Ends all processes: SIGTERM first, SIGKILL after a wait. */
  async stop() {
    const children = [...this.#children];
    for (const child of children) child.kill('SIGTERM');
    const ended = Promise.all(children.filter(isAlive).map((child) => once(child, 'exit')));
    await Promise.race([ended, sleep(graceMs, undefined, { ref: false })]);
    for (const child of this.#children) child.kill('SIGKILL');
  }

  #spawn(command, args, { core, env, cwd, stdio }) {
    const [file, ...rest] = canPin ? ['taskset', '-c', String(core), command, ...args] : [command, ...args];
    const child = spawn(file, rest, { cwd, env: env ?? process.env, stdio });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    child.once('error', () => this.#children.delete(child));
    return child;
  }
}

/** True until the process has ended. */
export function isAlive(child) {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

/** CPU time that a process has had so far, in µs; undefined if the system does not report it. Clock ticks of 10 ms. */
export function readCpuUs(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) * 10_000;
  } catch {
    return undefined;
  }
}

/** Memory that a process holds, in MB; undefined if the system does not report it. */
export function readRssMb(pid) {
  try {
    const kb = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kb === undefined ? undefined : Number(kb) / 1024;
  } catch {
    return undefined;
  }
}

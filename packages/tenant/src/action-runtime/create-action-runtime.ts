import { type ChildProcess, fork } from 'node:child_process';
import { dirname, extname, join } from 'node:path';
import type { ActionJob, ActionResult, ChildMessage, JobMessage } from './messages.ts';

export interface RuntimeOptions {
  /** `require` of an Action finds packages from here. */
  readonly folder: string;
  /** Receives errors that code throws after its execution has ended. */
  readonly warn: (message: string) => void;
}

/** Runs handlers of Actions in a child process. */
export interface ActionRuntime {
  /** Never rejects: a timeout or an ended process is an `error` of the result. */
  run(job: ActionJob, timeoutMs: number): Promise<ActionResult>;
  /** Ends the process. Jobs that are running get an error. */
  close(): void;
}

/** Maximum time for a process to load. */
const LOAD_MS = 20_000;
/** Maximum JavaScript heap; a process that needs more ends. */
const MEMORY_MB = 128;

/** `.ts` in a checkout, `.js` in the package. */
const CHILD = join(import.meta.dirname, `child${extname(import.meta.filename)}`);

interface Worker {
  readonly child: ChildProcess;
  readonly pending: Map<number, (result: ActionResult) => void>;
  /** Settles when the process has loaded or ended. */
  readonly loaded: Promise<void>;
  /** Gets no further jobs, and ends with its last one. */
  isRetired: boolean;
}

const failed = (message: string, timedOut = false): ActionResult => ({
  calls: [],
  console: [],
  error: { message },
  ...(timedOut && { timedOut }),
});

/**
 * One process runs all jobs. It starts with the first one, has no environment variables, reads no files but those of
 * `node_modules`, and starts no processes; the network stays open. After a timeout a new process takes over, because
 * the code in the old one may run forever.
 */
export function createActionRuntime({ folder, warn }: RuntimeOptions): ActionRuntime {
  let current: Worker | undefined;
  let isClosed = false;
  let jobs = 0;
  const workers = new Set<Worker>();

  function start(): Worker {
    const child = fork(CHILD, [], {
      cwd: folder,
      env: {},
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: [
        '--permission',
        `--allow-fs-read=${import.meta.dirname}`,
        ...modulesAbove(folder).map((modules) => `--allow-fs-read=${modules}`),
        `--max-old-space-size=${MEMORY_MB}`,
        '--no-warnings',
      ],
    });
    const { promise: loaded, resolve: setLoaded } = Promise.withResolvers<void>();
    const worker: Worker = { child, pending: new Map(), loaded, isRetired: false };
    workers.add(worker);
    child.on('message', (message: ChildMessage) => {
      if ('isReady' in message) setLoaded();
      else if ('stray' in message)
        warn(`an Action threw an error after its execution had ended: ${message.stray}`);
      else worker.pending.get(message.id)?.(message.result);
    });
    const end = (): void => {
      setLoaded();
      workers.delete(worker);
      worker.isRetired = true;
      const message = `The process of the Actions has ended. It may have used more than ${MEMORY_MB} MB of memory.`;
      for (const settle of worker.pending.values()) settle(failed(message));
    };
    child.on('exit', end).on('error', end);
    // Without `unref`, the channel would keep the tenant's process running.
    child.unref();
    child.channel?.unref();
    return worker;
  }

  function endIfIdle(worker: Worker): void {
    if (worker.isRetired && worker.pending.size === 0) worker.child.kill('SIGKILL');
  }

  return {
    run(job, timeoutMs) {
      if (isClosed) return Promise.resolve(failed('The tenant has been closed.'));
      if (!current || current.isRetired) current = start();
      const worker = current;
      const id = ++jobs;
      return new Promise((resolve) => {
        const settle = (result: ActionResult): void => {
          clearTimeout(timer);
          worker.pending.delete(id);
          endIfIdle(worker);
          resolve(result);
        };
        const startTimer = (limitMs: number): NodeJS.Timeout =>
          setTimeout(() => {
            worker.isRetired = true;
            settle(failed(`The Action ${job.name} has not ended within its time limit.`, true));
          }, limitMs);
        // The time that the process needs to load does not count.
        let timer = startTimer(timeoutMs + LOAD_MS);
        const restart = (): void => {
          clearTimeout(timer);
          if (worker.pending.has(id)) timer = startTimer(timeoutMs);
        };
        void worker.loaded.then(restart);
        worker.pending.set(id, settle);
        const message: JobMessage = { id, job };
        worker.child.send(message, (error) => {
          if (error) settle(failed(`The Action could not be started: ${error.message}`));
        });
      });
    },
    close() {
      isClosed = true;
      for (const { child } of workers) child.kill('SIGKILL');
    },
  };
}

/** The `node_modules` of a folder and of those above it. */
function modulesAbove(folder: string): string[] {
  const above = dirname(folder);
  return [join(folder, 'node_modules'), ...(above === folder ? [] : modulesAbove(above))];
}

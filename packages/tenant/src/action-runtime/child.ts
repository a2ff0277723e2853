// The process in which Actions run. It receives jobs and returns results over the channel to the tenant.
import { AsyncLocalStorage } from 'node:async_hooks';
import { format } from 'node:util';
import { createActionApi } from './action-api.ts';
import { createActionCache } from './action-cache.ts';
import { createActionLoader } from './load-action.ts';
import type { ActionJob, ActionResult, ChildMessage, ConsoleLine, JobMessage } from './messages.ts';

/** Maximum console output of one execution, in characters. */
const MAX_OUTPUT = 16_384;
const LEVELS = ['log', 'info', 'warn', 'error', 'debug'] as const;

interface Output {
  readonly lines: ConsoleLine[];
  left: number;
}

const outputs = new AsyncLocalStorage<Output>();

function print(level: ConsoleLine['level'], args: readonly unknown[]): void {
  const output = outputs.getStore();
  if (!output || output.left <= 0) return;
  const text = format(...args).slice(0, output.left);
  output.left -= text.length;
  output.lines.push({ level, text });
}

const actionConsole = Object.fromEntries(
  LEVELS.map((level) => [level, (...args: readonly unknown[]) => print(level, args)]),
);
const load = createActionLoader(process.cwd(), actionConsole);
const caches = new Map<string, Parameters<typeof createActionCache>[0]>();

async function run(job: ActionJob): Promise<ActionResult> {
  const output: Output = { lines: [], left: MAX_OUTPUT };
  const begun = performance.now();
  const now = (): number => job.now_ms + performance.now() - begun;
  const entries = caches.get(job.trigger) ?? new Map();
  caches.set(job.trigger, entries);
  const { api, calls } = createActionApi(job, createActionCache(entries, now), now);
  try {
    await outputs.run(output, async () => {
      const handler = load(job)[job.handler];
      if (typeof handler === 'function') await handler(job.event, api);
      else if (!job.handler.startsWith('onContinue'))
        throw new Error(`The Action ${job.name} does not export ${job.handler}.`);
    });
    return { calls, console: output.lines };
  } catch (error) {
    return { calls, console: output.lines, error: { message: toMessage(error) } };
  }
}

const toMessage = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const send = (message: ChildMessage): void => void process.send?.(message);

function reply(id: number, result: ActionResult): void {
  try {
    send({ id, result });
  } catch (error) {
    // A value that JSON cannot represent, such as a BigInt or a cycle.
    send({ id, result: { calls: [], console: result.console, error: { message: toMessage(error) } } });
  }
}

process.on('message', ({ id, job }: JobMessage) => {
  void run(job).then((result) => reply(id, result));
});
process.on('disconnect', () => process.exit());
process.on('uncaughtException', (error) => send({ stray: toMessage(error) }));
process.on('unhandledRejection', (error) => send({ stray: toMessage(error) }));
send({ isReady: true });

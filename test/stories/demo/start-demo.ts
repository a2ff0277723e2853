import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { makeFolder } from '../../support/folder.ts';
import { findFreePorts } from '../../support/free-ports.ts';
import { endWithRun } from '../../support/programs.ts';

export interface Demo {
  /** The output when it is ready. */
  readonly text: string;
  /** URLs by their printed names. */
  readonly urls: Readonly<
    Record<'Gatehouse' | 'Tenant' | 'CalendarApp' | 'MyTodos.io' | 'TextApp.io', string>
  >;
  /** Organizer's own address, without the gateway. */
  readonly organizer: string;
  /** Ends it like Ctrl-C; resolves to its exit code. */
  close(): Promise<number | null>;
}

export const demoPassword = 'Correct-Horse-9';

/** Runs the demo like `npm run demo`, in an empty folder and on free ports. */
export async function startDemo(env: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const firstPort = await findFreePorts(4);
  const child = spawn(process.execPath, [path.resolve('scripts/demo.ts')], {
    cwd: makeFolder(),
    env: {
      PORT: '0',
      ADMIN_PORT: '0',
      TENANT_PORT: '0',
      TENANT_DATA: ':memory:',
      RATE_LIMIT_ENABLED: 'false',
      DEMO_PORT: String(firstPort),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  endWithRun(child);
  child.stdout.resume();
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`the demo ended with ${code}: ${lines.join('\n')}`)));
    createInterface(child.stderr).on('line', (line) => {
      lines.push(line);
      if (line === 'Stop with Ctrl-C.') resolve();
    });
  });
  const text = lines.join('\n');
  const found = [...text.matchAll(/^ {2}(\S+) +(http:\S+) /gm)].map(([, name = '', url = '']) => [name, url]);
  return {
    text,
    urls: Object.fromEntries(found) as Demo['urls'],
    organizer: `http://127.0.0.1:${firstPort}`,
    async close() {
      const ended = once(child, 'exit');
      child.kill('SIGINT');
      const [code] = await ended;
      return code as number | null;
    },
  };
}

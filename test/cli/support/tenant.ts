import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { spawnCli } from './run-cli.ts';

export interface RunningTenant {
  /** The line of JSON that `tenant start --json` prints. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests assert on every member that they read
  readonly ready: any;
  /** `http://localhost:<port>` */
  readonly origin: string;
  /** The variables for other commands to find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Its output on stderr. */
  readonly complaints: () => string;
  readonly stop: () => Promise<number | null>;
}

/** Starts `tenant start` in a folder, on a free port, and waits until it listens. */
export async function startTenant(
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningTenant> {
  const child = spawnCli(['tenant', 'start', '--json'], { cwd, env: { TENANT_PORT: '0', ...env } });
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    complaints += chunk;
  });
  let text = '';
  for await (const line of createInterface({ input: child.stdout })) {
    text += line;
    if (line === '}') break;
  }
  const ready = JSON.parse(text);
  const port = ready.domain.split(':')[1];
  return {
    ready,
    origin: `http://localhost:${port}`,
    env: { ...env, TENANT_PORT: port },
    complaints: () => complaints,
    async stop() {
      child.kill('SIGTERM');
      const [code] = await once(child, 'exit');
      return code;
    },
  };
}

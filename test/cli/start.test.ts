import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { spawnCli } from './support/run-cli.ts';

/** The address in the log line that says the gateway listens. */
async function readAddress(stdout: NodeJS.ReadableStream): Promise<string> {
  for await (const line of createInterface({ input: stdout })) {
    const { msg, url } = JSON.parse(line);
    if (msg === 'listening') return url;
  }
  throw new Error('the gateway ended before it listened');
}

it('start serves the gateway and its tenant until SIGTERM, then exits 0', async () => {
  const env = { PORT: '0', ADMIN_PORT: '0', TENANT_PORT: '0', TENANT_DATA: ':memory:' };
  const child = spawnCli(['start'], { env });
  child.stderr.resume();
  const url = await readAddress(child.stdout);
  child.stdout.resume();
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([0, null]);
});

import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { runMain, spawnCli } from './support/run-cli.ts';

/** The address in the log line that says that the gateway listens; adds all log lines to `lines`. */
function readAddress(stdout: NodeJS.ReadableStream, lines: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = createInterface({ input: stdout });
    reader.on('line', (line) => {
      lines.push(line);
      const { msg, url } = JSON.parse(line);
      if (msg === 'listening') resolve(url);
    });
    reader.on('close', () => reject(new Error('the gateway ended before it listened')));
  });
}

it('start serves the gateway and its tenant until SIGTERM, then exits 0', async () => {
  const env = { PORT: '0', ADMIN_PORT: '0', TENANT_PORT: '0', TENANT_DATA: ':memory:' };
  const child = spawnCli(['start'], { env });
  child.stderr.resume();
  const lines: string[] = [];
  const ended = once(child, 'close');
  const url = await readAddress(child.stdout, lines);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ level: 'info', msg: 'stopped' });
});

it.each([[['config', 'check']], [['--help']], [['']]])(
  'src/main.ts with the arguments %j starts nothing: exit 2 and its usage',
  async (args) => {
    const { code, stdout, stderr } = await runMain(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^usage: node src\/main\.ts.*gatehouse/);
  },
);

it('src/main.ts names the faults of all sources together, and exits 78', async () => {
  const { code, stderr } = await runMain([], { PORT: 'x', ROUTES_FILE: 'nothing', STORE_URL: 'sqlite:.' });
  expect(code).toBe(78);
  expect(
    stderr
      .trim()
      .split('\n')
      .map((line) => line.split(' ')[0]),
  ).toEqual(['PORT', 'STORE_URL', 'ROUTES_FILE']);
});

import { execFile } from 'node:child_process';
import { cpSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../support/folder.ts';

// The files that the Dockerfile copies; packages/ is not among them.
let image: string;
beforeAll(() => {
  image = makeFolder();
  cpSync('src', path.join(image, 'src'), { recursive: true });
  cpSync('package.json', path.join(image, 'package.json'));
  symlinkSync(path.resolve('node_modules'), path.join(image, 'node_modules'));
  writeFileSync(path.join(image, 'some.json'), '{}');
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    const options = { cwd: image, env: { PATH: process.env.PATH, ...env } };
    execFile(process.execPath, args, options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const gatehouse = (args: readonly string[], env?: Readonly<Record<string, string>>) =>
  run(['src/cli/index.ts', ...args], env);

describe('an installation without the embedded tenant, like the production image', () => {
  it.each([
    ['start'],
    ['credentials'],
    ['export'],
    ['import', 'some.json'],
    ['seed', 'some.json'],
    ['reset', '--yes'],
  ])('answers tenant %s with exit 1 and the name of the tenant’s package', async (...command) => {
    const { code, stdout, stderr } = await gatehouse(['tenant', ...command], { NODE_ENV: 'production' });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^The embedded tenant is not part of this installation\..+npx emulator-for-auth0/);
  });

  it('says so as JSON too', async () => {
    const { code, stdout } = await gatehouse(['tenant', 'start', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      faults: [expect.stringContaining('emulator-for-auth0')],
    });
  });

  it('does not start a gateway without a remote tenant: exit 78', async () => {
    const env = { PORT: '0', ADMIN_PORT: '0', STORE_URL: 'sqlite::memory:', SESSION_SECRETS: 's'.repeat(40) };
    const { code, stdout } = await run(['src/main.ts'], env);
    expect(code).toBe(78);
    expect(stdout).toMatch(/AUTH0_DOMAIN is not set\. The embedded tenant is not part of this installation/);
  });

  it('imports users into the tenant of AUTH0_DOMAIN', async () => {
    const env = {
      AUTH0_DOMAIN: 'acme.eu.auth0.com',
      AUTH0_BASE_URL: 'http://127.0.0.1:1',
      AUTH0_MGMT_CLIENT_ID: 'machine',
      AUTH0_MGMT_CLIENT_SECRET: 'a-secret-of-the-machine',
    };
    const { code, stderr } = await gatehouse(['users', 'import', 'some.json'], env);
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'some.json: not a list of users\n' });
  });
});

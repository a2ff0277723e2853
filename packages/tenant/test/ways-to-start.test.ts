import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { parseEnv, promisify } from 'node:util';
import type { StartedTestContainer } from 'testcontainers';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { makeFolder } from '../../../test/support/folder.ts';
import { StartedTenantContainer, toContainerEnvironment } from '../src/testcontainers.ts';

const COMMAND = path.resolve(import.meta.dirname, '../src/cli.ts');
const execute = promisify(execFile);
const env = { ...process.env, NODE_ENV: '' };

async function start(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: makeFolder(), env: { ...env, ...more } });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  return {
    line,
    errors: () => errors,
    async stop() {
      child.kill('SIGTERM');
      return once(child, 'exit');
    },
  };
}

describe('the command', () => {
  it('prints one line of JSON with a CA file, which is removed when the tenant stops', async () => {
    const tenant = await start(['--port=0', '--memory', '--json', '--quiet']);
    const { issuer, url, port, ca_file, clients, ...more } = JSON.parse(tenant.line);
    expect(more).toEqual({});
    expect([issuer, url]).toEqual([`https://localhost:${port}/`, `http://localhost:${port}`]);
    expect(clients.web).toEqual({ client_id: 'web', client_secret: expect.any(String) });
    expect(clients.spa).toEqual({ client_id: 'spa' });
    const call = `fetch('${issuer}.well-known/jwks.json').then((r) => console.log(r.status))`;
    const withCa = { env: { ...env, NODE_EXTRA_CA_CERTS: ca_file } };
    expect((await execute(process.execPath, ['-e', call], withCa)).stdout).toBe('200\n');
    expect(await tenant.stop()).toEqual([0, null]);
    expect([existsSync(ca_file), existsSync(path.dirname(ca_file)), tenant.errors()]).toEqual([
      false,
      false,
      '',
    ]);
  });

  it('takes domain, scheme and remote access from variables', async () => {
    const tenant = await start(['--port=0', '--memory', '--json'], {
      TENANT_DOMAIN: 'tenant.localhost',
      TENANT_SCHEME: 'http',
      TENANT_ALLOW_REMOTE: 'true',
      TENANT_CONTROL_TOKEN: 'a-token-of-the-test',
    });
    const { issuer, port, control_token } = JSON.parse(tenant.line);
    expect([issuer, control_token]).toEqual([`http://tenant.localhost:${port}/`, 'a-token-of-the-test']);
    await tenant.stop();
  });

  it('prints the credentials of a client of the running tenant, and what to paste for a framework', async () => {
    const tenant = await start(['--port=0', '--memory', '--json', '--quiet']);
    const { port, clients } = JSON.parse(tenant.line);
    const ask = (...args: string[]) =>
      execute(process.execPath, [COMMAND, 'credentials', ...args, `--port=${port}`], {
        env,
        cwd: makeFolder(),
      });
    const { client_secret } = clients.web;
    const [plain, recipe, unknown] = await Promise.all([
      ask('Web app'),
      ask('web', '--env', 'next'),
      ask('web', '--env', 'cobol').catch((error: unknown) => error),
    ]);
    expect(plain.stdout).toBe(`client_id=web\nclient_secret=${client_secret}\n`);
    expect(parseEnv(recipe.stdout)).toMatchObject({
      AUTH0_DOMAIN: `localhost:${port}`,
      AUTH0_CLIENT_SECRET: client_secret,
      APP_BASE_URL: 'http://localhost:3000',
    });
    expect(unknown).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('Known are: next,'),
    });
    await tenant.stop();
  });

  it.each([
    [['credentials'], 'pass one client ID or name'],
    [['credential', 'web'], 'unknown command "credential"'],
    [['--env', 'next'], '--env needs the command credentials'],
  ])('refuses the arguments %j with exit code 2', async (args, message) => {
    const run = execute(process.execPath, [COMMAND, ...args], { env });
    await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });

  it.each([
    ['TENANT_SCHEME', 'ftp', /invalid TENANT_SCHEME "ftp": pass https or http/],
    ['TENANT_ALLOW_REMOTE', 'yes', /invalid TENANT_ALLOW_REMOTE "yes": pass true or false/],
    ['TENANT_SIGN_IN_AS', '', /invalid TENANT_SIGN_IN_AS "": pass true or false/],
  ])('refuses %s=%j with exit code 2', async (name, value, message) => {
    const run = execute(process.execPath, [COMMAND], { env: { ...env, [name]: value } });
    await expect(run).rejects.toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });
});

describe('the container, as a process', () => {
  it('provides domain, CA and control API to a test that has its token', async () => {
    const settings = { port: 0, controlToken: 'a-token-of-the-test', hasSeed: false };
    const tenant = await start(['--json'], toContainerEnvironment(settings));
    const { issuer, port } = JSON.parse(tenant.line);
    // There is no container engine: only the two members that the class reads.
    const started = { getHost: () => '127.0.0.1' } as StartedTestContainer;
    const container = new StartedTenantContainer(started, { ...settings, port });
    expect(`https://${container.getDomain()}/`).toBe(issuer);
    expect(await container.getCa()).toMatch(/^-----BEGIN CERTIFICATE-----/);
    const handle = await container.connect();
    expect(handle.client('machine').clientSecret).toEqual(expect.any(String));
    await tenant.stop();
  });
});

describe('the composite action', () => {
  it('starts a tenant and sets the variables of the next steps', async () => {
    const folder = makeFolder();
    const { runs } = parse(await readFile(path.resolve(import.meta.dirname, '../action.yml'), 'utf8'));
    // Replaces the registry's package with the command of this checkout, whose process id is recorded.
    const programs = path.join(folder, 'programs');
    await mkdir(programs);
    const npx = path.join(programs, 'npx');
    await writeFile(
      npx,
      `#!/bin/bash\necho $$ >"$RUNNER_TEMP/pid"\n[ "$1 $2" = "--yes emulator-for-auth0@1.2.3" ] || exit 1\nexec "${process.execPath}" "${COMMAND}" "\${@:3}"\n`,
    );
    await chmod(npx, 0o755);
    await writeFile(path.join(folder, 'seed.yaml'), 'clients: [{ client_id: of-the-seed }]');
    const files = { GITHUB_OUTPUT: path.join(folder, 'output'), GITHUB_ENV: path.join(folder, 'env') };
    await execute('bash', ['-e', '-c', runs.steps[0].run], {
      cwd: folder,
      env: {
        ...env,
        ...files,
        PATH: [programs, path.dirname(process.execPath), process.env['PATH']].join(path.delimiter),
        RUNNER_TEMP: folder,
        VERSION: '1.2.3',
        TENANT_PORT: '0',
        SEED: 'seed.yaml',
      },
    });
    try {
      const { issuer, url, ca_file, clients } = JSON.parse(
        await readFile(path.join(folder, 'tenant.json'), 'utf8'),
      );
      expect(Object.keys(clients)).toContain('of-the-seed');
      expect(await readFile(files.GITHUB_OUTPUT, 'utf8')).toBe(
        `issuer=${issuer}\nurl=${url}\nfile=${folder}/tenant.json\n`,
      );
      expect(await readFile(files.GITHUB_ENV, 'utf8')).toBe(
        `AUTH0_DOMAIN=${new URL(issuer).host}\nNODE_EXTRA_CA_CERTS=${ca_file}\n`,
      );
      expect((await fetch(`${url}/.well-known/jwks.json`)).status).toBe(200);
    } finally {
      process.kill(Number(await readFile(path.join(folder, 'pid'), 'utf8')), 'SIGTERM');
    }
  });
});

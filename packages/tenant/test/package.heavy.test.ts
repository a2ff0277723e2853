import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBlock } from '../../../test/pages/support/page-block.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { pathOf } from '../../../test/support/requirements.ts';

const here = path.resolve(import.meta.dirname, '..');
const modules = path.resolve(here, '../../node_modules');
const execute = promisify(execFile);
const env = {
  ...process.env,
  NODE_ENV: '',
  PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env['PATH']}`,
};

let folder: string;
let files: string[];
let manifest: {
  name: string;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
  scripts: Record<string, string>;
};

// Laid out like after `npm install`: the packed files and only the packages that it declares.
beforeAll(async () => {
  folder = makeFolder();
  // .npmrc disables scripts by default; the pack builds the package first.
  const pack = ['pack', '--ignore-scripts=false', '--json', '--silent', `--pack-destination=${folder}`];
  const { stdout } = await execute('npm', pack, { cwd: here, env });
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('[')));
  files = packed.files.map((file: { path: string }) => file.path);
  manifest = JSON.parse(await readFile(path.join(here, 'package.json'), 'utf8'));
  const installed = path.join(folder, 'node_modules', manifest.name);
  await mkdir(installed, { recursive: true });
  await execute('tar', ['-xzf', path.join(folder, packed.filename), '--strip-components=1', '-C', installed]);
  await link([...Object.keys(manifest.dependencies), '@types/node']);
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
});

/** Installs packages of this checkout into the folder, where they are not there yet. */
async function link(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const place = path.join(folder, 'node_modules', name);
    await mkdir(path.dirname(place), { recursive: true });
    if (!existsSync(place)) await symlink(path.join(modules, name), place);
  }
}

describe('the packed package', () => {
  it('contains JavaScript, types and stylesheets, but no sources and no tests', () => {
    const beside = files.filter((file) => !/^(dist\/.+\.(js|d\.ts|css|svg)|actions\/.+\.d\.ts)$/.test(file));
    expect(beside.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    const entries = ['index', 'vitest', 'vitest-setup', 'playwright', 'testcontainers'];
    const both = entries.flatMap((entry) => [`dist/${entry}.js`, `dist/${entry}.d.ts`]);
    for (const file of ['dist/cli.js', 'dist/console/live.js', ...both]) expect(files).toContain(file);
    const named = files.map((file) => path.basename(file)).filter((file) => /test/i.test(file));
    expect(named.filter((file) => !/^(vitest(-setup)?|testcontainers)\.(js|d\.ts)$/.test(file))).toEqual([]);
  });

  it('has at most eight dependencies, only optional peers and no install scripts', () => {
    for (const name of Object.keys(manifest.peerDependencies))
      expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(8);
    const onInstall = ['preinstall', 'install', 'postinstall', 'prepare'];
    expect(Object.keys(manifest.scripts).filter((name) => onInstall.includes(name))).toEqual([]);
  });

  it('starts a tenant by its command, which prints the connection data and exits with 0', async () => {
    const command = path.join(folder, 'node_modules', manifest.name, 'dist/cli.js');
    const child = spawn(process.execPath, [command, '--port', '0', '--memory', '--json'], {
      cwd: folder,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line = ''] = await once(createInterface(child.stdout), 'line');
    const { issuer, url, port, clients } = JSON.parse(line);
    expect([issuer, url]).toEqual([`https://localhost:${port}/`, `http://localhost:${port}`]);
    expect(Object.keys(clients)).toEqual(['spa', 'web', 'native', 'machine']);
    const body = new URLSearchParams({
      ...clients.machine,
      grant_type: 'client_credentials',
      audience: 'https://api.example.com',
    });
    expect((await fetch(`${url}/oauth/token`, { method: 'POST', body })).status).toBe(200);
    expect((await fetch(url)).status).toBe(200);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  it('keeps its data in a file, with the CA beside it', async () => {
    const command = path.join(folder, 'node_modules', manifest.name, 'dist/cli.js');
    const secrets: unknown[] = [];
    for (const _start of [1, 2]) {
      const child = spawn(process.execPath, [command, '--port=0', '--data=kept/tenant.db', '--json'], {
        cwd: folder,
        env,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [line = ''] = await once(createInterface(child.stdout), 'line');
      const { ca_file, clients } = JSON.parse(line);
      expect(await readFile(ca_file, 'utf8')).toContain('BEGIN CERTIFICATE');
      secrets.push(clients.web.client_secret);
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    expect(secrets[1]).toBe(secrets[0]);
  });

  it.each([
    [['--port', 'x'], {}, 2, /invalid port "x"/],
    [['--nope'], {}, 2, /Unknown option '--nope'/],
    [['--memory', '--port=0', '--seed=none.yaml'], {}, 78, /none\.yaml: cannot be read/],
    [['--memory', '--port=0'], { NODE_ENV: 'production' }, 78, /NODE_ENV is production/],
  ])('refuses %j with %j: exit %i', async (args, more, code, complaint) => {
    const command = path.join(folder, 'node_modules', manifest.name, 'dist/cli.js');
    const options = { cwd: folder, env: { ...env, ...more } };
    const failed = await execute(process.execPath, [command, ...args], options).catch((error) => error);
    expect(failed).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(complaint) });
  });

  it('is a library with types: two tenants in one program', async () => {
    const program = `
      import { startTenant, type Tenant } from '${manifest.name}';
      const start = (): Promise<Tenant> =>
        startTenant({ port: 0, seed: { users: [{ user_id: 'bob', email: 'bob@example.com' }] } });
      const tenants: Tenant[] = await Promise.all([start(), start()]);
      const [one] = tenants;
      const tokens = await one?.signInAs('bob', { client: 'web' });
      console.log(tenants.map((tenant) => tenant.client('web').clientId).join(), tokens?.token_type);
      await Promise.all(tenants.map((tenant) => tenant.close()));
    `;
    await writeFile(path.join(folder, 'program.ts'), program);
    const compiler = path.join(modules, 'typescript/bin/tsc');
    const checks = [
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      'false',
      '--module',
      'nodenext',
      '--types',
      'node',
    ];
    await execute(process.execPath, [compiler, ...checks, 'program.ts'], { cwd: folder, env });
    const { stdout } = await execute(process.execPath, ['program.ts'], { cwd: folder, env });
    expect(stdout).toBe('web,web Bearer\n');
  });

  it('provides a fixture for vitest, and a tenant per run', async () => {
    await link(['vitest', 'vite']);
    const written = {
      'vitest.config.js': `
        export default { test: { globalSetup: '${manifest.name}/vitest-setup', include: ['*.spec.js'] } };`,
      'one.spec.js': `
        import { expect } from 'vitest';
        import { sharedTenant, test } from '${manifest.name}/vitest';
        test.override({ tenantOptions: { seed: { users: [{ user_id: 'bob', email: 'bob@example.com' }] } } });
        test('signs in', async ({ tenant }) => {
          expect(await tenant.signInAs('bob', { client: 'web' })).toMatchObject({ token_type: 'Bearer' });
          const shared = await sharedTenant();
          expect(shared.port).not.toBe(tenant.port);
          await expect(shared.signInAs('bob', { client: 'web' })).rejects.toThrow('no user');
        });`,
    };
    await Promise.all(
      Object.entries(written).map(([name, text]) => writeFile(path.join(folder, name), text)),
    );
    const command = path.join(modules, 'vitest/vitest.mjs');
    const { stdout } = await execute(process.execPath, [command, 'run', '--reporter=json'], {
      cwd: folder,
      env,
    });
    expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({ numPassedTests: 1, success: true });
  });

  it('is used by the vitest test of docs/how-to/testing.md as written', async () => {
    await link(['vitest', 'vite']);
    const block = readBlock('docs/how-to/testing.md', 'emulator-for-auth0/vitest');
    await mkdir(path.join(folder, 'page'));
    await writeFile(path.join(folder, 'page/page.spec.ts'), block);
    // Otherwise vitest takes the configuration of a folder above.
    await writeFile(path.join(folder, 'page/vitest.config.js'), 'export default {};');
    const command = path.join(modules, 'vitest/vitest.mjs');
    const run = ['run', '--reporter=json', '--root=page'];
    const { stdout } = await execute(process.execPath, [command, ...run], { cwd: folder, env });
    expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({ numPassedTests: 1, success: true });
  });

  it('has the types that docs/how-to/testing.md uses for Testcontainers', async () => {
    await link(['testcontainers']);
    const block = readBlock('docs/how-to/testing.md', 'emulator-for-auth0/testcontainers');
    await writeFile(path.join(folder, 'container.ts'), block);
    const compiler = path.join(modules, 'typescript/bin/tsc');
    const options = '--noEmit --strict --skipLibCheck --target es2024 --module nodenext --types node';
    const checked = execute(process.execPath, [compiler, ...options.split(' '), 'container.ts'], {
      cwd: folder,
      env,
    });
    expect(await checked.catch((error: { stdout: string }) => error)).toMatchObject({ stdout: '' });
  });

  it('provides Playwright with a signed-in browser', async () => {
    await link(['@playwright/test', 'playwright', 'playwright-core']);
    const written = {
      'playwright.config.js': `
        export default {
          testMatch: '*.e2e.js',
          reporter: 'json',
          use: { launchOptions: { executablePath: '${pathOf('chromium')}', args: ['--no-sandbox'] } },
        };`,
      'one.e2e.js': `
        import { createServer } from 'node:http';
        import { expect, test } from '${manifest.name}/playwright';
        test('signs in without a page', async ({ browser, tenant, signedInAs, inbox }) => {
          const application = createServer((request, response) => response.end(request.url)).listen(0, '127.0.0.1');
          await new Promise((listening) => application.once('listening', listening));
          const redirect_uri = 'http://127.0.0.1:' + application.address().port + '/callback';
          await tenant.seed({ clients: [{ client_id: 'web', callbacks: [redirect_uri] }] });
          const context = await browser.newContext({ storageState: await signedInAs('ada') });
          const page = await context.newPage();
          const query = new URLSearchParams({ client_id: 'web', response_type: 'code', scope: 'openid', redirect_uri });
          await page.goto(tenant.url + '/authorize?' + query);
          expect(new URL(page.url()).searchParams.get('code')).toBeTruthy();
          application.close();
          expect(await inbox()).toEqual([]);
        });`,
    };
    await Promise.all(
      Object.entries(written).map(([name, text]) => writeFile(path.join(folder, name), text)),
    );
    const command = path.join(modules, '@playwright/test/cli.js');
    const run = await execute(process.execPath, [command, 'test'], { cwd: folder, env }).catch(
      (error) => error,
    );
    expect(JSON.parse(run.stdout)).toMatchObject({ stats: { expected: 1, unexpected: 0 } });
  });
});

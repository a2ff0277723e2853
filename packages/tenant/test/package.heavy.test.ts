import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';

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
let manifest: { name: string; dependencies: Record<string, string>; scripts: Record<string, string> };

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
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
    const place = path.join(folder, 'node_modules', name);
    await mkdir(path.dirname(place), { recursive: true });
    await symlink(path.join(modules, name), place);
  }
  await writeFile(path.join(folder, 'package.json'), '{ "type": "module" }');
});

describe('the packed package', () => {
  it('contains JavaScript, types and stylesheets, but no sources and no tests', () => {
    const beside = files.filter((file) => !/^dist\/.+\.(js|d\.ts|css)$/.test(file));
    expect(beside.toSorted()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json']);
    for (const file of ['dist/cli.js', 'dist/index.js', 'dist/index.d.ts', 'dist/console/live.js'])
      expect(files).toContain(file);
    expect(files.filter((file) => /test/i.test(path.basename(file)))).toEqual([]);
  });

  it('has at most eight dependencies and no install scripts', () => {
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
        startTenant({ host: '127.0.0.1', port: 0, dataFile: ':memory:', warn: (text: string) => console.error(text) });
      const tenants: Tenant[] = await Promise.all([start(), start()]);
      console.log(tenants.map((tenant) => tenant.credentials('web')?.client_id).join());
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
    expect(stdout).toBe('web,web\n');
  });
});

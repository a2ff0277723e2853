import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };
import { makeFolder, runCliProcess } from './support/run-cli.ts';

const remote = {
  AUTH0_DOMAIN: 'acme.eu.auth0.com',
  AUTH0_CLIENT_ID: 'web',
  AUTH0_CLIENT_SECRET: 'a-secret-of-the-application',
  AUTH0_API_AUDIENCE: 'urn:worldmappers',
};

describe('an invalid command line exits 2 with empty stdout', () => {
  it.each([
    ['an unknown command', ['strat'], /unknown command 'strat'[\s\S]*start/],
    ['an unknown flag', ['config', 'check', '--jsn'], /unknown option '--jsn'[\s\S]*--json/],
    ['an unknown flag before the command', ['--verbose', 'config', 'check'], /unknown option '--verbose'/],
    ['an unknown subcommand', ['config', 'show'], /unknown command 'show'/],
    ['an argument too many', ['config', 'check', 'now'], /too many arguments/],
    ['no command', [], /Usage: gatehouse/],
    ['a group without its command', ['tenant'], /Usage: gatehouse tenant/],
  ])('%s', async (_what, args, complaint) => {
    const { code, stdout, stderr } = await runCliProcess(args);
    expect(stderr).toMatch(complaint);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });
});

it('help and version are printed to stdout, exit 0', async () => {
  expect(await runCliProcess(['--help'])).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringContaining('Commands:'),
  });
  expect(await runCliProcess(['--version'])).toEqual({
    code: 0,
    stderr: '',
    stdout: `${packageJson.version}\n`,
  });
});

describe('config check', () => {
  it('exits 0 for a valid configuration', async () => {
    expect(await runCliProcess(['config', 'check'], { env: remote })).toMatchObject({ code: 0, stderr: '' });
  });

  it('exits 78 and names every fault', async () => {
    const { code, stdout } = await runCliProcess(['config', 'check'], {
      env: { NODE_ENV: 'production', PORT: '70000' },
    });
    expect(code).toBe(78);
    for (const name of ['PORT', 'PUBLIC_URL', 'AUTH0_DOMAIN', 'AUTH0_CLIENT_SECRET', 'SESSION_SECRETS']) {
      expect(stdout).toMatch(new RegExp(`^${name} +seen: .+; wanted: .+`, 'm'));
    }
  });

  it('says the same as JSON', async () => {
    const env = { PORT: '70000', AUTH0_DOMIAN: 'x' };
    const { code, stdout } = await runCliProcess(['config', 'check', '--json'], { env });
    expect(code).toBe(78);
    expect(JSON.parse(stdout)).toEqual({
      ok: false,
      faults: [{ name: 'PORT', seen: '"70000"', wanted: 'a whole number from 0 to 65535' }],
      warnings: [{ name: 'AUTH0_DOMIAN', message: expect.stringContaining('AUTH0_DOMAIN') }],
    });
  });

  it('reads .env of the current folder, which the environment overrides', async () => {
    const cwd = makeFolder({ '.env': 'PORT=70000\n' });
    expect(await runCliProcess(['config', 'check'], { cwd })).toMatchObject({ code: 78 });
    expect(await runCliProcess(['config', 'check'], { cwd, env: { PORT: '1' } })).toMatchObject({ code: 0 });
  });

  it('names the faults of all sources together', async () => {
    const cwd = makeFolder({
      '.env': 'LOG_LEVEL=loud\nthis is no line\n',
      'routes.yaml':
        'routes:\n  - {path: /v1/x, methods: [GET], upstream: "http://127.0.0.1:1", guard: public}\n',
      'store.db': 'no database at all',
    });
    const env = {
      PORT: '"3000"',
      AUTH0_CONNECTION_FILE: 'nothing-here',
      ROUTES_FILE: 'routes.yaml',
      ROUTES_MODULE: 'no-module.mjs',
      STORE_URL: 'sqlite:store.db',
      TENANT_DATA: 'routes.yaml/tenant.db',
    };
    for (const command of [['config', 'check'], ['config', 'print'], ['start']]) {
      const { code, stdout, stderr } = await runCliProcess(command, { cwd, env });
      expect(code).toBe(78);
      const lines = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('; wanted: '));
      expect(lines.map((line) => line.split(' ')[0])).toEqual([
        '.env',
        'AUTH0_CONNECTION_FILE',
        'PORT',
        'LOG_LEVEL',
        'STORE_URL',
        'TENANT_DATA',
        'ROUTES_MODULE',
        'ROUTES_FILE.routes[0].path',
      ]);
    }
  });

  it.each([
    ['a folder', '.', 'a folder'],
    ['a file that is no database', 'text', 'not a SQLite database'],
    ['below a file', 'text/store.db', 'not a folder'],
    ['a device', '/dev/null', 'not a file'],
  ])('refuses %s as the store, and creates nothing', async (_what, file, why) => {
    const cwd = makeFolder({ text: 'some text' });
    const { code, stdout } = await runCliProcess(['config', 'check'], {
      cwd,
      env: { STORE_URL: `sqlite:${file}` },
    });
    expect(code).toBe(78);
    expect(stdout).toMatch(new RegExp(`^STORE_URL +seen: ".+": .*${why}`));
    const fresh = { STORE_URL: 'sqlite:new/store.db', TENANT_DATA: 'new/tenant.db' };
    expect(await runCliProcess(['config', 'check'], { cwd, env: fresh })).toMatchObject({ code: 0 });
    expect(readdirSync(cwd)).toEqual(['text']);
  });

  it('a warning goes to stderr and changes no exit code', async () => {
    const { code, stderr, stdout } = await runCliProcess(['config', 'check'], {
      env: { GATEHOUSE_PORT: '1' },
    });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: 'warning: GATEHOUSE_PORT is not a known variable; the nearest known name is PORT\n',
    });
    expect(stdout).not.toContain('warning');
  });
});

describe('config print', () => {
  const files = { '.env': 'LOG_LEVEL=debug\n', timeout: '700\n' };
  const env = { ...remote, TENANT_TIMEOUT_MS_FILE: 'timeout' };

  it('shows each value, without secrets, and its source', async () => {
    const { code, stdout, stderr } = await runCliProcess(['config', 'print'], {
      cwd: makeFolder(files),
      env,
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^PORT +3000 +default$/m);
    expect(stdout).toMatch(/^LOG_LEVEL +debug +\.env$/m);
    expect(stdout).toMatch(/^TENANT_TIMEOUT_MS +700 +file +timeout$/m);
    expect(stdout).toMatch(/^AUTH0_CLIENT_ID +web +environment$/m);
    expect(stdout).toMatch(/^AUTH0_CLIENT_SECRET +\*\*\* +environment$/m);
    expect(stdout).toMatch(/^TRUST_PROXY +- +default$/m);
    expect(stdout).not.toContain(remote.AUTH0_CLIENT_SECRET);
  });

  it.each([
    ['after', ['config', 'print', '--json']],
    ['before', ['--json', 'config', 'print']],
  ])('says the same as JSON, with the flag %s the command', async (_where, args) => {
    const { stdout } = await runCliProcess(args, { cwd: makeFolder(files), env });
    const { settings } = JSON.parse(stdout);
    expect(settings).toContainEqual({ name: 'LOG_LEVEL', value: 'debug', origin: '.env' });
    expect(settings).toContainEqual({
      name: 'AUTH0_BASE_URL',
      value: 'https://acme.eu.auth0.com',
      origin: 'default',
    });
    expect(settings).toContainEqual({ name: 'AUTH0_CLIENT_SECRET', value: '***', origin: 'environment' });
    expect(stdout).not.toContain(remote.AUTH0_CLIENT_SECRET);
  });

  it('of an invalid configuration exits 78 with the faults on stderr', async () => {
    const { code, stdout, stderr } = await runCliProcess(['config', 'print'], { env: { PORT: 'x' } });
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toMatch(/^PORT +seen: "x"/);
  });
});

describe('start', () => {
  it('with an invalid configuration exits 78 without listening', async () => {
    const { code, stderr, stdout } = await runCliProcess(['start', '--json'], {
      env: { NODE_ENV: 'production', PORT: '0' },
    });
    expect(code).toBe(78);
    expect(stderr).toContain('AUTH0_DOMAIN');
    expect(JSON.parse(stdout)).toMatchObject({ ok: false });
  });
});

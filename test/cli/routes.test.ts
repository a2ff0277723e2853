import { describe, expect, it } from 'vitest';
import { makeFolder, runCli } from './support/run-cli.ts';

const good =
  'routes:\n  - {path: /api/x/*, methods: [GET], upstream: "http://127.0.0.1:1", guard: {scopes: [x]}}\n';
const bad = 'routes:\n  - {path: /v1/x, methods: [GET], upstream: "http://example.com"}\n';
const env = { ROUTES_FILE: 'routes.yaml' };

describe('routes check', () => {
  it('exits 0 for valid routes, without listening, even if other settings are missing', async () => {
    const cwd = makeFolder({ 'routes.yaml': good });
    const ended = await runCli(['routes', 'check'], { env: { ...env, NODE_ENV: 'production' }, cwd });
    expect(ended).toMatchObject({ code: 0, stderr: '' });
  });

  it('exits 78 and names every fault, as lines and as JSON', async () => {
    const cwd = makeFolder({ 'routes.yaml': bad });
    const lines = await runCli(['routes', 'check'], { env, cwd });
    expect(lines.code).toBe(78);
    for (const key of ['path', 'upstream', 'guard'])
      expect(lines.stdout).toMatch(
        new RegExp(`^ROUTES_FILE\\.routes\\[0\\]\\.${key} +seen: .+; wanted: .+`, 'm'),
      );
    const json = await runCli(['routes', 'check', '--json'], { env, cwd });
    expect(json.code).toBe(78);
    expect(JSON.parse(json.stdout)).toMatchObject({ ok: false, faults: [{}, {}, {}] });
  });

  it('reads upstreams from the environment and .env, without the gateway’s secrets', async () => {
    const routes = good.replace('http://127.0.0.1:1', 'http://${UPSTREAM_HOST}:${UPSTREAM_PORT}');
    const cwd = makeFolder({ 'routes.yaml': routes, '.env': 'UPSTREAM_PORT=4500\nUPSTREAM_HOST=other\n' });
    const listed = await runCli(['routes', 'list'], { env: { ...env, UPSTREAM_HOST: 'organizer' }, cwd });
    expect(listed).toMatchObject({ code: 0, stdout: expect.stringContaining('http://organizer:4500') });
    const secret = good.replace('http://127.0.0.1:1', 'https://${AUTH0_CLIENT_SECRET}');
    const ended = await runCli(['routes', 'check'], {
      env: { ...env, AUTH0_CLIENT_SECRET: 'hush-hush-hush' },
      cwd: makeFolder({ 'routes.yaml': secret }),
    });
    expect(ended.code).toBe(78);
    expect(ended.stdout).toContain('${AUTH0_CLIENT_SECRET}');
    expect(ended.stdout + ended.stderr).not.toContain('hush');
  });

  it('names the line of a fault', async () => {
    const { stdout } = await runCli(['routes', 'check'], { env, cwd: makeFolder({ 'routes.yaml': bad }) });
    expect(stdout).toMatch(/^ROUTES_FILE\.routes\[0\]\.path +seen: "\/v1\/x" \(line 2\); wanted: /m);
  });

  it('exits 78 for a file that cannot be read', async () => {
    const { code, stdout } = await runCli(['routes', 'check'], { env });
    expect({ code, stdout }).toMatchObject({ code: 78, stdout: expect.stringContaining('ENOENT') });
  });

  it('checks rows of a module, and prints their faults', async () => {
    const module = `export default [
      { method: 'GET', path: '/api/hello', guard: 'public', operationId: 'hello', summary: 'Hello', tag: 'Hello',
        responses: { 200: { description: 'Hello' } }, errors: [], handler: () => ({ status: 200, body: {} }) },
    ];`;
    const files = {
      'routes.mjs': module,
      'bad.mjs': module.replace("guard: 'public',", '').replace('/api', '/v1'),
      'worse.mjs': `export default [{ method: 'FETCH', path: '/a/:id', handler: 1, body: {}, errors: 1n }, 1]`,
    };
    const cwd = makeFolder(files);
    expect(await runCli(['routes', 'check'], { env: { ROUTES_MODULE: 'routes.mjs' }, cwd })).toMatchObject({
      code: 0,
    });
    const ended = await runCli(['routes', 'check'], { env: { ROUTES_MODULE: 'bad.mjs' }, cwd });
    expect(ended.code).toBe(78);
    expect(ended.stdout).toMatch(/^ROUTES_MODULE\[0\]\.path/m);
    const worse = await runCli(['routes', 'check'], { env: { ROUTES_MODULE: 'worse.mjs' }, cwd });
    expect(worse.code).toBe(78);
    expect(worse.stdout).toMatch(/^ROUTES_MODULE\[0\]\.path +seen: "\/a\/:id"; wanted: .*\{name\}/m);
    expect(worse.stdout).toMatch(/^ROUTES_MODULE\[0\]\.method +seen: "FETCH"; wanted: GET, POST/m);
    expect(worse.stdout).not.toMatch(/invalid|expected|received/i);
    expect(ended.stdout).toMatch(/^ROUTES_MODULE\[0\]\.guard +seen: nothing; wanted: public, or /m);
  });
});

it('routes list prints every resource route with its handler or upstream', async () => {
  const cwd = makeFolder({ 'routes.yaml': good });
  const { code, stdout } = await runCli(['routes', 'list', '--json'], { env, cwd });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    routes: expect.arrayContaining([
      expect.objectContaining({ path: '/api/location/geocode', upstream: 'the gateway' }),
      {
        methods: 'GET',
        path: '/api/x/*',
        guard: '{"scopes":["x"]}',
        token: 'none',
        upstream: 'http://127.0.0.1:1',
      },
    ]),
  });
  expect((await runCli(['routes', 'list'], { env, cwd })).stdout).toMatch(/^GET +\/api\/x\/\* /m);
});

it('start exits 78 with invalid routes', async () => {
  const cwd = makeFolder({ 'routes.yaml': bad });
  const { code, stderr } = await runCli(['start'], {
    env: { ...env, PORT: '0', ADMIN_PORT: '0', TENANT_PORT: '0' },
    cwd,
  });
  expect(code).toBe(78);
  expect(stderr).toContain('ROUTES_FILE.routes[0].path');
});

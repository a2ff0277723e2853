import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Agent, request } from 'undici';
import { describe, expect, it } from 'vitest';
import { makeFolder, runCli } from './support/run-cli.ts';
import { startTenant } from './support/tenant.ts';

const credentials = async (cwd: string, ...args: string[]) =>
  runCli(['tenant', 'credentials', ...args], { cwd });

describe('tenant start', () => {
  it('starts the tenant alone, prints its address, and exits 0 on SIGTERM', async () => {
    const cwd = makeFolder();
    const { ready, stop } = await startTenant(cwd);
    expect(ready.issuer).toBe(`https://${ready.domain}/`);
    const ca = readFileSync(ready.ca_file, 'utf8');
    const { body } = await request(`${ready.issuer}.well-known/openid-configuration`, {
      dispatcher: new Agent({ connect: { ca } }),
    });
    expect(await body.json()).toMatchObject({ issuer: ready.issuer });
    expect(await stop()).toBe(0);
    expect(statSync(path.join(cwd, 'data/tenant.db')).mode & 0o077).toBe(0);
  });

  it('needs no variables of the gateway, which may be invalid', async () => {
    const { ready, stop } = await startTenant(makeFolder(), { PORT: 'x', AUTH0_DOMAIN: 'localhost:4400' });
    expect(ready.domain).toMatch(/^localhost:\d+$/);
    expect(await stop()).toBe(0);
  });

  it('with an invalid seed prints its errors, and exits 78', async () => {
    const cwd = makeFolder({ 'seed.yaml': 'clients: [{ name: 7 }]\n' });
    const { code, stdout } = await runCli(['tenant', 'start', '--json'], {
      cwd,
      env: { TENANT_PORT: '0', TENANT_SEED: 'seed.yaml' },
    });
    expect(code).toBe(78);
    expect(JSON.parse(stdout)).toMatchObject({
      faults: [{ name: 'TENANT_SEED', seen: expect.stringContaining('clients') }],
    });
  });

  it.each([
    ['in production', { NODE_ENV: 'production' }, 'NODE_ENV'],
    ['beyond loopback', { TENANT_HOST: '0.0.0.0' }, 'TENANT_HOST'],
    ['on no port', { TENANT_PORT: 'x' }, 'TENANT_PORT'],
  ])('refuses to start %s: exit 78', async (_where, env, name) => {
    const { code, stdout, stderr } = await runCli(['tenant', 'start'], { env });
    expect({ code, stdout }).toEqual({ code: 78, stdout: '' });
    expect(stderr).toContain(name);
  });
});

describe('tenant credentials', () => {
  it('prints the same client id and secret while the tenant runs and after it has stopped', async () => {
    const cwd = makeFolder();
    const { stop } = await startTenant(cwd);
    const running = await credentials(cwd, '--json');
    expect(running).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(running.stdout)).toEqual({
      client_id: 'gatehouse',
      client_secret: expect.stringMatching(/^.{32,}$/),
    });
    await stop();
    expect(await credentials(cwd, '--json')).toEqual(running);
    expect(await credentials(cwd, 'gatehouse', '--json')).toEqual(running);
    const { client_secret } = JSON.parse(running.stdout);
    expect((await credentials(cwd)).stdout).toBe(`client_id=gatehouse\nclient_secret=${client_secret}\n`);

    const [byKey, byId, byName] = await Promise.all([
      credentials(cwd, 'calendar-app', '--json'),
      credentials(cwd, 'tpc_calendar-app', '--json'),
      credentials(cwd, 'CalendarApp', '--json'),
    ]);
    expect(JSON.parse(byKey.stdout)).toMatchObject({ client_id: 'tpc_calendar-app' });
    expect([byId, byName]).toEqual([byKey, byKey]);

    const recipe = await credentials(cwd, '--env', 'express');
    expect(recipe.stdout).toContain(`CLIENT_ID=gatehouse\nCLIENT_SECRET=${client_secret}\n`);
    const cobol = await credentials(cwd, '--env', 'cobol');
    expect(cobol).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('Known are: next,') });

    const unknown = await credentials(cwd, 'nobody', '--json');
    expect(unknown.code).toBe(1);
    const failure = { ok: false, faults: [expect.stringMatching(/no client "nobody".+gift-deliveries/)] };
    expect(JSON.parse(unknown.stdout)).toEqual(failure);
  });

  it('without data prints one sentence, exits 1, and creates no data', async () => {
    const cwd = makeFolder();
    const missing = await credentials(cwd);
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^There is no data of the embedded tenant yet/);
    expect(() => statSync(path.join(cwd, 'data'))).toThrow('ENOENT');
    const inMemory = await runCli(['tenant', 'credentials'], { cwd, env: { TENANT_DATA: ':memory:' } });
    expect(inMemory).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining(':memory:') });
  });

  it('with a file of another kind prints one line to stderr and exits 1', async () => {
    const cwd = makeFolder({ 'tenant.db': 'not a database, but a letter to its reader\n'.repeat(100) });
    const { code, stdout, stderr } = await runCli(['tenant', 'credentials'], {
      cwd,
      env: { TENANT_DATA: 'tenant.db' },
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^gatehouse: [^\n]*not a database\n$/);
  });
});

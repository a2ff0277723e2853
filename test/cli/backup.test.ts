import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, vi } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { startWorld } from '../support/world.ts';
import { makeFolder, runCli } from './support/run-cli.ts';
import { startTenant } from './support/tenant.ts';

// Each test runs several programs in sequence.
vi.setConfig({ testTimeout: 120_000 });

const user = { email: 'ada@example.com', password: 'Correct-Horse-9' };
const seed =
  'clients: [{ client_id: shop, client_secret: a-known-secret, grant_types: [client_credentials] }]';

describe('backup and restore', () => {
  it('restore a session that ended after the backup, which is created while the gateway runs', async () => {
    const world = await startWorld();
    const folder = makeFolder();
    const env = { STORE_URL: `sqlite:${path.join(folder, 'store.db')}` };
    const cli = (...args: string[]) =>
      runCli(args, {
        cwd: folder,
        env: {
          ...env,
          AUTH0_DOMAIN: world.tenant.domain,
          AUTH0_CLIENT_ID: 'a',
          AUTH0_CLIENT_SECRET: 'b',
          AUTH0_API_AUDIENCE: 'c',
        },
      });
    const gateway = await startGatewayProcess(world, env);
    const browser = createBrowser(gateway.url);
    await browser.send('POST', '/v1/auth/signup', { body: user });
    await browser.send('POST', '/v1/auth/signin', { body: user });
    const kept = new Map(browser.cookies);
    const made = await cli('backup', 'b/one.backup', '--json');
    expect(made).toMatchObject({ code: 0 });
    expect(JSON.parse(made.stdout)).toMatchObject({
      ok: true,
      parts: [{ name: 'STORE_URL', schemaVersion: 1 }],
    });
    expect(statSync(path.join(folder, 'b/one.backup')).mode & 0o777).toBe(0o600);
    await browser.send('POST', '/v1/auth/signout');

    const refused = await cli('restore', 'b/one.backup', '--yes');
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('in use: stop the gateway') });
    await gateway.kill();
    expect(await cli('restore', 'b/one.backup')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('pass --yes'),
    });
    expect(await cli('restore', 'b/one.backup', '--yes')).toMatchObject({ code: 0 });
    expect(existsSync(path.join(folder, 'store.db.old'))).toBe(true);

    const again = await startGatewayProcess(world, env);
    const returned = createBrowser(again.url);
    for (const [name, value] of kept) returned.cookies.set(name, value);
    expect((await returned.send('GET', '/v1/auth/session')).body).toMatchObject({ authenticated: true });
    await again.kill();
    await world.close();
  });

  it('cover the embedded tenant, also while it runs', async () => {
    const folder = makeFolder({ 'seed.yaml': seed });
    expect(await runCli(['tenant', 'seed', 'seed.yaml'], { cwd: folder })).toMatchObject({ code: 0 });
    const tenant = await startTenant(folder);
    const cli = (...args: string[]) => runCli(args, { cwd: folder, env: tenant.env });
    expect(await cli('backup', 'one.backup')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('TENANT_DATA'),
    });
    expect(await cli('restore', 'one.backup', '--yes')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('in use'),
    });
    await tenant.stop();
    expect(await cli('tenant', 'reset', '--yes')).toMatchObject({ code: 0 });
    expect(await cli('tenant', 'credentials', 'shop')).toMatchObject({ code: 1 });
    expect(await cli('restore', 'one.backup', '--yes')).toMatchObject({ code: 0 });
    expect((await cli('tenant', 'credentials', 'shop')).stdout).toContain('client_secret=a-known-secret');
  });

  it('refuse an existing target file, a missing source, and a file that is not a backup', async () => {
    const folder = makeFolder({ 'one.backup': 'mine', 'text.backup': 'no database' });
    const other = new DatabaseSync(path.join(folder, 'other.db'));
    other.exec('CREATE TABLE a (b)');
    other.close();
    const newer = new DatabaseSync(path.join(folder, 'newer.backup'));
    newer.exec('PRAGMA application_id = 1195917899; PRAGMA user_version = 9');
    newer.close();
    const resultOf = async (...args: string[]) => {
      const { code, stderr } = await runCli(args, { cwd: folder });
      return [code, stderr] as const;
    };
    expect(await resultOf('backup', 'one.backup')).toEqual([1, expect.stringContaining('exists already')]);
    expect(await resultOf('backup', 'two.backup')).toEqual([
      1,
      expect.stringContaining('nothing to back up'),
    ]);
    expect(await resultOf('restore', 'none.backup', '--yes')).toEqual([
      1,
      expect.stringContaining('no such file'),
    ]);
    expect(await resultOf('restore', 'text.backup', '--yes')).toEqual([
      1,
      expect.stringContaining('not a database'),
    ]);
    expect(await resultOf('restore', 'other.db', '--yes')).toEqual([
      1,
      expect.stringContaining('not a backup of Gatehouse'),
    ]);
    expect(await resultOf('restore', 'newer.backup', '--yes')).toEqual([
      1,
      expect.stringContaining('newer release'),
    ]);
    expect(existsSync(path.join(folder, 'two.backup'))).toBe(false);
  });
});

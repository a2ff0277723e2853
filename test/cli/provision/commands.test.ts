import { readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { startWorld } from '../../support/world.ts';
import { SHOP } from '../support/provision.ts';
import { makeFolder, runCli, runCliProcess } from '../support/run-cli.ts';
import { startTenant } from '../support/tenant.ts';

// Each test runs several programs in sequence.
vi.setConfig({ testTimeout: 300_000 });

/** A tenant in another process, reached over https, and an operator's folder with the file. */
async function startElsewhere() {
  const there = makeFolder();
  const running = await startTenant(there);
  const env = { cwd: there, env: running.env };
  const found = await runCli(['tenant', 'credentials', 'gatehouse-management', '--json'], env);
  const { client_id, client_secret } = JSON.parse(found.stdout);
  const cwd = makeFolder({ 'gatehouse.tenant.yaml': stringify(SHOP) });
  const credential = {
    AUTH0_DOMAIN: running.ready.domain,
    AUTH0_MGMT_CLIENT_ID: client_id,
    AUTH0_MGMT_CLIENT_SECRET: client_secret,
    NODE_EXTRA_CA_CERTS: path.resolve(there, running.ready.ca_file),
  };
  // The certificates of NODE_EXTRA_CA_CERTS are read when a process starts.
  const provision = (...args: string[]) => runCliProcess(['provision', ...args], { cwd, env: credential });
  return { running, cwd, provision };
}

it('plan --out, apply of the plan over https, secrets-out and destroy, with nothing left to change', async () => {
  const { running, cwd, provision } = await startElsewhere();
  const planned = await provision('plan', '--json', '--out', 'plan.json');
  expect(planned.stderr).toContain('Management API scopes that this needs: read:tenant_settings');
  expect(planned).toMatchObject({ code: 0 });
  expect(JSON.parse(planned.stdout)).toMatchObject({ changes: 9, steps: expect.any(Array) });
  writeFileSync(path.join(cwd, '.env.local'), '# mine\nOTHER=1\nSHOP_CLIENT_ID=old\n', { mode: 0o644 });
  const applied = await provision('apply', 'plan.json', '--secrets-out', '.env.local', '--json');
  expect(applied.stderr).toContain('1/9 create api');
  expect(JSON.parse(applied.stdout)).toMatchObject({ ok: true, changes: 9, left: [] });
  const secrets = path.join(cwd, '.env.local');
  const text = readFileSync(secrets, 'utf8');
  expect(text).toMatch(/^# mine\nOTHER=1\nSHOP_CLIENT_ID=(?!old)\S+\nSHOP_CLIENT_SECRET=\S{20,}\n/);
  expect(text).toMatch(/ROBOT_CLIENT_SECRET=\S{20,}\n/);
  expect(statSync(secrets).mode & 0o777).toBe(0o600);
  const secret = /ROBOT_CLIENT_SECRET=(\S+)/.exec(text)?.[1] ?? '-';
  expect(applied.stdout + applied.stderr + readFileSync(path.join(cwd, 'plan.json'), 'utf8')).not.toContain(
    secret,
  );
  const moved = await provision('apply', 'plan.json');
  expect(moved).toMatchObject({ code: 1, stdout: '' });
  expect(moved.stderr).toContain('client shop: is as wanted by now');
  const again = await provision('plan', '--json');
  expect(JSON.parse(again.stdout)).toEqual({ changes: 0, steps: [] });
  const destroyed = await provision('destroy', '--owned-only', '--json');
  expect(JSON.parse(destroyed.stdout)).toMatchObject({ ok: true, changes: 3 });
  await running.stop();
});

it('wrong flags, a missing file and a wrong secret say what to do', async () => {
  const [cwd, env] = [makeFolder(), {}];
  expect(await runCli(['provision', 'destroy'], { cwd, env })).toMatchObject({ code: 2 });
  expect(await runCli(['provision', 'plan', '--wrong'], { cwd, env })).toMatchObject({ code: 2, stdout: '' });
  expect(await runCli(['provision', 'validate', '--json'], { cwd, env })).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('gatehouse provision init writes one'),
  });
});

it('the call that init prints works with a running gateway', async () => {
  const world = await startWorld();
  try {
    const cwd = makeFolder();
    const env = { PUBLIC_URL: world.url, TENANT_PORT: '0' };
    const ended = await runCli(['init', '--embedded', '--yes', '--json'], { cwd, env });
    expect({ code: ended.code, stderr: ended.stderr }).toMatchObject({ code: 0 });
    const { curl, answer } = JSON.parse(ended.stdout);
    expect(curl).toBe(`curl -s ${world.url}/readyz`);
    expect(JSON.parse(answer)).toMatchObject({ parts: expect.any(Object) });
    expect(readFileSync(path.join(cwd, '.env'), 'utf8')).toBe(`PUBLIC_URL=${world.url}\n`);
  } finally {
    await world.close();
  }
});

it('the file of init needs no changes after apply, and that of export describes the tenant', async () => {
  const cwd = makeFolder();
  const provision = (...args: string[]) =>
    runCli(['provision', ...args, '--json'], { cwd, env: { TENANT_PORT: '0' } });
  expect(await provision('init')).toMatchObject({ code: 0 });
  expect(await provision('validate')).toMatchObject({ code: 0 });
  expect(await provision('apply')).toMatchObject({ code: 0 });
  expect(JSON.parse((await provision('plan')).stdout)).toEqual({ changes: 0, steps: [] });
  const exported = await provision('export', '--file', 'today.yaml');
  expect(JSON.parse(exported.stdout)).toMatchObject({ ok: true, file: 'today.yaml', apis: 3 });
  expect(await provision('validate', '--file', 'today.yaml')).toMatchObject({ code: 0 });
  expect(JSON.parse((await provision('plan', '--file', 'today.yaml')).stdout)).toMatchObject({ changes: 0 });
  const kept = readFileSync(path.join(cwd, 'today.yaml'), 'utf8');
  expect(await provision('export', '--file', 'today.yaml')).toMatchObject({ code: 1 });
  expect(readFileSync(path.join(cwd, 'today.yaml'), 'utf8')).toBe(kept);
});

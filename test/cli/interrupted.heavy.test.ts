import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'dotenv';
import { expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { eventually } from '../support/eventually.ts';
import { type ProvisionStage, SHOP, startStage } from './support/provision.ts';
import { startRelay } from './support/relay.ts';
import { makeFolder, spawnCli, toEnd } from './support/run-cli.ts';

// Each test runs several programs in sequence.
vi.setConfig({ testTimeout: 300_000 });

/** A folder with an operator's files, and the command line there, which calls the tenant by a relay. */
function createOperator({ link }: ProvisionStage, files: Readonly<Record<string, string>>) {
  const cwd = makeFolder(files);
  const start = (relay: string, ...args: string[]) => {
    const child = spawnCli(args, {
      cwd,
      env: {
        AUTH0_DOMAIN: new URL(link.issuer).host,
        AUTH0_BASE_URL: relay,
        AUTH0_MGMT_CLIENT_ID: link.clientId,
        AUTH0_MGMT_CLIENT_SECRET: link.clientSecret,
      },
    });
    let stderr = '';
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    return { child, ended: toEnd(child), stderr: () => stderr };
  };
  return { cwd, start };
}

const shopFiles = { 'gatehouse.tenant.yaml': stringify(SHOP) };

it('apply that is killed after any of its changes is completed by the next run, with all secrets', async () => {
  const stage = await startStage();
  const { cwd, start } = createOperator(stage, shopFiles);
  const written: string[] = [];
  const held: { running?: ReturnType<typeof start> } = {};
  const killing = await startRelay(stage.origin, (call) => {
    written.push(call);
    held.running?.child.kill('SIGKILL');
    return false;
  });
  for (let isKilled = true; isKilled; ) {
    const running = start(killing, 'provision', 'apply', '--secrets-out', '.env.local', '--json');
    held.running = running;
    const { code, stdout } = await running.ended;
    isKilled = code === null;
    if (!isKilled) expect(JSON.parse(stdout)).toMatchObject({ ok: true, changes: 0, left: [] });
  }
  // One for each step, and two for a connection, which is created and then enabled.
  expect(written).toHaveLength(10);
  const { client } = await stage.open();
  const { data } = await client.clients.list();
  const secrets = parse(readFileSync(path.join(cwd, '.env.local'), 'utf8'));
  for (const { key = '', name = '' } of SHOP.clients ?? []) {
    const [made, ...more] = data.filter((each) => each.name === name);
    expect(more).toEqual([]);
    expect([
      secrets[`${key.toUpperCase()}_CLIENT_ID`],
      secrets[`${key.toUpperCase()}_CLIENT_SECRET`],
    ]).toEqual([made?.client_id, made?.client_secret]);
  }
  expect((await stage.plan(SHOP)).steps).toEqual([]);
});

it('Ctrl-C of apply ends after the current change, prints done and remaining steps, and the next run makes the rest', async () => {
  const stage = await startStage();
  const { cwd, start } = createOperator(stage, shopFiles);
  let count = 0;
  const held: { running?: ReturnType<typeof start> } = {};
  const relay = await startRelay(stage.origin, async () => {
    count += 1;
    if (count !== 2) return true;
    held.running?.child.kill('SIGINT');
    await eventually(() => held.running?.stderr()).toContain('Interrupted');
    return true;
  });
  const running = start(relay, 'provision', 'apply', '--secrets-out', '.env.local', '--json');
  held.running = running;
  const first = await running.ended;
  expect(first.code).toBe(1);
  expect(JSON.parse(first.stdout)).toMatchObject({
    ok: false,
    changes: 2,
    done: [{ kind: 'api' }, { kind: 'client', key: 'shop' }],
    left: { length: 7 },
    failure: 'Interrupted.',
  });
  expect(readdirSync(cwd).toSorted()).toEqual(['.env.local', 'gatehouse.tenant.yaml']);
  expect(readFileSync(path.join(cwd, '.env.local'), 'utf8')).toMatch(
    /^SHOP_CLIENT_ID=\S+\nSHOP_CLIENT_SECRET=\S+\n$/,
  );
  const second = await start(relay, 'provision', 'apply', '--json').ended;
  expect(JSON.parse(second.stdout)).toMatchObject({ ok: true, changes: 7, left: [] });
});

it('Ctrl-C of users import ends after the current job, and prints the numbers of imported and remaining users', async () => {
  const users = Array.from({ length: 60 }, (_, index) => ({
    email: `user-${index}@example.com`,
    user_metadata: { text: 'x'.repeat(8000) },
  }));
  const stage = await startStage();
  const { start } = createOperator(stage, { 'users.json': JSON.stringify(users) });
  const held: { running?: ReturnType<typeof start> } = {};
  const relay = await startRelay(stage.origin, async () => {
    held.running?.child.kill('SIGINT');
    await eventually(() => held.running?.stderr()).toContain('Interrupted');
    return true;
  });
  const running = start(relay, 'users', 'import', 'users.json', '--json');
  held.running = running;
  const { code, stdout, stderr } = await running.ended;
  expect({ code, stderr }).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^1\/2 importing \d+ users$/m),
  });
  const result = JSON.parse(stdout);
  expect(result).toMatchObject({ ok: false, total: 60, updated: 0, failed: [], failure: 'Interrupted.' });
  expect(result.inserted).toBeGreaterThan(30);
  expect(result.inserted + result.left).toBe(60);
  const { client } = await stage.open();
  const { response } = await client.users.list({ include_totals: true });
  expect(response).toMatchObject({ total: result.inserted });
});

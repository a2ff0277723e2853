import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { beforeAll, expect, it, vi } from 'vitest';
import { seed } from '../admin/support.ts';
import { type Ended, runCliProcess, spawnCli, spawnProgram } from '../cli/support/run-cli.ts';
import { buildTimeoutMs, openGazetteer } from '../location/support/gazetteer.ts';
import { createManage, signInForTokens, toPath } from '../revocation/support/management.ts';
import { callApi, password, signInUser } from '../session/support/person.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from '../support/folder.ts';
import { findFreePorts } from '../support/free-ports.ts';

// Several programs in sequence.
vi.setConfig({ testTimeout: 300_000 });
beforeAll(async () => void (await openGazetteer()), buildTimeoutMs);

const DOMAIN = 'acme.eu.tenant.test';
const RESOLVE = new URL('../support/resolve-test-names.ts', import.meta.url).href;

const machine = (client_id: string) => ({
  client_id,
  name: client_id,
  app_type: 'non_interactive',
  grant_types: ['client_credentials'],
});
const granted = (client_id: string, scope: readonly string[]) => ({
  client_grants: [{ client_id, audience: '$mgmt', scope }],
});

/** A new tenant without anything of the gateway, except for a machine client without scopes. */
async function openAccount() {
  const cwd = makeFolder({
    'seed.json': JSON.stringify({
      clients: [machine('operator'), machine('dashboard')],
      ...granted('dashboard', ['update:users']),
    }),
  });
  const child = spawnProgram(
    'packages/tenant/src/cli.ts',
    ['--port=0', '--memory', '--json', '--quiet', '--seed=seed.json'],
    { cwd, env: { TENANT_DOMAIN: DOMAIN } },
  );
  const first = await createInterface(child.stdout)[Symbol.asyncIterator]().next();
  const { issuer, port, ca_file: caFile, clients } = JSON.parse(first.value ?? '');
  const origin = `http://localhost:${port}`;
  const of = (clientId: string): string => clients[clientId].client_secret;
  const manage = () =>
    createManage({
      management: { issuer, baseUrl: origin, clientId: 'dashboard', clientSecret: of('dashboard') },
    });
  return { domain: `${DOMAIN}:${port}`, caFile, secret: of('operator'), origin, manage };
}

/** Resolves when the started program listens. */
async function untilListening(child: ReturnType<typeof spawnCli>): Promise<void> {
  child.stderr.resume();
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith('{') && JSON.parse(line).msg === 'listening') return void child.stdout.resume();
  }
  throw new Error(`the gateway ended: ${lines.join('\n')}`);
}

const scopesIn = ({ stderr }: Ended): string[] =>
  /^Management API scopes that this needs: (.*)$/m.exec(stderr)?.[1]?.split(' ') ?? [];

it('init alone prepares an empty tenant at its own domain for sign-ins by a gateway', async () => {
  const account = await openAccount();
  const port = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const cwd = makeFolder({ 'secret.txt': `${account.secret}\n` });
  const network = { NODE_EXTRA_CA_CERTS: account.caFile, NODE_OPTIONS: `--import=${RESOLVE}` };
  const run = (args: readonly string[], env = {}) =>
    runCliProcess([...args, '--json'], { cwd, env: { ...network, ...env } });
  const credential = ['--mgmt-client-id', 'operator', '--mgmt-client-secret-file', 'secret.txt'];
  const init = () =>
    run(['init', '--domain', account.domain, ...credential, '--yes'], {
      PUBLIC_URL: `http://localhost:${port}`,
    });
  const grant = (scopes: readonly string[]) =>
    seed({ tenant: { origin: account.origin } }, granted('operator', scopes));

  // With only one scope, init names all missing ones together and changes nothing.
  await grant(['read:clients']);
  const refused = await init();
  const needed = scopesIn(refused);
  expect(needed).toEqual(expect.arrayContaining(['create:clients', 'read:signing_keys', 'read:logs']));
  const missing = needed.filter((scope) => scope !== 'read:clients');
  expect(refused.code).toBe(1);
  const [named = ''] = JSON.parse(refused.stdout).faults;
  expect(missing.filter((scope) => !named.includes(scope))).toEqual([
    // The feed can be off.
    'read:logs',
    'read:users',
    'read:refresh_tokens',
  ]);

  // With exactly the named scopes, it succeeds.
  await grant(needed);
  const first = await init();
  expect({ code: first.code, stderr: first.stderr }).toMatchObject({ code: 0 });
  expect(JSON.parse(first.stdout)).toMatchObject({ ok: true, curl: expect.stringMatching(/^curl /) });
  const file = path.join(cwd, '.env');
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(file, 'utf8')).toContain(`AUTH0_DOMAIN=${account.domain}\n`);
  expect(first.stdout + first.stderr + readFileSync(file, 'utf8')).not.toContain(account.secret);
  expect(readFileSync(path.join(cwd, 'gatehouse.tenant.yaml'), 'utf8')).toContain(
    `http://localhost:${port}/v1/auth/callback`,
  );

  const applied = await run(['provision', 'apply']);
  expect(JSON.parse(applied.stdout)).toMatchObject({ ok: true, changes: 0, left: [] });
  const planned = await run(['provision', 'plan']);
  expect(JSON.parse(planned.stdout)).toEqual({ changes: 0, steps: [] });

  // The flow removes its user.
  await grant([...needed, 'delete:users']);
  const examined = await run(['doctor', '--live', '-v']);
  const { ok, findings } = JSON.parse(examined.stdout);
  expect(findings.filter(({ status }: { status: string }) => status === 'fail')).toEqual([]);
  expect({ code: examined.code, ok, last: findings.at(-1) }).toMatchObject({
    code: 0,
    ok: true,
    last: { id: 'S1', status: 'pass' },
  });

  const child = spawnCli(['start'], { cwd, env: { ...network, PORT: String(port), ADMIN_PORT: '0' } });
  await untilListening(child);
  await eventually(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
  const browser = await signInUser(url, 'ada@example.com');
  const bearer = await signInForTokens(url, 'ada@example.com', password);
  expect([(await callApi(browser)).status, (await bearer.call()).status]).toEqual([200, 200]);

  // A block in the dashboard reaches both: the credential reads the log.
  const manage = await account.manage();
  await manage('PATCH', toPath(bearer.id), { blocked: true });
  await eventually(async () => (await bearer.call()).status).toBe(401);
  await eventually(async () => (await callApi(browser)).status).toBe(401);
});

it('init does not change an env file for another tenant', async () => {
  const kept = 'AUTH0_DOMAIN=acme.eu.auth0.com\n';
  const cwd = makeFolder({ '.env': kept, 'secret.txt': 'a secret of the test\n' });
  const ended = await runCliProcess(
    [
      'init',
      '--domain',
      `${DOMAIN}:1`,
      '--mgmt-client-id',
      'operator',
      '--mgmt-client-secret-file',
      'secret.txt',
      '--yes',
    ],
    { cwd, env: { PUBLIC_URL: 'http://localhost:4321' } },
  );
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('other values of AUTH0_DOMAIN') });
  expect(readFileSync(path.join(cwd, '.env'), 'utf8')).toBe(kept);
});

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hashSync } from 'bcryptjs';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makeFolder, runCli } from './support/run-cli.ts';
import { startTenant } from './support/tenant.ts';

// Each test runs several programs in sequence.
vi.setConfig({ testTimeout: 120_000 });

const password = 'Brought-Along-7';
const password_hash = hashSync(password, 4);
const seed = 'clients: [{ client_id: shop, client_secret: known, grant_types: [password] }]';
const users = [
  { email: 'ada@example.com', password_hash, given_name: 'Ada' },
  { email: 'nope' },
  {
    email: 'old@example.com',
    custom_password_hash: { algorithm: 'md5', hash: { value: 'ff', encoding: 'hex' } },
  },
  { email: 'bob@example.com', password_hash },
];

const files = (given: unknown = users) => ({ 'seed.yaml': seed, 'users.json': JSON.stringify(given) });
const importUsers = (cwd: string, env: Readonly<Record<string, string>> = {}, ...args: string[]) =>
  runCli(['users', 'import', 'users.json', ...args], { cwd, env });

async function signIn(origin: string, username: string): Promise<number> {
  const client = { client_id: 'shop', client_secret: 'known' };
  const body = new URLSearchParams({ ...client, grant_type: 'password', username, password });
  return (await fetch(`${origin}/oauth/token`, { method: 'POST', body })).status;
}

it('imports users into the embedded tenant, running or not; failed users are listed, with exit 1', async () => {
  const cwd = makeFolder(files());
  await runCli(['tenant', 'seed', 'seed.yaml'], { cwd });
  const { code, stdout } = await importUsers(cwd);
  expect(code).toBe(1);
  expect(stdout.trimEnd().split('\n')).toEqual([
    expect.stringMatching(/^failed: "nope": INVALID_FORMAT /),
    expect.stringMatching(/^failed: "old@example.com": NOT_PASSED .+by md5/),
    expect.stringMatching(/^4 users: 2 imported into .+tenant\.db, 0 updated, 2 failed\.$/),
  ]);
  const running = await startTenant(cwd);
  expect(await signIn(running.origin, 'ada@example.com')).toBe(200);
  const again = await importUsers(cwd, running.env, '--json');
  expect(again.code).toBe(1);
  expect(JSON.parse(again.stdout)).toMatchObject({
    ok: false,
    where: expect.stringContaining('the tenant that runs at'),
    total: 4,
    inserted: 0,
    failed: [{}, {}, {}, { user: { email: 'bob@example.com' } }],
  });
  const upserted = JSON.parse((await importUsers(cwd, running.env, '--json', '--upsert')).stdout);
  expect(upserted).toMatchObject({ updated: 2, failed: [{}, {}] });
  expect(await signIn(running.origin, 'bob@example.com')).toBe(200);
  await running.stop();
});

it('splits many users into jobs, and exits 0 when all are imported', async () => {
  const many = Array.from({ length: 60 }, (_, index) => ({
    email: `user-${index}@example.com`,
    user_metadata: { text: 'x'.repeat(8000) },
  }));
  const cwd = makeFolder(files(many));
  await runCli(['tenant', 'seed'], { cwd });
  const { code, stdout, stderr } = await importUsers(cwd, {}, '--json');
  expect(stderr).toMatch(/^2\/2 importing \d+ users$/m);
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, total: 60, inserted: 60, failed: [] });
  expect(code).toBe(0);
});

it('imports users into the tenant of AUTH0_DOMAIN, with AUTH0_MGMT_CLIENT_ID', async () => {
  const [there, cwd] = [makeFolder({ 'seed.yaml': seed }), makeFolder(files([users[0]]))];
  const running = await startTenant(there, { TENANT_SEED: 'seed.yaml' });
  const found = await runCli(['tenant', 'credentials', 'gatehouse-management', '--json'], {
    cwd: there,
    env: running.env,
  });
  const { client_id, client_secret } = JSON.parse(found.stdout);
  const env = {
    AUTH0_DOMAIN: running.ready.domain,
    AUTH0_BASE_URL: running.origin,
    AUTH0_MGMT_CLIENT_ID: client_id,
    AUTH0_MGMT_CLIENT_SECRET: client_secret,
  };
  expect(await importUsers(cwd, env)).toMatchObject({
    code: 0,
    stdout: `1 users: 1 imported into the tenant ${running.ready.domain}, 0 updated, 0 failed.\n`,
  });
  expect(await signIn(running.origin, 'ada@example.com')).toBe(200);
  const elsewhere = await importUsers(cwd, env, '--connection', 'nowhere');
  expect(elsewhere).toMatchObject({ code: 1, stderr: 'the tenant has no database connection nowhere\n' });
  const wrong = await importUsers(cwd, { ...env, AUTH0_MGMT_CLIENT_SECRET: 'another-secret' });
  expect(wrong).toMatchObject({ code: 1, stdout: '', stderr: expect.stringContaining('answered 401') });
  await running.stop();
});

/** A tenant that responds like a busy one: first 429, and a slow job. */
async function startBusyTenant(last: object) {
  const seen: string[] = [];
  const polls = [{ status: 'pending' }, { status: 'processing' }, last];
  let isFull = true;
  const answer = ({ method, url }: IncomingMessage): readonly [number, object?] => {
    const call = `${method} ${url?.split('?')[0]}`;
    seen.push(call);
    switch (call) {
      case 'POST /oauth/token':
        return [200, { access_token: 'token', expires_in: 86_400, token_type: 'Bearer' }];
      case 'GET /api/v2/connections':
        return [200, { connections: [{ id: 'con_1', name: 'Username-Password-Authentication' }] }];
      case 'POST /api/v2/jobs/users-imports':
        if (!isFull) return [202, { id: 'job_1', status: 'pending' }];
        isFull = false;
        return [429, { statusCode: 429, message: 'There are 2 active import users jobs' }];
      case 'GET /api/v2/jobs/job_1':
        return [200, { id: 'job_1', ...(polls.length > 1 ? polls.shift() : polls[0]) }];
      case 'GET /api/v2/jobs/job_1/errors':
        return [204];
      default:
        return [404, {}];
    }
  };
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const [status, body] = answer(request);
      response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' });
      response.end(body && JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  // The server listens on TCP, which the type does not express.
  const { port } = server.address() as AddressInfo;
  return {
    seen,
    env: {
      AUTH0_DOMAIN: 'acme.eu.auth0.com',
      AUTH0_BASE_URL: `http://127.0.0.1:${port}`,
      AUTH0_MGMT_CLIENT_ID: 'machine',
      AUTH0_MGMT_CLIENT_SECRET: 'a-secret-of-the-machine',
    },
  };
}

it('waits for a rate-limited tenant, and for its job', async () => {
  const busy = await startBusyTenant({
    status: 'completed',
    summary: { inserted: 4, updated: 0, failed: 0 },
  });
  const { code, stdout } = await importUsers(makeFolder(files()), busy.env);
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('4 imported') });
  expect(busy.seen).toEqual([
    'POST /oauth/token',
    'GET /api/v2/connections',
    'POST /api/v2/jobs/users-imports',
    'POST /api/v2/jobs/users-imports',
    'GET /api/v2/jobs/job_1',
    'GET /api/v2/jobs/job_1',
    'GET /api/v2/jobs/job_1',
    'GET /api/v2/jobs/job_1/errors',
  ]);
});

it('a job that fails completely is reported, with exit 1', async () => {
  const busy = await startBusyTenant({ status: 'failed', status_details: 'Failed to parse users file' });
  expect(await importUsers(makeFolder(files()), busy.env)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Failed to parse users file'),
  });
});

it.each([
  ['no list', { email: 'a@example.com' }, {}, 1, /not a list of users/],
  ['no data', [], {}, 1, /no data of the embedded tenant/],
  [
    'another tenant without a client for it',
    [],
    { AUTH0_DOMAIN: 'acme.eu.auth0.com' },
    78,
    /AUTH0_MGMT_CLIENT_ID/,
  ],
  [
    'half a client',
    [],
    { AUTH0_DOMAIN: 'acme.eu.auth0.com', AUTH0_MGMT_CLIENT_ID: 'm' },
    78,
    /AUTH0_MGMT_CLIENT_SECRET/,
  ],
  ['production without a domain', [], { NODE_ENV: 'production' }, 78, /AUTH0_DOMAIN/],
])('%s prints one sentence and imports nothing', async (_what, given, env, code, complaint) => {
  const ended = await importUsers(makeFolder(files(given)), env);
  expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code, stdout: '' });
  expect(ended.stderr).toMatch(complaint);
});

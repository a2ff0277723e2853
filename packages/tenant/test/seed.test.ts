import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import type { BuiltInSeed } from '../src/seed/built-in.ts';
import { type OpenTenant, startTenant } from '../src/tenant.ts';
import { hostSeed } from './support/host-seed.ts';
import { storedIn } from './support/stored.ts';

const connections = [
  'Username-Password-Authentication',
  'email',
  'sms',
  'simulated-social',
  'simulated-enterprise',
];

let folder: string;
let warnings: string[];
const open: OpenTenant[] = [];
beforeEach(async () => {
  folder = makeFolder();
  warnings = [];
});
afterEach(async () => {
  await stop();
});

async function stop(): Promise<void> {
  await Promise.all(open.splice(0).map((tenant) => tenant.close()));
}

interface Start {
  readonly seed?: string | undefined;
  readonly dataFile?: string;
  readonly builtInSeed?: BuiltInSeed | undefined;
}

async function start(given: Start = {}): Promise<OpenTenant> {
  const { seed, dataFile = ':memory:', builtInSeed } = { builtInSeed: hostSeed, ...given };
  const seedFile = join(folder, 'seed.yaml');
  if (seed !== undefined) await writeFile(seedFile, seed);
  const tenant = await startTenant({
    host: '127.0.0.1',
    port: 0,
    dataFile,
    ...(builtInSeed && { builtInSeed }),
    ...(seed !== undefined && { seed: seedFile }),
    warn: (message) => warnings.push(message),
  });
  open.push(tenant);
  return tenant;
}

const tokenOf = async (tenant: OpenTenant, client: string, parameters: Record<string, string>) => {
  const body = new URLSearchParams({ ...tenant.credentials(client), ...parameters });
  const response = await fetch(`${tenant.origin}/oauth/token`, { method: 'POST', body });
  return response.status;
};

describe('the built-in seed of the package', () => {
  it('has connections, a client of each type, an API and a user', async () => {
    const tenant = await start({ builtInSeed: undefined });
    const { issuer } = tenant;
    const state = storedIn(tenant);
    const management = `${issuer}api/v2/`;
    expect(state.connections.list().map(({ name }) => name)).toEqual(connections);
    expect(state.settings.get()).toMatchObject({
      friendly_name: 'Local tenant',
      default_directory: 'Username-Password-Authentication',
    });
    expect(
      state.resourceServers.list().map(({ identifier, scopes }) => [identifier, scopes.length > 2]),
    ).toEqual([
      [management, true],
      ['https://api.example.com', false],
    ]);
    expect(state.clients.list().map((client) => [client.client_id, client.app_type])).toEqual([
      ['spa', 'spa'],
      ['web', 'regular_web'],
      ['native', 'native'],
      ['machine', 'non_interactive'],
    ]);
    for (const { callbacks, client_id } of state.clients.list()) {
      if (client_id === 'machine') expect(callbacks).toEqual([]);
      else
        for (const port of [3000, 4200, 5173, 8080])
          expect(callbacks).toContain(`http://localhost:${port}/callback`);
    }
    expect(state.users.list().map(({ email }) => email)).toEqual(['ada@example.com']);
    expect(tenant.credentials('spa')).toEqual({ client_id: 'spa' });
  });

  it('its user signs in, and its machine calls the API and the Management API', async () => {
    const tenant = await start({ builtInSeed: undefined });
    const audience = 'https://api.example.com';
    const person = {
      grant_type: 'password',
      username: 'ada@example.com',
      password: 'Correct-Horse-9',
      audience,
    };
    expect(await tokenOf(tenant, 'web', { ...person, scope: 'openid read:messages offline_access' })).toBe(
      200,
    );
    for (const api of [audience, `${tenant.issuer}api/v2/`])
      expect(await tokenOf(tenant, 'machine', { grant_type: 'client_credentials', audience: api })).toBe(200);
  });

  it('contains nothing of a host program', async () => {
    const tenant = await start({ builtInSeed: undefined });
    const exported = await (await fetch(`${tenant.origin}/_tenant/export`)).text();
    expect(exported.replace('"gatehouse_tenant"', '')).not.toMatch(/gatehouse|worldmappers/i);
  });
});

describe('the built-in seed of a program', () => {
  it('replaces the package’s clients, APIs and users', async () => {
    const tenant = await start();
    const { issuer } = tenant;
    const state = storedIn(tenant);
    expect(state.connections.list().map(({ name }) => name)).toEqual(connections);
    expect(state.settings.get()?.default_directory).toBe('Username-Password-Authentication');
    expect(state.resourceServers.list().map((api) => api.identifier)).toEqual([
      `${issuer}api/v2/`,
      'urn:maps',
      'urn:organizer',
    ]);
    expect(state.clients.list().map((client) => [client.client_id, client.is_first_party])).toEqual([
      ['host', true],
      ['management', true],
      ['courier', true],
      ['tpc_calendar-app', false],
      ['tpc_my-todos', false],
    ]);
    expect(state.users.list()).toEqual([]);
  });

  it('is validated: unknown references prevent the start', async () => {
    const builtInSeed = { client_grants: [{ client_id: 'ghost', audience: 'urn:none' }] };
    await expect(start({ builtInSeed })).rejects.toThrow(/the built-in seed:\n.*no client ghost/);
  });

  it('gets a different secret for each client', async () => {
    const [one, other] = [await start(), await start()];
    const secrets = [one, other].flatMap((tenant) =>
      storedIn(tenant)
        .clients.list()
        .map((c) => c.client_secret),
    );
    expect(new Set(secrets).size).toBe(10);
    expect(secrets.every((secret) => /^[\w-]{64}$/.test(secret))).toBe(true);
  });

  it('has credentials that can be found by id, by name, and without the third-party prefix', async () => {
    const tenant = await start();
    expect(tenant.credentials('calendar-app')?.client_id).toBe('tpc_calendar-app');
    expect(tenant.credentials('CalendarApp')?.client_id).toBe('tpc_calendar-app');
    expect(tenant.credentials('nobody')).toBeUndefined();
  });
});

describe('TENANT_SEED', () => {
  it('adds to the built-in seed and overrides an entry by its key', async () => {
    const tenant = await start({
      seed: `
      tenant: { friendly_name: Mine, flags: { enable_public_signup_user_exists_error: true } }
      connections:
        - { name: Username-Password-Authentication, options: { requires_username: true } }
      clients:
        - { client_id: host, client_secret: known, callbacks: [https://mine.example/cb] }
        - { client_id: extra, name: Extra }
    `,
    });
    const state = storedIn(tenant);
    expect(state.settings.get()).toMatchObject({
      friendly_name: 'Mine',
      default_directory: 'Username-Password-Authentication',
      flags: { enable_public_signup_user_exists_error: true, use_scope_descriptions_for_consent: true },
    });
    const [directory] = state.connections.find('name', 'Username-Password-Authentication');
    expect(directory?.options).toMatchObject({
      requires_username: true,
      passwordPolicy: 'good',
      brute_force_protection: true,
    });
    expect(directory?.enabled_clients).toContain('extra');
    expect(tenant.credentials('host')).toEqual({ client_id: 'host', client_secret: 'known' });
    expect(state.clients.get('host')).toMatchObject({
      callbacks: ['https://mine.example/cb'],
      is_token_endpoint_ip_header_trusted: true,
    });
    expect(state.clients.get('extra')).toMatchObject({
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
      jwt_configuration: { lifetime_in_seconds: 36_000 },
      refresh_token: { rotation_type: 'non-rotating', expiration_type: 'non-expiring', leeway: 0 },
    });
  });

  it('seeds users with stable ids, hashed passwords, roles and permissions', async () => {
    const tenant = await start({
      seed: `
      roles: [{ name: admin, permissions: [{ resource_server_identifier: $mgmt, permission_name: read:users }] }]
      users:
        - { user_id: ada, email: Ada@Example.com, password: pw, roles: [admin], app_metadata: { a: 1 } }
        - { user_id: google|7, connection: simulated-social, email: g@example.com }
    `,
    });
    const { issuer } = tenant;
    const state = storedIn(tenant);
    expect(state.users.get('auth0|ada')).toMatchObject({ email: 'ada@example.com', app_metadata: { a: 1 } });
    expect(state.users.get('google|7')?.identities[0]?.user_id).toBe('7');
    expect(state.credentials.get('auth0|ada')?.hash).toMatch(/^\$argon2id\$/);
    const [roleId = ''] = state.authorizations.get('auth0|ada')?.roles ?? [];
    expect(state.roles.get(roleId)?.permissions).toEqual([
      { resource_server_identifier: `${issuer}api/v2/`, permission_name: 'read:users' },
    ]);
  });

  it('$mgmt is replaced with the Management API in grants', async () => {
    const tenant = await start({
      seed: `
      clients: [{ client_id: ops, grant_types: [client_credentials] }]
      client_grants: [{ client_id: ops, audience: $mgmt, scope: [read:users] }]
    `,
    });
    const audience = `${tenant.issuer}api/v2/`;
    expect(await tokenOf(tenant, 'ops', { grant_type: 'client_credentials', audience })).toBe(200);
  });

  it('reports all schema errors at once', async () => {
    const faulty = start({
      seed: `
      clients: [{ client_id: 7, app_typ: spa }]
      users: [{ email: nope }]
      unknown: 1
    `,
    });
    await expect(faulty).rejects.toThrow(/clients\.0\.client_id/);
    await expect(faulty).rejects.toThrow(/app_typ/);
    await expect(faulty).rejects.toThrow(/users\.0\.email/);
    await expect(faulty).rejects.toThrow(/unknown/);
  });

  it('reports all unknown references at once', async () => {
    const faulty = start({
      seed: `
      tenant: { default_directory: nowhere }
      client_grants: [{ client_id: ghost, audience: urn:maps, scope: [fly] }]
      roles: [{ name: r, permissions: [{ resource_server_identifier: urn:none, permission_name: x }] }]
      users:
        - { user_id: u, email: u@example.com, connection: gone, roles: [king] }
        - { user_id: v, email: U@Example.com, connection: gone }
      clients: [{ client_id: k, client_authentication_methods: { private_key_jwt: { credentials: [{ credential_type: public_key, pem: x }] } } }]
    `,
    });
    for (const fault of [
      /nowhere/,
      /no client ghost/,
      /no scope fly/,
      /urn:none/,
      /no connection gone/,
      /no role king/,
      /U@Example.com is taken/,
      /not an RSA public key/,
    ])
      await expect(faulty).rejects.toThrow(fault);
  });

  it.each(['{', 'a: [', '- just\n- a list'])('%j is reported as an error', async (text) => {
    await expect(start({ seed: text })).rejects.toMatchObject({ name: 'SeedError' });
  });

  it('a missing file is an error', async () => {
    const missing = startTenant({
      host: '127.0.0.1',
      port: 0,
      dataFile: ':memory:',
      seed: join(folder, 'none.yaml'),
      warn: () => undefined,
    });
    await expect(missing).rejects.toMatchObject({ name: 'SeedError' });
  });
});

describe('a restart', () => {
  const database = () => join(folder, 'tenant.db');
  const seed = 'users: [{ user_id: ada, email: ada@example.com, password: pw }]';

  it('keeps users, secrets, refresh tokens and keys', async () => {
    const first = await start({ seed, dataFile: database() });
    const before = first.credentials('host');
    const keys = first.context.keys.jwks();
    const response = await fetch(`${first.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...before,
        grant_type: 'password',
        username: 'ada@example.com',
        password: 'pw',
        audience: 'urn:maps',
        scope: 'offline_access',
      }),
    });
    const { refresh_token } = (await response.json()) as { refresh_token: string };
    await stop();
    const second = await start({ seed, dataFile: database() });
    expect(second.credentials('host')).toEqual(before);
    expect(second.context.keys.jwks()).toEqual(keys);
    expect(await tokenOf(second, 'host', { grant_type: 'refresh_token', refresh_token })).toBe(200);
    expect(second.context.log.list().map(({ type }) => type)).toContain('sepft');
    expect(warnings).toEqual([]);
  });

  it('with another seed warns and does not apply it', async () => {
    await start({ seed, dataFile: database() });
    await stop();
    const tenant = await start({ seed: `${seed}\nclients: [{ client_id: late }]`, dataFile: database() });
    expect(tenant.credentials('late')).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/TENANT_SEED has changed/)]);
  });

  it('two parallel starts on one file seed it once, and both work', async () => {
    const [one, other] = await Promise.all([
      start({ seed, dataFile: database() }),
      start({ seed, dataFile: database() }),
    ]);
    expect(one.credentials('host')).toEqual(other.credentials('host'));
    expect(storedIn(one).connections.list()).toHaveLength(5);
    expect(one.context.keys.jwks()).toEqual(other.context.keys.jwks());
  });

  it('at another port updates the identifier of the Management API', async () => {
    const first = await start({ dataFile: database() });
    await stop();
    const second = await start({ dataFile: database() });
    const audience = `${second.issuer}api/v2/`;
    // Both ports are free ports; if they are equal, the test checks nothing.
    expect(await tokenOf(second, 'management', { grant_type: 'client_credentials', audience })).toBe(200);
    if (first.issuer !== second.issuer)
      expect(storedIn(second).resourceServers.find('identifier', `${first.issuer}api/v2/`)).toEqual([]);
  });

  it('after a failed seed starts over', async () => {
    await expect(
      start({ seed: 'tenant: { default_directory: nowhere }', dataFile: database() }),
    ).rejects.toThrow();
    const tenant = await start({ seed: '', dataFile: database() });
    expect(tenant.credentials('host')).toBeDefined();
  });
});

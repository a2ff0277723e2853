import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTravelClock } from '../../../src/lib/clock.ts';
import { makeFolder } from '../../../test/support/folder.ts';
import { startTenant, type Tenant } from '../src/tenant.ts';
import { storedIn } from './support/stored.ts';

let folder: string;
let warnings: string[];
const open: Tenant[] = [];
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

async function start(seed?: string, dataFile = ':memory:'): Promise<Tenant> {
  const seedFile = join(folder, 'seed.yaml');
  if (seed !== undefined) await writeFile(seedFile, seed);
  const tenant = await startTenant({
    clock: createTravelClock(),
    host: '127.0.0.1',
    port: 0,
    dataFile,
    ...(seed !== undefined && { seedFile }),
    warn: (message) => warnings.push(message),
  });
  open.push(tenant);
  return tenant;
}

const tokenOf = async (tenant: Tenant, client: string, parameters: Record<string, string>) => {
  const body = new URLSearchParams({ ...tenant.credentials(client), ...parameters });
  const response = await fetch(`${tenant.origin}/oauth/token`, { method: 'POST', body });
  return response.status;
};

describe('the built-in seed', () => {
  test('has the connections, APIs, clients and grants that are promised', async () => {
    const { state, issuer } = (await start()).context;
    const management = `${issuer}api/v2/`;
    expect(state.connections.list().map(({ name }) => name)).toEqual([
      'Username-Password-Authentication',
      'email',
      'sms',
      'simulated-social',
      'simulated-enterprise',
    ]);
    expect(state.settings.get()?.default_directory).toBe('Username-Password-Authentication');
    expect(
      state.resourceServers
        .list()
        .map((api) => [api.identifier, api.allow_offline_access, api.enforce_policies]),
    ).toEqual([
      [management, false, false],
      ['urn:worldmappers', true, false],
      ['urn:organizer', true, false],
      ['urn:gatehouse:admin', false, true],
    ]);
    const scopesOf = (identifier: string) =>
      state.resourceServers.find('identifier', identifier)[0]?.scopes.map(({ value }) => value);
    expect(scopesOf('urn:worldmappers')).toEqual([
      'geocode:location',
      'reverse-geocode:location',
      'directions',
    ]);
    expect(scopesOf('urn:organizer')).toEqual(['appointments', 'contacts', 'tasks']);
    expect(state.clients.list().map((client) => [client.client_id, client.is_first_party])).toEqual([
      ['gatehouse', true],
      ['gatehouse-management', true],
      ['gift-deliveries', true],
      ['gatehouse-admin', true],
      ['tpc_calendar-app', false],
      ['tpc_my-todos', false],
      ['tpc_text-app', false],
    ]);
    const grants = state.clientGrants
      .list()
      .map((grant) => [grant.client_id, grant.audience, grant.subject_type]);
    expect(grants).toEqual([
      ['gatehouse', 'urn:worldmappers', 'client'],
      ['gatehouse', 'urn:organizer', 'client'],
      ['gatehouse-management', management, 'client'],
      ['gift-deliveries', 'urn:worldmappers', 'client'],
      ['gatehouse-admin', 'urn:gatehouse:admin', 'client'],
      ['tpc_calendar-app', 'urn:organizer', 'user'],
      ['tpc_my-todos', 'urn:organizer', 'user'],
      ['tpc_text-app', 'urn:organizer', 'user'],
    ]);
  });

  test('sets the gateway’s client up as the doctor wants it', async () => {
    const gateway = storedIn(await start()).clients.get('gatehouse');
    expect(gateway).toMatchObject({
      app_type: 'regular_web',
      token_endpoint_auth_method: 'client_secret_post',
      is_token_endpoint_ip_header_trusted: true,
      oidc_conformant: true,
      refresh_token: { rotation_type: 'rotating' },
    });
    expect(gateway?.refresh_token.leeway).toBeGreaterThan(0);
    expect(gateway?.grant_types).toEqual(
      expect.arrayContaining([
        'password',
        'http://auth0.com/oauth/grant-type/password-realm',
        'refresh_token',
      ]),
    );
  });

  test('makes a secret for each client, and no two alike', async () => {
    const [one, other] = [await start(), await start()];
    const secrets = [one, other].flatMap((tenant) =>
      storedIn(tenant)
        .clients.list()
        .map((c) => c.client_secret),
    );
    expect(new Set(secrets).size).toBe(14);
    expect(secrets.every((secret) => /^[\w-]{64}$/.test(secret))).toBe(true);
  });

  test('credentials are found by id, by name, and without the prefix of third parties', async () => {
    const tenant = await start();
    expect(tenant.credentials('calendar-app')?.client_id).toBe('tpc_calendar-app');
    expect(tenant.credentials('CalendarApp')?.client_id).toBe('tpc_calendar-app');
    expect(tenant.credentials('nobody')).toBeUndefined();
  });
});

describe('TENANT_SEED', () => {
  test('adds to the built-in seed and overrides an entry by its key', async () => {
    const tenant = await start(`
      tenant: { friendly_name: Mine, flags: { enable_public_signup_user_exists_error: true } }
      connections:
        - { name: Username-Password-Authentication, options: { requires_username: true } }
      clients:
        - { client_id: gatehouse, client_secret: known, callbacks: [https://mine.example/cb] }
        - { client_id: extra, name: Extra }
    `);
    const state = storedIn(tenant);
    expect(state.settings.get()).toMatchObject({
      friendly_name: 'Mine',
      default_directory: 'Username-Password-Authentication',
      flags: { enable_public_signup_user_exists_error: true, use_scope_descriptions_for_consent: true },
    });
    const [directory] = state.connections.find('name', 'Username-Password-Authentication');
    expect(directory?.options).toEqual({
      requires_username: true,
      passwordPolicy: 'good',
      brute_force_protection: true,
    });
    expect(directory?.enabled_clients).toContain('extra');
    expect(tenant.credentials('gatehouse')).toEqual({ client_id: 'gatehouse', client_secret: 'known' });
    expect(state.clients.get('gatehouse')).toMatchObject({
      callbacks: ['https://mine.example/cb'],
      is_token_endpoint_ip_header_trusted: true,
    });
    expect(state.clients.get('extra')).toMatchObject({
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
      jwt_configuration: { alg: 'RS256', lifetime_in_seconds: 36_000 },
      refresh_token: { rotation_type: 'non-rotating', expiration_type: 'non-expiring', leeway: 0 },
    });
  });

  test('seeds users with stable ids, hashed passwords, roles and permissions', async () => {
    const tenant = await start(`
      roles: [{ name: admin, permissions: [{ resource_server_identifier: $mgmt, permission_name: read:users }] }]
      users:
        - { user_id: ada, email: Ada@Example.com, password: pw, roles: [admin], app_metadata: { a: 1 } }
        - { user_id: google|7, connection: simulated-social, email: g@example.com }
    `);
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

  test('$mgmt stands for the Management API in grants', async () => {
    const tenant = await start(`
      clients: [{ client_id: ops, grant_types: [client_credentials] }]
      client_grants: [{ client_id: ops, audience: $mgmt, scope: [read:users] }]
    `);
    const audience = `${tenant.issuer}api/v2/`;
    expect(await tokenOf(tenant, 'ops', { grant_type: 'client_credentials', audience })).toBe(200);
  });

  test('tells all faults of its shape at once', async () => {
    const faulty = start(`
      clients: [{ client_id: 7, app_typ: spa }]
      users: [{ email: nope }]
      unknown: 1
    `);
    await expect(faulty).rejects.toThrow(/clients\.0\.client_id/);
    await expect(faulty).rejects.toThrow(/app_typ/);
    await expect(faulty).rejects.toThrow(/users\.0\.email/);
    await expect(faulty).rejects.toThrow(/unknown/);
  });

  test('tells all names that lead nowhere at once', async () => {
    const faulty = start(`
      tenant: { default_directory: nowhere }
      client_grants: [{ client_id: ghost, audience: urn:worldmappers, scope: [fly] }]
      roles: [{ name: r, permissions: [{ resource_server_identifier: urn:none, permission_name: x }] }]
      users:
        - { user_id: u, email: u@example.com, connection: gone, roles: [king] }
        - { user_id: v, email: U@Example.com, connection: gone }
      clients: [{ client_id: k, client_authentication_methods: { private_key_jwt: { credentials: [{ credential_type: public_key, pem: x }] } } }]
    `);
    for (const fault of [
      /nowhere/,
      /no client ghost/,
      /no scope fly/,
      /urn:none/,
      /no connection gone/,
      /no role king/,
      /U@Example.com is taken/,
      /no RSA public key/,
    ])
      await expect(faulty).rejects.toThrow(fault);
  });

  test.each(['{', 'a: [', '- just\n- a list'])('%j is a fault, not a crash', async (text) => {
    await expect(start(text)).rejects.toMatchObject({ name: 'SeedError' });
  });

  test('a file that is not there is a fault', async () => {
    const missing = startTenant({
      clock: createTravelClock(),
      host: '127.0.0.1',
      port: 0,
      dataFile: ':memory:',
      seedFile: join(folder, 'none.yaml'),
      warn: () => undefined,
    });
    await expect(missing).rejects.toMatchObject({ name: 'SeedError' });
  });
});

describe('a restart', () => {
  const database = () => join(folder, 'tenant.db');
  const seed = 'users: [{ user_id: ada, email: ada@example.com, password: pw }]';

  test('finds users, secrets, refresh tokens and keys again', async () => {
    const first = await start(seed, database());
    const before = first.credentials('gatehouse');
    const keys = first.context.keys.jwks();
    const response = await fetch(`${first.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...before,
        grant_type: 'password',
        username: 'ada@example.com',
        password: 'pw',
        audience: 'urn:worldmappers',
        scope: 'offline_access',
      }),
    });
    const { refresh_token } = (await response.json()) as { refresh_token: string };
    await stop();
    const second = await start(seed, database());
    expect(second.credentials('gatehouse')).toEqual(before);
    expect(second.context.keys.jwks()).toEqual(keys);
    expect(await tokenOf(second, 'gatehouse', { grant_type: 'refresh_token', refresh_token })).toBe(200);
    expect(second.context.log.list().map(({ type }) => type)).toContain('sepft');
    expect(warnings).toEqual([]);
  });

  test('with another seed warns and applies none of it', async () => {
    await start(seed, database());
    await stop();
    const tenant = await start(`${seed}\nclients: [{ client_id: late }]`, database());
    expect(tenant.credentials('late')).toBeUndefined();
    expect(warnings).toEqual([expect.stringMatching(/TENANT_SEED has changed/)]);
  });

  test('of two starts at once on one file, one seeds and both work', async () => {
    const [one, other] = await Promise.all([start(seed, database()), start(seed, database())]);
    expect(one.credentials('gatehouse')).toEqual(other.credentials('gatehouse'));
    expect(storedIn(one).connections.list()).toHaveLength(5);
    expect(one.context.keys.jwks()).toEqual(other.context.keys.jwks());
  });

  test('at another port takes the Management API along', async () => {
    const first = await start(undefined, database());
    await stop();
    const second = await start(undefined, database());
    const audience = `${second.issuer}api/v2/`;
    // Both ports are free ones; they may be the same by chance, which shows nothing.
    expect(
      await tokenOf(second, 'gatehouse-management', { grant_type: 'client_credentials', audience }),
    ).toBe(200);
    if (first.issuer !== second.issuer)
      expect(storedIn(second).resourceServers.find('identifier', `${first.issuer}api/v2/`)).toEqual([]);
  });

  test('after a failed seed begins anew', async () => {
    await expect(start('tenant: { default_directory: nowhere }', database())).rejects.toThrow();
    const tenant = await start('', database());
    expect(tenant.credentials('gatehouse')).toBeDefined();
  });
});

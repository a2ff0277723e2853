import { expect, it } from 'vitest';
import { createTravelClock } from '../src/lib/clock.ts';
import { createPasswords } from '../src/passwords/passwords.ts';
import { moveManagementApi } from '../src/seed/move-management-api.ts';
import { SeedError } from '../src/seed/seed-error.ts';
import { openState } from '../src/state/open-state.ts';
import { createStoreKeeper } from '../src/transfer/store-keeper.ts';
import { hostSeed } from './support/host-seed.ts';
import { directory } from './support/seed.ts';

const passwords = createPasswords({ memory: 8, passes: 1 });
const management = 'https://localhost:4400/api/v2/';

/** A store that was initialized with that seed. */
async function begin(text: string) {
  const state = openState(':memory:');
  const keeper = createStoreKeeper({
    state,
    clock: createTravelClock(),
    hashPassword: passwords.hash,
    managementIdentifier: management,
    builtInSeed: hostSeed,
    seedSource: undefined,
  });
  const seed = (later: string) => keeper.seed({ text: later, name: 'seed.yaml' });
  await seed(text);
  return { state, seed };
}

it('$mgmt is replaced with the Management API in every audience of a seed', async () => {
  const permission = '{ resource_server_identifier: $mgmt, permission_name: read:users }';
  const { state } = await begin(`
    tenant: { default_audience: $mgmt }
    clients: [{ client_id: c, refresh_token: { policies: [{ audience: $mgmt, scope: [read:users] }] } }]
    roles: [{ name: r, permissions: [${permission}] }]
    users: [{ user_id: u, email: u@example.com, permissions: [${permission}] }]
  `);
  expect(state.settings.get()?.default_audience).toBe(management);
  expect(state.clients.get('c')?.refresh_token.policies?.[0]?.audience).toBe(management);
  const [role] = state.roles.find('name', 'r');
  for (const holder of [role, state.authorizations.get('auth0|u')])
    expect(holder?.permissions[0]?.resource_server_identifier).toBe(management);
});

it('an entry that overrides keeps the members that it does not set: strategies, scopes', async () => {
  const { state } = await begin(`
    connections: [{ name: email, display_name: By mail }]
    client_grants: [{ client_id: courier, audience: urn:maps, organization_usage: deny }]
  `);
  expect(state.connections.find('name', 'email')[0]).toMatchObject({
    strategy: 'email',
    display_name: 'By mail',
  });
  expect(state.clientGrants.find('client_id', 'courier')[0]?.scope).toHaveLength(3);
});

it('a seed on existing data adds entries, and changes only the members that it sets', async () => {
  const { state, seed } = await begin(`
    clients: [{ client_id: shop, callbacks: [https://shop.example/cb], refresh_token: { leeway: 7 } }]
    roles: [{ name: r }]
    users:
      - { user_id: ada, email: ada@example.com, password: Old-Horse-1, given_name: Ada, roles: [r] }
      - { email: bob@example.com, password: Old-Horse-1, mfa: { totp_secret: JBSWY3DPEHPK3PXP } }
  `);
  const before = {
    shop: state.clients.get('shop'),
    connection: state.connections.find('name', directory)[0],
  };
  const [bob] = state.users.find('email', `${directory}\nbob@example.com`);
  await seed(`
    tenant: { friendly_name: Later }
    clients:
      - { client_id: shop, refresh_token: { rotation_type: rotating } }
      - { client_id: new }
    users:
      - { user_id: ada, family_name: L, password: New-Horse-1, email: Ada@Example.com }
      - { email: BOB@example.com, nickname: b }
  `);
  expect(state.settings.get()).toMatchObject({ friendly_name: 'Later', default_directory: directory });
  expect(state.clients.get('shop')).toEqual({
    ...before.shop,
    refresh_token: { ...before.shop?.refresh_token, rotation_type: 'rotating' },
  });
  const [connection] = state.connections.find('name', directory);
  expect(connection?.id).toBe(before.connection?.id);
  expect(connection?.enabled_clients).toEqual([...(before.connection?.enabled_clients ?? []), 'new']);
  expect(state.users.get('auth0|ada')).toMatchObject({
    email: 'ada@example.com',
    given_name: 'Ada',
    family_name: 'L',
  });
  expect(state.authorizations.get('auth0|ada')?.roles).toHaveLength(1);
  expect(await passwords.verify('New-Horse-1', state.credentials.get('auth0|ada')?.hash)).toBe(true);
  expect(state.users.get(bob?.user_id ?? '')).toMatchObject({ nickname: 'b', email: 'bob@example.com' });
  expect(await passwords.verify('Old-Horse-1', state.credentials.get(bob?.user_id ?? '')?.hash)).toBe(true);
  expect(state.authenticators.list()).toHaveLength(1);
  expect(state.users.list()).toHaveLength(2);
});

it('a seed on existing data can refer to existing entries, but not to unknown ones', async () => {
  const { seed } = await begin(
    'clients: [{ client_id: shop }]\nusers: [{ user_id: ada, email: ada@example.com }]',
  );
  await seed('client_grants: [{ client_id: shop, audience: urn:organizer, scope: [contacts] }]');
  const faulty = seed(`
    client_grants: [{ client_id: ghost, audience: urn:organizer, scope: [fly] }]
    users: [{ user_id: eve, email: ada@example.com }]
  `);
  await expect(faulty).rejects.toThrow(SeedError);
  await expect(faulty).rejects.toThrow(/no client ghost/);
  await expect(faulty).rejects.toThrow(/no scope fly/);
  await expect(faulty).rejects.toThrow(/ada@example.com is taken/);
});

it('the same seed a second time changes only updated_at of users', async () => {
  const text = `
    clients: [{ client_id: shop, callbacks: [https://shop.example/cb] }]
    users: [{ user_id: ada, email: ada@example.com, roles: [] }]
  `;
  const { state, seed } = await begin(text);
  const look = () => [
    state.settings.get(),
    state.clients.list(),
    state.connections.list(),
    state.clientGrants.list(),
    state.users.list().map(({ updated_at: _now, ...user }) => user),
  ];
  const before = look();
  await seed(text);
  expect(look()).toEqual(before);
});

it('a tenant at a new address keeps consents and permissions', async () => {
  const { state } = await begin(`
    users:
      - user_id: u
        email: u@example.com
        permissions: [{ resource_server_identifier: $mgmt, permission_name: read:users }]
  `);
  state.consents.put({
    id: 'c',
    user_id: 'auth0|u',
    client_id: 'host',
    audience: 'https://localhost:4400/userinfo',
    scope: [],
  });
  moveManagementApi(state, 'https://localhost:4500/api/v2/');
  expect(state.consents.get('c')?.audience).toBe('https://localhost:4500/userinfo');
  expect(state.authorizations.get('auth0|u')?.permissions[0]?.resource_server_identifier).toBe(
    'https://localhost:4500/api/v2/',
  );
});

import { afterAll, beforeAll, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

it('the embedded tenant has the APIs of the gateway’s routes, and no others', () => {
  const { state, issuer } = world.tenantContext;
  expect(
    state.resourceServers
      .list()
      .map((api) => [api.identifier, api.allow_offline_access, api.enforce_policies]),
  ).toEqual([
    [`${issuer}api/v2/`, false, false],
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
});

it('the embedded tenant has the gateway’s clients with their grants, and no user', () => {
  const { state, issuer } = world.tenantContext;
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
    ['gatehouse-management', `${issuer}api/v2/`, 'client'],
    ['gift-deliveries', 'urn:worldmappers', 'client'],
    ['gatehouse-admin', 'urn:gatehouse:admin', 'client'],
    ['tpc_calendar-app', 'urn:organizer', 'user'],
    ['tpc_my-todos', 'urn:organizer', 'user'],
    ['tpc_text-app', 'urn:organizer', 'user'],
  ]);
  expect(state.users.list()).toEqual([]);
  expect(state.settings.get()?.friendly_name).toBe('Gatehouse');
});

it('the embedded tenant has a role and a machine client for administrators, with every permission of that API', () => {
  const { state } = world.tenantContext;
  const [api] = state.resourceServers.find('identifier', 'urn:gatehouse:admin');
  const names = api?.scopes.map(({ value }) => value);
  expect(names).toContain('manage:customers');
  const [role] = state.roles.find('name', 'Administrator');
  expect(role?.permissions.map(({ permission_name }) => permission_name)).toEqual(names);
  const grants = state.clientGrants.list().filter(({ client_id }) => client_id === 'gatehouse-admin');
  expect(grants.map(({ scope }) => scope)).toEqual([names]);
});

it('the gateway’s client has what a sign-in through the gateway needs', () => {
  const gateway = storedIn(world.tenant).clients.get('gatehouse');
  expect(gateway).toMatchObject({
    app_type: 'regular_web',
    token_endpoint_auth_method: 'client_secret_post',
    is_token_endpoint_ip_header_trusted: true,
    oidc_conformant: true,
    refresh_token: { rotation_type: 'rotating' },
    callbacks: [`${world.gateway.publicUrl}/v1/auth/callback`],
    allowed_logout_urls: [`${world.gateway.publicUrl}/v1/auth/signed-out`],
    oidc_logout: { backchannel_logout_urls: [`${world.gateway.publicUrl}/v1/auth/backchannel-logout`] },
  });
  expect(gateway?.refresh_token.leeway).toBeGreaterThan(0);
  expect(gateway?.grant_types).toEqual(
    expect.arrayContaining(['password', 'http://auth0.com/oauth/grant-type/password-realm', 'refresh_token']),
  );
  const enabled = (name: string) => storedIn(world.tenant).connections.find('name', name)[0]?.enabled_clients;
  for (const name of ['Username-Password-Authentication', 'email', 'sms', 'simulated-social'])
    expect(enabled(name)).toContain('gatehouse');
});

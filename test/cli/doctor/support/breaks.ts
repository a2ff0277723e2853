import { createTravelClock } from '../../../../src/lib/clock.ts';
import { makeFolder } from '../../../support/folder.ts';
import type { ExaminedTenant, View } from './examined-tenant.ts';

/** Faults that break the setting of one check, and nothing else. */
export interface Break {
  /** Returns the changed options of the doctor; nothing if only the tenant is changed. */
  readonly breaks: (t: ExaminedTenant) => unknown;
  /** The options of the doctor, for a setting of the gateway. */
  readonly view?: (t: ExaminedTenant) => View;
  /** Repairs the setting if no command can; absent for a setting of the gateway. */
  readonly repairs?: (t: ExaminedTenant) => unknown;
}

const API = 'urn:worldmappers';
const DATABASE = 'Username-Password-Authentication';
const nothing = (): void => undefined;

const apiId = ({ state }: ExaminedTenant, identifier = API): string =>
  state.resourceServers.find('identifier', identifier)[0]?.id ?? '';
const clientOf = ({ state }: ExaminedTenant, id: string) => {
  const client = state.clients.get(id);
  if (!client) throw new Error(`no client ${id}`);
  return client;
};
const connectionOf = ({ state }: ExaminedTenant, name: string) => {
  const [connection] = state.connections.find('name', name);
  if (!connection) throw new Error(`no connection ${name}`);
  return connection;
};
const settingsOf = ({ state }: ExaminedTenant) => {
  const settings = state.settings.get();
  if (!settings) throw new Error('no settings');
  return settings;
};
const setApi = (body: object, identifier = API): Break => ({
  breaks: (t) => t.client.resourceServers.update(apiId(t, identifier), body),
});
const setApplication = (body: object): Break => ({
  breaks: (t) => t.client.clients.update('gatehouse', body),
});
const setOptions = (options: object): Break => ({
  breaks: (t) => {
    const connection = connectionOf(t, DATABASE);
    t.state.connections.put({ ...connection, options: { ...connection.options, ...options } });
  },
});
const putClient = (id: string, change: object): Pick<Break, 'breaks'> => ({
  breaks: (t) => t.state.clients.put({ ...clientOf(t, id), ...change }),
});
const grantOf = ({ state }: ExaminedTenant, clientId: string, isWanted = (_audience: string) => true) => {
  const grant = state.clientGrants.find('client_id', clientId).find(({ audience }) => isWanted(audience));
  if (!grant) throw new Error(`no grant of ${clientId}`);
  return grant;
};
const dropScope = (scope: string): Pick<Break, 'breaks'> => ({
  breaks: (t) => {
    const grant = grantOf(t, 'gatehouse-management');
    t.state.clientGrants.put({ ...grant, scope: grant.scope.filter((each) => each !== scope) });
  },
});
const restores = (t: ExaminedTenant) => t.restore();
const withRoutes = (routes: string): View => ({
  env: { ROUTES_FILE: `${makeFolder({ 'routes.yaml': routes })}/routes.yaml` },
});
const upstreamOf = ({ tenant }: ExaminedTenant): string => `http://127.0.0.1:${new URL(tenant.origin).port}`;

/** For each check, in the order of the table. */
export const BREAKS: Readonly<Record<string, Break>> = {
  R1: {
    breaks: (t) =>
      t.control('PUT', '/faults', [
        { method: 'GET', path: '^/\\.well-known/openid-configuration', status: 503, times: 100 },
      ]),
    repairs: restores,
  },
  R2: {
    breaks: (t) =>
      t.control('PUT', '/faults', [
        { method: 'GET', path: '^/\\.well-known/jwks\\.json', status: 200, body: { keys: [] }, times: 100 },
      ]),
    repairs: restores,
  },
  R3: {
    breaks: ({ state }) => {
      for (const key of state.signingKeys.list()) if (key.age === 'next') state.signingKeys.remove(key.kid);
    },
    repairs: restores,
  },
  R4: {
    breaks: nothing,
    view: () => {
      const clock = createTravelClock();
      clock.offsetS = 31;
      return { clock };
    },
  },
  R5: { ...putClient('gatehouse-management', { client_secret: 'another' }), repairs: restores },
  R6: { ...dropScope('read:actions'), repairs: restores },
  R7: {
    breaks: ({ state }) => {
      // The quota is refilled after a minute.
      const at_ms = Date.now() + 60_000;
      state.buckets.put({ id: 'management\n', tokens: 100, at_ms, expires_ms: at_ms + 60_000 });
    },
    repairs: ({ state }) => {
      for (const { id } of state.buckets.list()) state.buckets.remove(id);
    },
  },
  A1: { breaks: (t) => t.client.resourceServers.delete(apiId(t)) },
  A2: setApi({ signing_alg: 'PS256' }),
  A3: setApi({ scopes: [{ value: 'geocode:location' }] }),
  A4: setApi({ allow_offline_access: false }),
  A5: setApi({ skip_consent_for_verifiable_first_party_clients: false }),
  A6: setApi({ subject_type_authorization: { user: { policy: 'deny_all' } } }),
  A7: {
    breaks: (t) => {
      const api = t.state.resourceServers.get(apiId(t));
      if (api)
        t.state.resourceServers.put({
          ...api,
          extra: { token_encryption: { format: 'compact-nested-jwe' } },
        });
    },
  },
  A8: {
    ...setApi({ enforce_policies: false }, 'urn:gatehouse:admin'),
    view: (t) =>
      withRoutes(
        `routes:\n  - {path: /api/x/*, methods: [GET], upstream: "${upstreamOf(t)}", guard: {permissions: ["read:users"]}, audience: "urn:gatehouse:admin"}\n`,
      ),
  },
  A9: setApi({ token_lifetime: 30 }),
  C1: setApplication({ app_type: 'spa' }),
  // An unset member is not returned.
  C2: putClient('gatehouse', { token_endpoint_auth_method: 'none', unset: [] }),
  C3: {
    breaks: (t) => {
      const client = clientOf(t, 'gatehouse');
      const grant_types = client.grant_types.filter((type) => !type.endsWith('password-realm'));
      t.state.clients.put({ ...client, grant_types });
    },
  },
  C4: {
    breaks: (t) => {
      const client = clientOf(t, 'gatehouse');
      t.state.clients.put({ ...client, refresh_token: { ...client.refresh_token, leeway: 0 } });
    },
  },
  C5: setApplication({ is_token_endpoint_ip_header_trusted: false }),
  C6: setApplication({ callbacks: ['https://elsewhere.example/callback'] }),
  C7: setApplication({ jwt_configuration: { alg: 'HS256' } }),
  C8: {
    ...putClient('gatehouse', { client_secret: 'another' }),
    view: () => ({ options: { isLive: true } }),
    repairs: restores,
  },
  C9: {
    breaks: (t) => {
      const client = clientOf(t, 'gatehouse');
      t.state.clients.put({ ...client, refresh_token: { ...client.refresh_token, policies: [] } });
    },
    view: () => ({ env: { AUTH0_API_AUDIENCES: 'urn:organizer' } }),
  },
  N1: {
    breaks: (t) => t.state.connections.put({ ...connectionOf(t, DATABASE), name: 'other' }),
    repairs: restores,
  },
  N2: {
    breaks: (t) =>
      t.client.connections.clients.update(connectionOf(t, DATABASE).id, [
        { client_id: 'gatehouse', status: false },
      ]),
  },
  N3: setOptions({ disable_signup: true }),
  N4: setOptions({ requires_username: true }),
  N5: setOptions({ passwordPolicy: null }),
  N6: { breaks: (t) => t.client.tenants.settings.update({ default_directory: 'gone' }) },
  N7: { breaks: nothing, view: () => ({ env: { AUTH0_API_AUDIENCES: 'urn:new' } }) },
  N8: {
    breaks: (t) =>
      t.client.connections.clients.update(connectionOf(t, 'simulated-social').id, [
        { client_id: 'gatehouse', status: false },
      ]),
  },
  P1: {
    breaks: async (t) => {
      await t.client.guardian.policies.set(['all-applications']);
      const client = clientOf(t, 'gatehouse');
      const grant_types = client.grant_types.filter((type) => !type.endsWith('mfa-otp'));
      t.state.clients.put({ ...client, grant_types });
    },
  },
  P2: {
    breaks: (t) => t.client.attackProtection.botDetection.update({ challenge_password_policy: 'when_risky' }),
  },
  P3: {
    breaks: (t) => t.client.attackProtection.suspiciousIpThrottling.update({ allowlist: [] }),
    repairs: (t) => t.client.attackProtection.suspiciousIpThrottling.update({ allowlist: ['192.0.2.1'] }),
  },
  P4: {
    breaks: async ({ client: { attackProtection } }) => {
      await attackProtection.bruteForceProtection.update({ enabled: false });
      await attackProtection.breachedPasswordDetection.update({ enabled: false });
    },
  },
  P5: {
    breaks: async (t) => {
      const action = await t.client.actions.create({
        name: 'Redirects',
        supported_triggers: [{ id: 'post-login', version: 'v3' }],
        code: 'exports.onExecutePostLogin = async (event, api) => { api.redirect.sendUserTo("https://a.example"); };',
        deploy: true,
      });
      await t.client.actions.triggers.bindings.updateMany('post-login', {
        bindings: [{ ref: { type: 'action_id', value: action.id ?? '' }, display_name: 'Redirects' }],
      });
    },
    repairs: (t) => t.client.actions.triggers.bindings.updateMany('post-login', { bindings: [] }),
  },
  P6: { breaks: (t) => t.client.emails.provider.delete(), repairs: restores },
  M1: { breaks: (t) => t.client.clients.update(t.customerId, { app_type: 'native' }) },
  M2: {
    breaks: (t) => t.client.clientGrants.delete(grantOf(t, t.customerId).id),
    repairs: restores,
  },
  M3: {
    breaks: (t) =>
      t.client.clientGrants.create({
        client_id: t.customerId,
        audience: `${t.tenant.issuer}api/v2/`,
        scope: ['read:users'],
      }),
    repairs: (t) =>
      t.client.clientGrants.delete(grantOf(t, t.customerId, (audience) => audience.endsWith('/api/v2/')).id),
  },
  T1: { ...putClient('tpc_my-todos', { third_party_security_mode: undefined }), repairs: restores },
  T2: {
    ...putClient('tpc_my-todos', { grant_types: ['authorization_code', 'password'] }),
    repairs: restores,
  },
  T3: {
    breaks: (t) => t.client.clients.update('tpc_my-todos', { callbacks: ['https://*.example.com/callback'] }),
    repairs: restores,
  },
  T4: {
    breaks: (t) => t.client.clientGrants.delete(grantOf(t, 'tpc_my-todos').id),
    repairs: restores,
  },
  T5: {
    breaks: (t) => t.client.connections.update(connectionOf(t, DATABASE).id, { is_domain_connection: false }),
  },
  T6: {
    breaks: (t) =>
      t.client.clients.update('tpc_my-todos', { redirection_policy: 'open_redirect_protection' }),
  },
  T7: {
    breaks: (t) =>
      t.state.settings.put({
        ...settingsOf(t),
        flags: { use_scope_descriptions_for_consent: false },
      }),
  },
  T8: {
    breaks: (t) => {
      const grant = grantOf(t, 'tpc_my-todos');
      t.state.clientGrants.put({ ...grant, scope: [...grant.scope, 'openid'] });
    },
  },
  T9: {
    breaks: (t) =>
      t.control('PUT', '/faults', [{ method: 'GET', path: '^/api/v2/grants', status: 500, times: 100 }]),
    repairs: restores,
  },
  L1: { breaks: nothing, view: () => ({ env: { AUTH0_CONECTION: 'x' } }) },
  L2: { breaks: nothing, view: () => ({ env: { STORE_URL: 'redis://127.0.0.1:1' } }) },
  L3: {
    breaks: (t) =>
      t.client.clients.update('gatehouse', {
        callbacks: ['https://gw.example/v1/auth/callback'],
        allowed_logout_urls: ['https://gw.example/v1/auth/signed-out'],
        oidc_logout: { backchannel_logout_urls: ['https://gw.example/v1/auth/backchannel-logout'] },
      }),
    view: () => ({ env: { PUBLIC_URL: 'https://gw.example' } }),
    repairs: restores,
  },
  L4: { breaks: nothing, view: () => ({ gazetteerFile: '/nowhere/gazetteer.bin' }) },
  L5: {
    breaks: nothing,
    view: () =>
      withRoutes(
        'routes:\n  - {path: /api/x/*, methods: [GET], upstream: "http://127.0.0.1:1", guard: {scopes: [directions]}}\n',
      ),
  },
};

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findRefreshTarget } from '../src/grants/refresh-target.ts';
import { realmGrant, testSeed } from './support/seed.ts';
import {
  type Answer,
  claimsOf,
  startTestTenant,
  stores,
  type TestTenant,
} from './support/start-test-tenant.ts';

const home = 'urn:home';
const billing = 'urn:billing';

const api = (identifier: string, more: object = {}) => ({
  identifier,
  scopes: ['read', 'write', 'delete'].map((value) => ({ value })),
  allow_offline_access: true,
  skip_consent_for_verifiable_first_party_clients: true,
  ...more,
});

const policies = [
  { audience: home, scope: ['write'] },
  { audience: billing, scope: ['read', 'delete'] },
  { audience: 'urn:asking', scope: ['read'] },
  { audience: 'urn:machines-only', scope: ['read'] },
  { audience: 'urn:by-grant', scope: ['read', 'write'] },
  { audience: 'urn:roles', scope: ['read', 'write'] },
  { audience: 'urn:offline-never', scope: ['read'] },
];

const client = (client_id: string, more: object = {}, refresh: object = {}) => ({
  client_id,
  grant_types: ['password', realmGrant, 'refresh_token'],
  refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 0, policies, ...refresh },
  ...more,
});

const seed = {
  ...testSeed,
  resource_servers: [
    ...testSeed.resource_servers,
    api(home),
    api(billing),
    api('urn:unlisted'),
    api('urn:asking', { skip_consent_for_verifiable_first_party_clients: false }),
    api('urn:roles', { enforce_policies: true }),
    api('urn:offline-never', { allow_offline_access: false }),
  ],
  clients: [...testSeed.clients, client('multi'), client('single', {}, { policies: [] })],
};

describe.each(stores)('multi-resource refresh tokens on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  const begin = async (name = 'multi', more: object = {}): Promise<string> => {
    const ask = { audience: home, scope: 'openid email offline_access read', ...more };
    return String((await t.signIn(name, ask)).json.refresh_token);
  };
  const refresh = (refresh_token: string, more: object = {}, name = 'multi'): Promise<Answer> =>
    t.token(name, { grant_type: 'refresh_token', refresh_token, ...more });
  const once = async (more: object): Promise<Answer> => refresh(await begin(), more);
  const audienceOf = (answer: Answer): unknown => [claimsOf(answer).aud].flat()[0];

  it('an audience of the policies gives a token for it, with the scopes of its policy and the OpenID scopes', async () => {
    const answer = await once({ audience: billing });
    expect(answer.status).toBe(200);
    expect(claimsOf(answer)).toMatchObject({
      aud: [billing, `${t.tenant.issuer}userinfo`],
      scope: 'openid email offline_access read delete',
      sub: 'auth0|ann-id',
    });
    expect(answer.headers.has('x-tenant-hint')).toBe(false);
  });

  it('a scope narrows it; scopes without a policy are dropped', async () => {
    const answer = await once({ audience: billing, scope: 'delete write' });
    expect(claimsOf(answer)).toMatchObject({ aud: billing, scope: 'delete' });
    expect(answer.json).not.toHaveProperty('id_token');
  });

  it('without an audience it is the original one, with the scopes of its policy added', async () => {
    const answer = await once({});
    expect(audienceOf(answer)).toBe(home);
    expect(answer.json.scope).toBe('openid email offline_access read write');
    const named = await once({ audience: home, scope: 'write' });
    expect(claimsOf(named)).toMatchObject({ aud: home, scope: 'write' });
  });

  it.each([
    ['in no policy', 'urn:unlisted'],
    ['that is no API', 'urn:nothing'],
    ['that asks for consent', 'urn:asking'],
    ['that lets no user in', 'urn:machines-only'],
    ['that wants a client grant', 'urn:by-grant'],
  ])(
    'an audience %s is ignored without an error: the token is for the original one',
    async (_name, audience) => {
      const answer = await once({ audience });
      expect(answer.status).toBe(200);
      expect(audienceOf(answer)).toBe(home);
      expect(answer.headers.get('x-tenant-hint')).toMatch(/Multi-Resource/);
    },
  );

  it('the Management API is ignored even where a policy names it', async () => {
    const { clients } = t.stored;
    const multi = clients.get('multi');
    const audience = `${t.tenant.issuer}api/v2/`;
    const policy = { audience, scope: ['read:current_user'] };
    if (multi) clients.put({ ...multi, refresh_token: { ...multi.refresh_token, policies: [policy] } });
    const answer = await once({ audience });
    if (multi) clients.put(multi);
    expect(audienceOf(answer)).toBe(home);
  });

  it('a client without policies gets the original audience', async () => {
    const answer = await refresh(await begin('single'), { audience: billing }, 'single');
    expect(audienceOf(answer)).toBe(home);
    expect(answer.json.scope).toBe('openid email offline_access read');
  });

  it('the policies of a third party are ignored', () => {
    const { context } = t.tenant;
    const multi = t.stored.clients.get('multi');
    if (!multi) throw new Error('no client');
    const targetOf = (is_first_party: boolean) =>
      findRefreshTarget(context, { ...multi, is_first_party }, { scope: ['read'] }, undefined, billing).api;
    expect(targetOf(true)?.identifier).toBe(billing);
    expect(targetOf(false)).toBeUndefined();
  });

  it('permissions apply at the other API too', async () => {
    const answer = await once({ audience: 'urn:roles', scope: 'read write' });
    expect(answer.status).toBe(200);
    expect(audienceOf(answer)).toBe('urn:roles');
    expect(claimsOf(answer)).not.toHaveProperty('scope');
  });

  it('a sign-in without an audience can request those of the policies too', async () => {
    const token = await begin('multi', { audience: undefined, scope: 'openid offline_access' });
    const answer = await refresh(token, { audience: billing, scope: 'read' });
    expect(claimsOf(answer)).toMatchObject({ aud: billing, scope: 'read' });
  });

  it('rotation continues across audiences, including one that allows no offline access', async () => {
    let token = await begin();
    const audiences = [billing, home, 'urn:offline-never', 'urn:unlisted', undefined];
    const seen = [];
    for (const audience of audiences) {
      const answer = await refresh(token, { audience });
      seen.push(audienceOf(answer));
      expect(answer.json.refresh_token).not.toBe(token);
      token = String(answer.json.refresh_token);
    }
    expect(seen).toEqual([billing, home, 'urn:offline-never', home, home]);
  });

  it('of parallel refreshes for different audiences one succeeds, and the family is revoked', async () => {
    const token = await begin();
    const answers = await Promise.all(
      [home, billing, billing].map((audience) => refresh(token, { audience })),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 403, 403]);
  });
});

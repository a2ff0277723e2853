import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

describe.each(stores)('the kill switches on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  const offline = { audience: 'urn:maps', scope: 'openid offline_access' };
  const signIn = async (client: string) => (await t.signIn(client, offline)).json.refresh_token;
  const refresh = async (client: string, refresh_token: unknown): Promise<number> =>
    (await t.token(client, { grant_type: 'refresh_token', refresh_token })).status;
  const families = () => t.stored.refreshFamilies.list();

  it('a revoked client loses its refresh tokens and opaque tokens, another does not', async () => {
    const [revoked, spared] = [await signIn('strict'), await signIn('lenient')];
    const opaque = (await t.signIn('strict', { scope: 'openid', audience: undefined })).json.access_token;
    const userinfo = () => t.get('/userinfo', { authorization: `Bearer ${String(opaque)}` });
    expect((await userinfo()).status).toBe(200);
    const { status, json } = await t.post('/_tenant/clients/strict/revoke', {});
    expect([status, json]).toEqual([200, { client_id: 'strict', revoked: true }]);
    expect([await refresh('strict', revoked), await refresh('lenient', spared)]).toEqual([403, 200]);
    expect((await userinfo()).status).toBe(401);
    // It can sign in again.
    expect(await refresh('strict', await signIn('strict'))).toBe(200);
  });

  it('a revoked family ends, and other families of its user do not', async () => {
    const known = new Set(families().map(({ id }) => id));
    const revoked = await signIn('lenient');
    const family = families().find(({ id }) => !known.has(id));
    const spared = await signIn('lenient');
    expect((await t.post(`/_tenant/families/${family?.id}/revoke`, {})).status).toBe(200);
    expect([await refresh('lenient', revoked), await refresh('lenient', spared)]).toEqual([403, 200]);
  });

  it('parallel refreshes during a revocation leave no valid token', async () => {
    const token = await signIn('lenient');
    const calls = Array.from({ length: 6 }, async () => {
      const { json } = await t.token('lenient', { grant_type: 'refresh_token', refresh_token: token });
      return json.refresh_token;
    });
    const [handed] = await Promise.all([Promise.all(calls), t.post('/_tenant/clients/lenient/revoke', {})]);
    for (const refresh_token of [token, ...handed.filter((made) => made !== undefined)])
      expect(await refresh('lenient', refresh_token)).toBe(403);
  });

  it.each(['clients', 'families', 'users'])('unknown %s answer 404', async (kind) => {
    const { status, json } = await t.post(`/_tenant/${kind}/nobody/revoke`, {});
    expect([status, json.error]).toEqual([404, 'not_found']);
  });
});

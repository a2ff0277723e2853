import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { beginFamily, redeem } from '../src/tokens/refresh-families.ts';
import { api } from './support/seed.ts';
import { startTestTenant, statusesOf, stores, type TestTenant, textOf } from './support/start-test-tenant.ts';

describe.each(stores)('races on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  const strict = () => {
    const client = t.stored.clients.get('strict');
    if (!client) throw new Error('no client');
    return client;
  };
  const begin = () =>
    beginFamily(t.tenant.context, {
      client: strict(),
      userId: 'auth0|ann-id',
      audience: api,
      scope: ['offline_access'],
      gty: 'password',
      jkt: undefined,
    });
  const refresh = (refresh_token: string) =>
    t.token('strict', { grant_type: 'refresh_token', refresh_token });

  it('over HTTP no token is accepted twice, in 60 rounds of three parallel requests', async () => {
    for (let round = 0; round < 60; round += 1) {
      const token = begin();
      const answers = await Promise.all([refresh(token), refresh(token), refresh(token)]);
      expect(statusesOf(answers)).toEqual([200, 403, 403]);
    }
  });

  it('no token is accepted twice in 1,000 attempts', async () => {
    for (let round = 0; round < 1000; round += 1) {
      const token = begin();
      const turns = [0, 1, 2].map(async () => {
        await Promise.resolve();
        return redeem(t.tenant.context, strict(), token, undefined).outcome;
      });
      expect((await Promise.all(turns)).toSorted()).toEqual(['good', 'refused', 'reused']);
    }
  });

  it('a parallel refresh and revocation leave no valid token', async () => {
    for (let round = 0; round < 30; round += 1) {
      const token = begin();
      const [refreshed] = await Promise.all([
        refresh(token),
        t.post('/oauth/revoke', { ...t.tenant.credentials('strict'), token }),
      ]);
      if (refreshed.status === 200) {
        const heir = await refresh(textOf(refreshed, 'refresh_token'));
        expect(heir.status).toBe(403);
      }
    }
  });

  it('a user revoked during a refresh keeps no valid token', async () => {
    for (let round = 0; round < 30; round += 1) {
      const token = begin();
      const [refreshed] = await Promise.all([
        refresh(token),
        t.post('/_tenant/users/auth0%7Cann-id/revoke', {}),
      ]);
      const heir = await refresh(refreshed.status === 200 ? textOf(refreshed, 'refresh_token') : token);
      expect(heir.status).toBe(403);
    }
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { api } from './support/seed.ts';
import {
  type Answer,
  claimsOf,
  startTestTenant,
  statusesOf,
  stores,
  type TestTenant,
  textOf,
} from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const refused = { error: 'invalid_grant', error_description: 'Unknown or invalid refresh token.' };

describe.each(stores)('refresh tokens on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  beforeEach(() => {
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  const scope = 'openid email offline_access geocode:location';
  async function begin(client: string, parameters: Record<string, unknown> = {}): Promise<string> {
    const answer = await t.signIn(client, { audience: api, scope, ...parameters });
    return textOf(answer, 'refresh_token');
  }
  const refresh = (client: string, refresh_token: string, more: object = {}): Promise<Answer> =>
    t.token(client, { grant_type: 'refresh_token', refresh_token, ...more });
  const next = (answer: Answer): string => textOf(answer, 'refresh_token');
  const statuses = (answers: readonly Answer[]) => statusesOf(answers);

  it('RT01: each use returns a new token; reusing an old one revokes the family', async () => {
    const first = await begin('strict');
    const second = await refresh('strict', first);
    expect(second.status).toBe(200);
    expect(next(second)).not.toBe(first);
    const replay = await refresh('strict', first);
    expect(replay.status).toBe(403);
    expect(replay.json).toEqual(refused);
    expect(t.logTypes().at(-1)).toBe('ferrt');
    const heir = await refresh('strict', next(second));
    expect(heir.status).toBe(403);
    expect(heir.json).toEqual(refused);
    expect(t.logTypes().at(-1)).toBe('fertft');
  });

  it('a refreshed token has the same audience and scope, and an ID token', async () => {
    const answer = await refresh('strict', await begin('strict'));
    expect(answer.json.scope).toBe(scope);
    expect(claimsOf(answer)).toMatchObject({
      aud: [api, `${t.tenant.issuer}userinfo`],
      sub: 'auth0|ann-id',
      azp: 'strict',
      gty: ['refresh_token', 'password'],
    });
    expect(claimsOf(answer, 'id_token').email).toBe('ann@example.com');
    expect(t.logTypes().at(-1)).toBe('sertft');
  });

  it('RT02: garbage answers 403 invalid_grant', async () => {
    const answer = await refresh('strict', 'garbage');
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual(refused);
  });

  it('RT03: a reduced scope applies only to that access token', async () => {
    const reduced = await refresh('strict', await begin('strict'), { scope: 'openid geocode:location' });
    expect(claimsOf(reduced)).toMatchObject({
      aud: [api, `${t.tenant.issuer}userinfo`],
      scope: 'openid geocode:location',
    });
    expect(reduced.json.id_token).toBeTypeOf('string');
    expect(claimsOf(reduced, 'id_token')).not.toHaveProperty('email');
    const full = await refresh('strict', next(reduced));
    expect(full.json.scope).toBe(scope);
  });

  it('RT03: a scope beyond the first grant is not granted, nor by requesting openid alone', async () => {
    const wider = await refresh('strict', await begin('strict'), { scope: 'geocode:location directions' });
    expect(wider.json.scope).toBe('geocode:location');
    const openid = await refresh('strict', next(wider), { scope: 'openid' });
    expect(openid.json.scope).toBe('openid');
  });

  it("RT04: another client's token is refused, and stays valid for its own client", async () => {
    const token = await begin('strict');
    expect((await refresh('lenient', token)).json).toEqual(refused);
    expect((await refresh('strict', token)).status).toBe(200);
  });

  it('RT05: of three parallel uses one succeeds, and the family is revoked', async () => {
    const token = await begin('strict');
    const answers = await Promise.all([1, 2, 3].map(() => refresh('strict', token)));
    expect(statuses(answers)).toEqual([200, 403, 403]);
    const winner = answers.find((answer) => answer.status === 200);
    expect(winner && (await refresh('strict', next(winner))).status).toBe(403);
  });

  it('within the leeway the previous token works too, and later it does not', async () => {
    const first = await begin('lenient');
    const [one, other] = await Promise.all([refresh('lenient', first), refresh('lenient', first)]);
    expect([one.status, other.status]).toEqual([200, 200]);
    expect(next(one)).not.toBe(next(other));
    t.clock.offsetS = 61;
    expect((await refresh('lenient', first)).status).toBe(403);
    expect((await refresh('lenient', next(one))).status).toBe(403);
  });

  it('the leeway applies to the previous token, not to an earlier one', async () => {
    const first = await begin('lenient');
    const second = await refresh('lenient', first);
    const third = await refresh('lenient', next(second));
    expect((await refresh('lenient', first)).status).toBe(403);
    expect((await refresh('lenient', next(third))).status).toBe(403);
  });

  it('a token of a client without rotation stays the same and stays valid', async () => {
    const token = await begin('lasting');
    const answers = await Promise.all([refresh('lasting', token), refresh('lasting', token)]);
    expect(statuses(answers)).toEqual([200, 200]);
    expect(answers[0]?.json).not.toHaveProperty('refresh_token');
    t.clock.offsetS = 10 * 365 * 86_400;
    expect((await refresh('lasting', token)).status).toBe(200);
  });

  it('an unused token expires after the idle lifetime', async () => {
    const token = await begin('strict');
    t.clock.offsetS = 3599;
    const used = await refresh('strict', token);
    expect(used.status).toBe(200);
    t.clock.offsetS += 3601;
    expect((await refresh('strict', next(used))).json).toEqual(refused);
  });

  it('a family expires after its absolute lifetime, even if it is used', async () => {
    let token = await begin('strict');
    for (t.clock.offsetS = 0; t.clock.offsetS < 7200; t.clock.offsetS += 1800) {
      const answer = await refresh('strict', token);
      expect(answer.status).toBe(200);
      token = next(answer);
    }
    expect((await refresh('strict', token)).status).toBe(403);
  });

  it('a blocked user is refused, and the token works again when they are unblocked', async () => {
    const token = await begin('strict', { username: 'reader@example.com' });
    const undo = alter(t.stored.users, { blocked: true }, 'auth0|reader-id');
    const answer = await refresh('strict', token);
    undo();
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({ error: 'invalid_grant', error_description: 'user is blocked' });
    expect((await refresh('strict', token)).status).toBe(200);
  });

  it('a deleted user is refused with a specific message', async () => {
    const token = await begin('strict', { username: 'phoney' });
    t.stored.users.remove('auth0|phone-id');
    const answer = await refresh('strict', token);
    expect(answer.status).toBe(403);
    expect(answer.json.error_description).toMatch(/generated for a user who doesn't exist anymore/);
  });

  it('a removed permission is missing in the next access token', async () => {
    const token = await begin('strict', {
      username: 'writer@example.com',
      audience: 'urn:rbac',
      scope: 'openid offline_access write:x',
    });
    const before = await refresh('strict', token);
    expect(claimsOf(before).permissions).toEqual(['write:x']);
    const { authorizations } = t.stored;
    authorizations.put({ user_id: 'auth0|writer-id', roles: [], permissions: [] });
    const after = await refresh('strict', next(before));
    expect(claimsOf(after).permissions).toEqual([]);
    expect(after.json.scope).toBe('openid offline_access');
  });

  it('without an audience the refreshed access token is opaque again', async () => {
    const token = await begin('strict', { audience: undefined, scope: 'openid offline_access' });
    expect((await refresh('strict', token)).json.access_token).toMatch(/^[\w-]{32}$/);
  });

  it('a user who is revoked loses every family and opaque token', async () => {
    const signIn = await t.signIn('strict', { scope: 'openid offline_access' });
    const revoked = await t.post('/_tenant/users/auth0%7Cann-id/revoke', {});
    expect(revoked.status).toBeLessThan(300);
    expect((await refresh('strict', next(signIn))).status).toBe(403);
    const info = await t.get('/userinfo', { authorization: `Bearer ${textOf(signIn, 'access_token')}` });
    expect(info.status).toBe(401);
  });

  it('RV01–02: a form and JSON revoke the family; the body is empty', async () => {
    for (const asForm of [true, false]) {
      const first = await begin('strict');
      const second = next(await refresh('strict', first));
      const body = { ...t.tenant.credentials('strict'), token: asForm ? second : first };
      const answer = await t.post('/oauth/revoke', asForm ? new URLSearchParams(body) : body);
      expect(answer.status).toBe(200);
      expect(answer.text).toBe('');
      expect((await refresh('strict', second)).json).toEqual(refused);
    }
    expect(t.logTypes()).toContain('srrt');
  });

  it("RV02: revoking an unknown or another's token answers 200 and changes nothing", async () => {
    const token = await begin('strict');
    for (const [client, named] of [
      ['strict', 'unknown'],
      ['lenient', token],
    ] as const) {
      const answer = await t.post('/oauth/revoke', { ...t.tenant.credentials(client), token: named });
      expect([answer.status, answer.text]).toEqual([200, '']);
    }
    expect((await refresh('strict', token)).status).toBe(200);
  });

  it('revoking without a token answers 400, with a wrong secret 401 invalid_client', async () => {
    const credentials = t.tenant.credentials('strict');
    expect((await t.post('/oauth/revoke', { ...credentials })).json.error).toBe('invalid_request');
    const answer = await t.post('/oauth/revoke', { ...credentials, client_secret: 'wrong', token: 'x' });
    expect(answer.status).toBe(401);
    expect(answer.json.error).toBe('invalid_client');
  });

  it('a public client revokes with its client id alone', async () => {
    const token = await begin('public');
    expect((await t.post('/oauth/revoke', { client_id: 'public', token })).status).toBe(200);
    expect((await refresh('public', token)).status).toBe(403);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../support/browser.ts';
import { browserSeed } from '../support/browser-seed.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory, password } from '../support/seed.ts';
import { answerOf, authorizeUrl, challenge, exchange, signInBy, verifier } from '../support/sign-in-flow.ts';
import { claimsOf, fresh, stores, textOf } from '../support/start-test-tenant.ts';

describe.each(stores)('sessions, refresh tokens and grants in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store, browserSeed);
  });
  afterAll(() => t.close());

  const audience = 'urn:organizer';

  /** A new user, signed in with a new browser, with a refresh token. */
  async function signedIn(client = 'web') {
    const email = `${fresh()}@example.com`;
    const { user_id = '' } = await t.management.users.create({ connection: directory, email, password });
    const browser = createBrowser();
    const parameters = { client_id: client, audience, scope: 'openid contacts offline_access' };
    const { code } = answerOf(await signInBy(browser, t, parameters, email));
    const tokens = await exchange(t, client, code);
    return {
      user_id,
      browser,
      path: `/users/${encodeURIComponent(user_id)}`,
      sid: String(claimsOf(tokens, 'id_token').sid),
      token: textOf(tokens, 'refresh_token'),
    };
  }

  const refreshes = async (token: string): Promise<boolean> =>
    (await t.token('web', { grant_type: 'refresh_token', refresh_token: token })).status === 200;
  const isSignedIn = async (browser: Browser): Promise<boolean> =>
    answerOf(await browser.get(authorizeUrl(t, { prompt: 'none' }))).code !== undefined;
  async function listed<Item>(page: Promise<AsyncIterable<Item>>): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of await page) items.push(item);
    return items;
  }

  it('a session is listed, read by its sid, and gets metadata', async () => {
    const { user_id, sid } = await signedIn();
    const [session] = await listed(t.management.users.sessions.list(user_id));
    expect(session).toMatchObject({
      id: sid,
      user_id,
      clients: [{ client_id: 'web' }],
      authentication: { methods: [{ name: 'pwd' }] },
    });
    expect(await t.management.sessions.get(sid)).toEqual(session);
    const noted = await t.management.sessions.update(sid, { session_metadata: { device: 'desk' } });
    expect(noted).toMatchObject({ session_metadata: { device: 'desk' } });
    expect(await t.management.sessions.get(sid)).toEqual(noted);
  });

  it('a deleted session signs its browser out; its refresh token stays valid', async () => {
    const { user_id, sid, browser, token } = await signedIn();
    expect(await isSignedIn(browser)).toBe(true);
    await t.management.sessions.delete(sid);
    expect(await isSignedIn(browser)).toBe(false);
    expect(await listed(t.management.users.sessions.list(user_id))).toEqual([]);
    expect((await t.manage('GET', `/sessions/${sid}`)).status).toBe(404);
    expect(await refreshes(token)).toBe(true);
  });

  it('revoking a session revokes its refresh tokens', async () => {
    const { sid, browser, token } = await signedIn();
    await t.management.sessions.revoke(sid);
    expect([await isSignedIn(browser), await refreshes(token)]).toEqual([false, false]);
  });

  it('all sessions of a user, or all access, can be ended', async () => {
    const one = await signedIn();
    await t.management.users.sessions.delete(one.user_id);
    expect([await isSignedIn(one.browser), await refreshes(one.token)]).toEqual([false, true]);
    const other = await signedIn();
    await t.management.users.revokeAccess(other.user_id);
    expect([await isSignedIn(other.browser), await refreshes(other.token)]).toEqual([false, false]);
  });

  it('a session that has expired is not listed', async () => {
    const { user_id, sid } = await signedIn();
    const lifetimeS = 168 * 3600;
    t.clock.offsetS += lifetimeS;
    const token = `Bearer ${await t.managementToken()}`;
    const answer = await t.manage('GET', `/sessions/${sid}`, undefined, { authorization: token });
    t.clock.offsetS -= lifetimeS;
    expect(answer.status).toBe(404);
    expect(await listed(t.management.users.sessions.list(user_id))).toHaveLength(1);
  });

  it('a refresh token is listed, read, gets metadata and is revoked by its id', async () => {
    const { user_id, token, sid } = await signedIn();
    const [shown] = await listed(t.management.users.refreshToken.list(user_id));
    expect(shown).toMatchObject({
      user_id,
      client_id: 'web',
      session_id: sid,
      rotating: true,
      resource_servers: [{ audience, scopes: expect.stringContaining('contacts') }],
    });
    const id = shown?.id ?? '';
    expect(JSON.stringify(shown)).not.toContain(token);
    expect(await t.management.refreshTokens.get(id)).toEqual(shown);
    expect(await listed(t.management.refreshTokens.list({ user_id, client_id: 'web' }))).toEqual([shown]);
    expect(await listed(t.management.refreshTokens.list({ user_id, client_id: 'spa' }))).toEqual([]);
    const metadata = { refresh_token_metadata: { note: 'x' } };
    expect(await t.management.refreshTokens.update(id, metadata)).toMatchObject(metadata);
    await t.management.refreshTokens.delete(id);
    expect(await refreshes(token)).toBe(false);
    expect((await t.manage('GET', `/refresh-tokens/${id}`)).status).toBe(404);
  });

  it('a refresh token that is revoked during its rotation is invalid', async () => {
    const { user_id, token } = await signedIn();
    const [rotated] = await Promise.all([
      t.token('web', { grant_type: 'refresh_token', refresh_token: token }),
      t.management.users.refreshToken.delete(user_id),
    ]);
    if (rotated.status === 200) expect(await refreshes(textOf(rotated, 'refresh_token'))).toBe(false);
    expect(await refreshes(token)).toBe(false);
  });

  it('refresh tokens are revoked by ids, or by user and API', async () => {
    const [one, other] = await Promise.all([signedIn(), signedIn()]);
    const [shown] = await listed(t.management.users.refreshToken.list(one.user_id));
    expect((await t.manage('POST', '/refresh-tokens/revoke', { ids: [shown?.id] })).status).toBe(202);
    await t.management.refreshTokens.revoke({ user_id: other.user_id, audience: 'urn:other' });
    expect([await refreshes(one.token), await refreshes(other.token)]).toEqual([false, true]);
    expect((await t.manage('POST', '/refresh-tokens/revoke', {})).status).toBe(400);
  });

  it('device credentials are the refresh tokens; one that is deleted is revoked', async () => {
    const { user_id, token } = await signedIn();
    const query = { user_id, type: 'rotating_refresh_token' } as const;
    const [credential, ...more] = await listed(t.management.deviceCredentials.list(query));
    expect(more).toEqual([]);
    expect(credential).toMatchObject({ user_id, client_id: 'web', type: 'rotating_refresh_token' });
    expect(await listed(t.management.deviceCredentials.list({ user_id, type: 'refresh_token' }))).toEqual([]);
    await t.management.deviceCredentials.delete(credential?.id ?? '');
    expect(await refreshes(token)).toBe(false);
  });

  it('a grant is listed with clientID; deleting it revokes the refresh token, and consent is asked again', async () => {
    const email = `${fresh()}@example.com`;
    const { user_id = '' } = await t.management.users.create({ connection: directory, email, password });
    const browser = createBrowser();
    const client = 'tpc_open';
    const asked = { client_id: client, audience, scope: 'contacts offline_access', ...challenge };
    const consent = await signInBy(browser, t, asked, email);
    expect(consent.url.pathname).toBe('/u/consent');
    const { code } = answerOf(await browser.submit(consent, { action: 'accept' }));
    const token = textOf(await exchange(t, client, code, { code_verifier: verifier }), 'refresh_token');
    const grants = await listed(t.management.userGrants.list({ user_id }));
    expect(grants).toMatchObject([{ clientID: client, user_id, audience }]);
    expect(grants[0]?.scope).toContain('contacts');
    await t.management.userGrants.delete(grants[0]?.id ?? '');
    expect(await listed(t.management.userGrants.list({ user_id }))).toEqual([]);
    expect((await t.token(client, { grant_type: 'refresh_token', refresh_token: token })).status).toBe(403);
    expect((await browser.open(authorizeUrl(t, asked))).url.pathname).toBe('/u/consent');
  });

  it('all grants of a user can be deleted at once, only with a user id', async () => {
    const { user_id } = await signedIn();
    const { issuer } = t.tenant;
    const state = t.stored;
    const consent = { user_id, client_id: 'web', scope: ['openid'] };
    state.consents.put({ ...consent, id: fresh('grant'), audience: `${issuer}userinfo` });
    state.consents.put({ ...consent, id: fresh('grant'), audience });
    expect((await t.manage('DELETE', '/grants')).status).toBe(400);
    await t.management.userGrants.deleteByUserId({ user_id });
    expect(await listed(t.management.userGrants.list({ user_id }))).toEqual([]);
  });

  it('a user who is blocked or deleted is signed out of every browser, and pending sign-ins end', async () => {
    for (const end of [
      (id: string) => t.management.users.update(id, { blocked: true }),
      (id: string) => t.management.users.delete(id),
    ]) {
      const { user_id, browser, token } = await signedIn();
      const { code } = answerOf(await browser.get(authorizeUrl(t, { prompt: 'none' })));
      await end(user_id);
      expect([await isSignedIn(browser), await refreshes(token)]).toEqual([false, false]);
      expect((await exchange(t, 'web', code)).status).toBe(403);
    }
  });
});

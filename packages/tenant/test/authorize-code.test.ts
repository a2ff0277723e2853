import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from './support/browser.ts';
import { askingApi, browserSeed, callback } from './support/browser-seed.ts';
import { api } from './support/seed.ts';
import {
  answerOf,
  authorizeUrl,
  challenge,
  codeFor,
  exchange,
  signInBy,
  verifier,
} from './support/sign-in-flow.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const invalidCode = { error: 'invalid_grant', error_description: 'Invalid authorization code' };

describe.each(stores)('authorization codes on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
  });
  beforeEach(() => {
    t.clock.offsetS = 0;
  });
  afterAll(() => t.close());

  it('AC01: code with PKCE and nonce: returns state and tokens with the expected claims', async () => {
    const state = 'a b+c/d=é&"<>%20';
    const scope = 'openid profile email offline_access geocode:location';
    const page = await signInBy(createBrowser(), t, {
      ...challenge,
      state,
      nonce: 'n-1',
      scope,
      audience: api,
    });
    expect(page.status).toBe(302);
    expect(locationOf(page).href.startsWith(`${callback}?`)).toBe(true);
    expect(answerOf(page)).toEqual({ code: expect.stringMatching(/^[\w-]{43}$/), state });
    const tokens = await exchange(t, 'web', answerOf(page).code, { code_verifier: verifier });
    expect(tokens.status).toBe(200);
    expect(tokens.headers.get('cache-control')).toBe('no-store');
    expect(tokens.json).toMatchObject({ scope, token_type: 'Bearer', expires_in: 86_400 });
    expect(tokens.json.refresh_token).toBeTypeOf('string');
    const access = claimsOf(tokens);
    expect(access).toMatchObject({
      aud: [api, `${t.tenant.issuer}userinfo`],
      azp: 'web',
      sub: 'auth0|ann-id',
      scope,
    });
    expect(access).not.toHaveProperty('gty');
    const id = claimsOf(tokens, 'id_token');
    expect(id).toMatchObject({
      nonce: 'n-1',
      aud: 'web',
      email: 'ann@example.com',
      sid: expect.any(String),
    });
    expect(id).not.toHaveProperty('auth_time');
    const refreshed = await t.token('web', {
      grant_type: 'refresh_token',
      refresh_token: tokens.json.refresh_token,
    });
    expect(claimsOf(refreshed, 'id_token').sid).toBe(id.sid);
    expect(claimsOf(refreshed, 'id_token')).not.toHaveProperty('nonce');
    expect(t.logTypes()).toEqual(expect.arrayContaining(['s', 'seacft', 'sertft']));
  });

  it('AC02: a code used twice is refused, and its tokens are revoked', async () => {
    const code = await codeFor(t, { scope: 'openid offline_access', audience: api });
    const first = await exchange(t, 'web', code);
    expect(first.status).toBe(200);
    const second = await exchange(t, 'web', code);
    expect(second.status).toBe(403);
    expect(second.json).toEqual(invalidCode);
    const { refresh_token } = first.json;
    const refreshed = await t.token('web', { grant_type: 'refresh_token', refresh_token });
    expect(refreshed.status).toBe(403);
  });

  it('a replayed code revokes an opaque access token too', async () => {
    const code = await codeFor(t);
    const first = await exchange(t, 'web', code);
    const authorization = `Bearer ${String(first.json.access_token)}`;
    expect((await t.get('/userinfo', { authorization })).status).toBe(200);
    await exchange(t, 'web', code);
    expect((await t.get('/userinfo', { authorization })).status).toBe(401);
  });

  it('AC03: garbage is refused', async () => {
    const answer = await exchange(t, 'web', 'garbage');
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual(invalidCode);
    expect(t.logTypes().at(-1)).toBe('feacft');
  });

  it.each(['x'.repeat(43), '', undefined])('AC04: the verifier %j is refused', async (code_verifier) => {
    const code = await codeFor(t, challenge);
    const answer = await exchange(t, 'web', code, { code_verifier });
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      error: 'invalid_grant',
      error_description: 'Failed to verify code verifier',
    });
    const again = await exchange(t, 'web', code, { code_verifier: verifier });
    expect(again.json).toEqual(invalidCode);
  });

  it('a verifier for a code without a challenge is refused', async () => {
    const answer = await exchange(t, 'web', await codeFor(t), { code_verifier: verifier });
    expect(answer.json.error_description).toBe('Failed to verify code verifier');
  });

  it('a plain challenge equals its verifier, with and without the method', async () => {
    for (const code_challenge_method of ['plain', undefined]) {
      const code = await codeFor(t, { code_challenge: verifier, code_challenge_method });
      expect((await exchange(t, 'web', code, { code_verifier: verifier })).status).toBe(200);
    }
  });

  it('AC05: a different redirect_uri is refused', async () => {
    const sent = 'http://localhost:4777/elsewhere';
    const answer = await exchange(t, 'web', await codeFor(t), { redirect_uri: sent });
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      error: 'unauthorized_client',
      error_description: `The redirect URI is wrong. You sent ${sent}, and we expected ${callback}`,
    });
  });

  it('a redirect_uri that is not sent is not compared', async () => {
    const answer = await exchange(t, 'web', await codeFor(t), { redirect_uri: undefined });
    expect(answer.status).toBe(200);
  });

  it("another client's code is refused, and stays valid for its own client", async () => {
    const code = await codeFor(t);
    expect((await exchange(t, 'plain', code)).json).toEqual(invalidCode);
    expect((await exchange(t, 'web', code)).status).toBe(200);
  });

  it('a code expires after ten minutes', async () => {
    const [early, late] = [await codeFor(t), await codeFor(t)];
    t.clock.offsetS = 590;
    expect((await exchange(t, 'web', early)).status).toBe(200);
    t.clock.offsetS = 601;
    expect((await exchange(t, 'web', late)).json).toEqual(invalidCode);
  });

  it('AC19: in 1,000 parallel exchanges of 100 codes each code succeeds exactly once', async () => {
    const browser = createBrowser();
    await signInBy(browser, t);
    const silent = authorizeUrl(t, { prompt: 'none', scope: 'openid offline_access', audience: api });
    for (let round = 0; round < 100; round += 1) {
      const { code } = answerOf(await browser.get(silent));
      const answers = await Promise.all(Array.from({ length: 10 }, () => exchange(t, 'web', code)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 403)).toHaveLength(9);
    }
  }, 60_000);

  it('a public client needs PKCE, and no secret', async () => {
    const request = { client_id: 'spa', scope: 'openid offline_access', audience: api };
    const proven = await exchange(t, 'spa', await codeFor(t, { ...request, ...challenge }), {
      code_verifier: verifier,
    });
    expect(proven.status).toBe(200);
    const unproven = await exchange(t, 'spa', await codeFor(t, request));
    expect(unproven.status).toBe(401);
  });

  it('a wrong secret does not consume the code', async () => {
    const code = await codeFor(t);
    expect((await exchange(t, 'web', code, { client_secret: 'wrong' })).status).toBe(401);
    expect((await exchange(t, 'web', code)).status).toBe(200);
  });

  it('without an audience the access token is opaque', async () => {
    const answer = await exchange(t, 'web', await codeFor(t));
    expect(answer.json.access_token).toMatch(/^[\w-]{32}$/);
    expect(answer.json).not.toHaveProperty('refresh_token');
  });

  it('no refresh token for a client without that grant', async () => {
    const code = await codeFor(t, { client_id: 'plain', scope: 'openid offline_access', audience: api });
    const answer = await exchange(t, 'plain', code);
    expect(answer.json).not.toHaveProperty('refresh_token');
    expect(answer.json.scope).toBe('openid');
  });

  it('a user who is blocked or revoked meanwhile gets no tokens for the code', async () => {
    const { users } = t.stored;
    const bob = users.get('auth0|bob-id');
    if (!bob) throw new Error('no user');
    const blocked = await codeFor(t, {}, 'bob@example.com');
    users.put({ ...bob, blocked: true });
    expect((await exchange(t, 'web', blocked)).json.error_description).toBe('user is blocked');
    users.put(bob);
    const revoked = await codeFor(t, {}, 'bob@example.com');
    await t.post('/_tenant/users/auth0%7Cbob-id/revoke', {});
    expect((await exchange(t, 'web', revoked)).json).toEqual(invalidCode);
  });

  it('AC08–09: prompt=none without a session answers login_required; with a session, a code', async () => {
    const browser = createBrowser();
    const url = authorizeUrl(t, { prompt: 'none', state: 's' });
    expect(answerOf(await browser.get(url))).toEqual({
      error: 'login_required',
      error_description: 'Login required',
      state: 's',
    });
    expect(t.logTypes().at(-1)).toBe('fsa');
    await signInBy(browser, t);
    expect(answerOf(await browser.get(url))).toEqual({ code: expect.any(String), state: 's' });
    expect(t.logTypes().at(-1)).toBe('ssa');
  });

  it('AC14: prompt=login shows the sign-in page despite a session; the sid stays', async () => {
    const browser = createBrowser();
    const first = await exchange(t, 'web', answerOf(await signInBy(browser, t)).code);
    const page = await browser.open(authorizeUrl(t, { prompt: 'login' }));
    expect(page.url.pathname).toBe('/u/login');
    const cookie = browser.cookies.get('auth0_http');
    const again = answerOf(await signInBy(browser, t, { prompt: 'login' }));
    const second = await exchange(t, 'web', again.code);
    expect(claimsOf(second, 'id_token').sid).toBe(claimsOf(first, 'id_token').sid);
    expect(browser.cookies.get('auth0_http')).not.toBe(cookie);
  });

  it('AC15: max_age asks again when the sign-in is too old, and auth_time is updated', async () => {
    const browser = createBrowser();
    const authTime = async (max_age: string) => {
      const answer = await exchange(t, 'web', answerOf(await signInBy(browser, t, { max_age })).code);
      return Number(claimsOf(answer, 'id_token').auth_time);
    };
    const first = await authTime('600');
    expect(first).toBeGreaterThan(Date.now() / 1000 - 60);
    t.clock.offsetS = 500;
    expect(await authTime('600')).toBe(first);
    t.clock.offsetS = 700;
    const page = await browser.get(authorizeUrl(t, { max_age: '600', prompt: 'none' }));
    expect(answerOf(page).error).toBe('login_required');
    expect(await authTime('600')).toBeGreaterThan(first + 600);
    const now = await browser.get(authorizeUrl(t, { max_age: '0', prompt: 'none' }));
    expect(answerOf(now).error).toBe('login_required');
  });

  it('a session ends after its idle time, and after its lifetime even if it is used', async () => {
    const idle = createBrowser();
    await signInBy(idle, t);
    const silent = authorizeUrl(t, { prompt: 'none' });
    t.clock.offsetS = 71 * 3600;
    expect(answerOf(await idle.get(silent)).code).toBeDefined();
    t.clock.offsetS += 73 * 3600;
    expect(answerOf(await idle.get(silent)).error).toBe('login_required');
    t.clock.offsetS = 0;
    const busy = createBrowser();
    await signInBy(busy, t);
    for (t.clock.offsetS = 0; t.clock.offsetS < 168 * 3600; t.clock.offsetS += 60 * 3600)
      expect(answerOf(await busy.get(silent)).code).toBeDefined();
    t.clock.offsetS = 168 * 3600;
    expect(answerOf(await busy.get(silent)).error).toBe('login_required');
  });

  it('members of an organization get it in the ID token and the access token', async () => {
    const request = { organization: 'org_acme000000000000', audience: askingApi, prompt: undefined };
    const browser = createBrowser();
    const consent = await signInBy(browser, t, { ...request, scope: 'openid read' });
    const code = answerOf(await browser.submit(consent, { action: 'accept' })).code;
    const answer = await exchange(t, 'web', code);
    const named = { org_id: 'org_acme000000000000', org_name: 'acme' };
    expect(claimsOf(answer)).toMatchObject(named);
    expect(claimsOf(answer, 'id_token')).toMatchObject(named);
    const stranger = await signInBy(createBrowser(), t, { organization: 'acme' }, 'bob@example.com');
    expect(answerOf(stranger)).toMatchObject({
      error: 'access_denied',
      error_description: 'user auth0|bob-id is not part of the org_acme000000000000 organization',
    });
  });

  it('dpop_jkt binds the code to the key of the exchange’s proof', async () => {
    const code = await codeFor(t, { dpop_jkt: 'x'.repeat(43) });
    const answer = await exchange(t, 'web', code);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe('invalid_dpop_proof');
  });

  it('an ID token of a client with HS256 is signed with its secret', async () => {
    const code = await codeFor(t, { client_id: 'hs' });
    const answer = await exchange(t, 'hs', code);
    expect(decodeJwt(String(answer.json.id_token)).aud).toBe('hs');
    expect(String(answer.json.id_token).startsWith(Buffer.from('{"alg":"HS256"').toString('base64url'))).toBe(
      true,
    );
  });
});

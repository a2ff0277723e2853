import { type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from './support/seed.ts';
import { startTestTenant, stores, type TestTenant, textOf } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

describe.each(stores)('/userinfo on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  const ask = (token: string) => t.get('/userinfo', { authorization: `Bearer ${token}` });
  const signIn = async (parameters: Record<string, unknown>): Promise<string> =>
    textOf(await t.signIn('strict', parameters), 'access_token');

  it('UI01: an API token with openid gets the claims of its scopes', async () => {
    const answer = await ask(await signIn({ audience: api, scope: 'openid profile geocode:location' }));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ sub: 'auth0|ann-id', name: 'ann@example.com', given_name: 'ann' });
    expect(answer.json).not.toHaveProperty('email');
  });

  it('POST works too, with the token in the header or in the form', async () => {
    const access_token = await signIn({ scope: 'openid' });
    const inHeader = await t.post('/userinfo', '', { authorization: `Bearer ${access_token}` });
    const inForm = await t.post('/userinfo', new URLSearchParams({ access_token }));
    expect([inHeader.json.sub, inForm.json.sub]).toEqual(['auth0|ann-id', 'auth0|ann-id']);
  });

  it('the token may be in the URL, but not in two places', async () => {
    const access_token = await signIn({ scope: 'openid' });
    const query = `?${new URLSearchParams({ access_token }).toString()}`;
    expect((await t.get(`/userinfo${query}`)).json.sub).toBe('auth0|ann-id');
    const twice = await t.get(`/userinfo${query}`, { authorization: `Bearer ${access_token}` });
    expect([twice.status, twice.json.error]).toEqual([400, 'invalid_request']);
  });

  it("a user's token for the Management API reads and changes that user alone, user_metadata only", async () => {
    const audience = `${t.tenant.issuer}api/v2/`;
    const scope = 'openid read:current_user update:current_user_metadata';
    const token = await signIn({ audience, scope });
    const call = (id: string, body?: object) =>
      fetch(`${t.tenant.origin}/api/v2/users/${encodeURIComponent(id)}`, {
        method: body ? 'PATCH' : 'GET',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body && { body: JSON.stringify(body) }),
      });
    expect((await call('auth0|ann-id')).status).toBe(200);
    expect((await call('auth0|ann-id', { user_metadata: { theme: 'dark' } })).status).toBe(200);
    expect((await call('auth0|ann-id', { app_metadata: { admin: true } })).status).toBe(403);
    expect((await call('auth0|ann-id', { blocked: false })).status).toBe(403);
    expect((await call('auth0|someone')).status).toBe(403);
  });

  it('UI02: a missing and an invalid token answer 401 as text, with a challenge', async () => {
    for (const answer of [await t.get('/userinfo'), await ask('garbage'), await ask('a.b.c')]) {
      expect(answer.status).toBe(401);
      expect(answer.text).toBe('Unauthorized');
      expect(answer.headers.get('content-type')).toContain('text/plain');
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer realm="Users", error="invalid_token"/);
    }
  });

  it('UI03: a machine’s token and one without openid answer 401', async () => {
    const machine = await t.token('courier', { grant_type: 'client_credentials', audience: api });
    expect((await ask(textOf(machine, 'access_token'))).status).toBe(401);
    expect((await ask(await signIn({ audience: api, scope: 'geocode:location' }))).status).toBe(401);
    expect((await ask(await signIn({ scope: 'email' }))).status).toBe(401);
  });

  it('an ID token is not accepted', async () => {
    const answer = await t.signIn('strict', { scope: 'openid' });
    expect((await ask(textOf(answer, 'id_token'))).status).toBe(401);
  });

  it('a token signed by another key with the tenant’s kid answers 401', async () => {
    const { kid } = t.tenant.context.keys.current();
    const forged = await new SignJWT({ scope: 'openid', sub: 'auth0|ann-id' })
      .setProtectedHeader({ alg: 'HS256', kid })
      .setIssuer(t.tenant.issuer)
      .setAudience(`${t.tenant.issuer}userinfo`)
      .setExpirationTime('1h')
      .sign(
        new TextEncoder().encode(
          t.tenant.context.keys.current().publicKey.export({ type: 'spki', format: 'pem' }) as string,
        ),
      );
    expect((await ask(forged)).status).toBe(401);
  });

  it.each<[string, JWTPayload, string, number]>([
    ['as it should be', {}, 'RS256', 200],
    ['for another audience', { aud: api }, 'RS256', 401],
    ['by another issuer', { iss: 'https://elsewhere.example/' }, 'RS256', 401],
    ['of an unknown user', { sub: 'auth0|nobody' }, 'RS256', 401],
    ['with another algorithm', {}, 'PS256', 401],
  ])('a token of the tenant’s key %s', async (_name, claims, alg, status) => {
    const { kid, privateKey } = t.tenant.context.keys.current();
    const good = {
      iss: t.tenant.issuer,
      aud: `${t.tenant.issuer}userinfo`,
      sub: 'auth0|ann-id',
      scope: 'openid',
    };
    const token = await new SignJWT({ ...good, ...claims })
      .setProtectedHeader({ alg, kid })
      .setExpirationTime('1h')
      .sign(privateKey);
    expect((await ask(token)).status).toBe(status);
  });

  it.each([
    ['opaque', { scope: 'openid' }],
    ['signed', { scope: 'openid', audience: api }],
  ])('an %s token expires after a day, and at once for a blocked user', async (_name, parameters) => {
    const token = await signIn({ ...parameters, username: 'reader@example.com' });
    expect((await ask(token)).status).toBe(200);
    const undo = alter(t.stored.users, { blocked: true }, 'auth0|reader-id');
    expect((await ask(token)).status).toBe(401);
    undo();
    t.clock.offsetS = 86_401;
    expect((await ask(token)).status).toBe(401);
    t.clock.offsetS = 0;
  });
});

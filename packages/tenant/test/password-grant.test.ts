import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, directory, password, realmGrant } from './support/seed.ts';
import { claimsOf, startTestTenant, stores, type TestTenant, textOf } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const standardScope = 'openid profile email address phone';
const wrong = { error: 'invalid_grant', error_description: 'Wrong email or password.' };

describe.each(stores)('the password grants on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  const plain = (parameters: Record<string, unknown> = {}, client = 'strict') =>
    t.token(client, { grant_type: 'password', username: 'ann@example.com', password, ...parameters });

  it('PW01: with an API and openid the token has both audiences and exactly the requested scope', async () => {
    const answer = await t.signIn('strict', {
      audience: api,
      scope: 'openid profile geocode:location nonsense',
    });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      token_type: 'Bearer',
      expires_in: 86_400,
      scope: 'openid profile geocode:location',
    });
    expect(answer.json).not.toHaveProperty('refresh_token');
    const { iat: _iat, exp: _exp, ...claims } = claimsOf(answer);
    expect(claims).toEqual({
      iss: t.tenant.issuer,
      sub: 'auth0|ann-id',
      aud: [api, `${t.tenant.issuer}userinfo`],
      azp: 'strict',
      gty: 'password',
      scope: 'openid profile geocode:location',
    });
  });

  it('PW01: without openid the audience is only the API, and there is no ID token', async () => {
    const answer = await t.signIn('strict', { audience: api, scope: 'geocode:location' });
    expect(claimsOf(answer).aud).toBe(api);
    expect(answer.json).not.toHaveProperty('id_token');
  });

  it('PW02: the ID token has the claims of its scopes and a lifetime of ten hours', async () => {
    const answer = await t.signIn('strict', { scope: 'openid profile email' });
    const token = textOf(answer, 'id_token');
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'JWT' });
    const { payload } = await jwtVerify(token, t.tenant.context.keys.current().publicKey);
    const { iat = 0, exp = 0, updated_at, picture, ...claims } = payload;
    expect(claims).toEqual({
      iss: t.tenant.issuer,
      sub: 'auth0|ann-id',
      aud: 'strict',
      given_name: 'ann',
      nickname: 'ann',
      name: 'ann@example.com',
      email: 'ann@example.com',
      email_verified: false,
    });
    expect(exp - iat).toBe(36_000);
    expect(updated_at).toMatch(/^\d{4}-\d\d-\d\dT/);
    expect(picture).toMatch(/^https:/);
  });

  it('PW02: openid with another scope returns no profile claims', async () => {
    const claims = claimsOf(await t.signIn('strict', { scope: 'openid phone' }), 'id_token');
    expect(Object.keys(claims).toSorted()).toEqual(['aud', 'exp', 'iat', 'iss', 'sub']);
  });

  it('PW03–04: a wrong password and an unknown user answer the same', async () => {
    const [known, unknown] = await Promise.all([
      t.signIn('strict', { password: 'Wrong-Horse-1' }),
      t.signIn('strict', { username: 'nobody@example.com' }),
    ]);
    expect(known.status).toBe(403);
    expect(known.json).toEqual(wrong);
    expect(unknown.status).toBe(403);
    expect(unknown.text).toBe(known.text);
    expect([...unknown.headers.keys()]).toEqual([...known.headers.keys()]);
    expect(t.logTypes()).toEqual(expect.arrayContaining(['fp', 'fu']));
  });

  it('PW05: without an audience the access token is opaque, and /userinfo takes it', async () => {
    const answer = await t.signIn('strict', { scope: 'openid email' });
    expect(answer.json.access_token).toMatch(/^[\w-]{32}$/);
    const info = await t.get('/userinfo', { authorization: `Bearer ${textOf(answer, 'access_token')}` });
    expect(info.json).toEqual({ sub: 'auth0|ann-id', email: 'ann@example.com', email_verified: false });
  });

  it('PW06: the realm grant requires a realm', async () => {
    const answer = await t.signIn('strict', { realm: undefined });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe('invalid_request');
  });

  it('the plain grant signs in to the default directory, or to the given realm', async () => {
    expect((await plain()).status).toBe(200);
    expect((await plain({ realm: directory })).status).toBe(200);
    const elsewhere = await plain({ realm: 'excellent' });
    expect(elsewhere.json).toEqual(wrong);
  });

  it.each(['unused', 'no-such-realm', 'email'])('the realm %s answers 400 invalid_request', async (realm) => {
    const answer = await t.signIn('strict', { realm });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe('invalid_request');
    expect(answer.headers.get('x-tenant-hint')).toContain('enable the connection');
  });

  it.each([
    ['PW07: a client without the grant', 'no-password'],
    ['a third-party client', 'permissive'],
  ])('%s is refused', async (_name, client) => {
    const answer = await t.signIn(client);
    expect(answer.status).toBe(403);
    expect(answer.json).toMatchObject({
      error: 'unauthorized_client',
      error_description: `Grant type '${realmGrant}' not allowed for the client.`,
    });
  });

  it('a public client may sign users in with its client id alone', async () => {
    expect((await t.signIn('public')).status).toBe(200);
  });

  it.each([
    ['PW08: neither scope nor audience', {}, standardScope],
    ['only openid', { scope: 'openid' }, standardScope],
    ['an audience and no scope', { audience: api }, 'geocode:location reverse-geocode:location directions'],
    ['a list of scopes', { scope: ['openid', 'email'] }, 'openid email'],
    ['one scope twice', { scope: 'openid email openid' }, 'openid email'],
  ])('%s is granted exactly', async (_name, parameters, scope) => {
    const answer = await t.signIn('strict', parameters);
    expect(answer.json.scope).toBe(scope);
  });

  it('a user gets only the current-user scopes of the Management API', async () => {
    const answer = await t.signIn('strict', { audience: `${t.tenant.issuer}api/v2/` });
    const scopes = textOf(answer, 'scope').split(' ');
    expect(scopes.filter((scope) => !scope.includes('current_user'))).toEqual([]);
    const asked = await t.signIn('strict', {
      audience: `${t.tenant.issuer}api/v2/`,
      scope: 'read:users openid',
    });
    expect(asked.json.scope).toBe('openid');
  });

  it('an unknown audience answers 400 invalid_request', async () => {
    const answer = await t.signIn('strict', { audience: 'urn:unknown' });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: 'invalid_request',
      error_description: 'invalid audience specified for password grant exchange',
    });
  });

  it('PW09: a user with a second factor gets mfa_required and an mfa_token', async () => {
    const answer = await t.signIn('strict', { username: 'guarded@example.com' });
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      error: 'mfa_required',
      error_description: 'Multifactor authentication required',
      mfa_token: expect.stringMatching(/^[\w-]{43}$/),
      mfa_requirements: { challenge: [{ type: 'otp' }] },
    });
  });

  it('PW10: a blocked user with the right password answers 401 unauthorized', async () => {
    const answer = await t.signIn('strict', { username: 'blocked@example.com' });
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({ error: 'unauthorized', error_description: 'user is blocked' });
    const guess = await t.signIn('strict', { username: 'blocked@example.com', password: 'Wrong-Horse-1' });
    expect(guess.json).toEqual(wrong);
  });

  it('a leaked password answers 401 password_leaked', async () => {
    const answer = await t.signIn('strict', {
      username: 'leaked@example.com',
      password: 'AUTH0-TEST-Passw0rd',
    });
    expect(answer.status).toBe(401);
    expect(answer.json.error).toBe('password_leaked');
    expect(t.logTypes().at(-1)).toBe('pwd_leak');
  });

  it('users sign in by user name and phone number too, ignoring case', async () => {
    const answers = await Promise.all(
      ['PHONEY', '+15550100200', 'Phone@Example.com'].map((username) =>
        t.signIn('strict', { username, scope: 'openid phone' }),
      ),
    );
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
    expect(claimsOf(answers[0] ?? (await plain()), 'id_token')).toMatchObject({
      phone_number: '+15550100200',
      phone_number_verified: false,
    });
  });

  it.each([
    ['of a role', 'reader', 'read:x'],
    ['of their own', 'writer', 'write:x'],
    ['of none', 'ann', undefined],
  ])('PW12: under RBAC a user with permissions %s gets exactly those', async (_name, name, permission) => {
    const username = `${name}@example.com`;
    const answer = await t.signIn('strict', { username, audience: 'urn:rbac', scope: 'read:x write:x' });
    expect(answer.status).toBe(200);
    expect(answer.json.scope).toBe(permission);
    expect(claimsOf(answer).permissions).toEqual(permission === undefined ? [] : [permission]);
  });

  it('PW13: an unknown grant answers 403 unsupported_grant_type', async () => {
    const answer = await t.token('strict', { grant_type: 'magic' });
    expect(answer.status).toBe(403);
    expect(answer.json.error).toBe('unsupported_grant_type');
  });

  it.each(['grant_type', 'client_id', 'username', 'password'])('a missing %s answers 400', async (name) => {
    const answer = await plain({ [name]: undefined });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: 'invalid_request',
      error_description: `Missing required parameter: ${name}`,
    });
  });

  it.each([
    ['urn:machines-only', 'strict', 403],
    ['urn:by-grant', 'lenient', 403],
    ['urn:by-grant', 'strict', 200],
  ])('the API %s answers users by %s with %i', async (audience, client, status) => {
    const answer = await t.signIn(client, { audience, scope: 'read write' });
    expect(answer.status).toBe(status);
    if (status === 200) expect(answer.json.scope).toBe('read');
    else expect(answer.json.error).toBe('access_denied');
  });

  it.each([
    ['the API has no offline access', 'strict', 'urn:online', false],
    ['the API has offline access', 'strict', api, true],
    ['there is no API', 'strict', undefined, true],
  ])('offline_access where %s', async (_name, client, audience, given) => {
    const answer = await t.signIn(client, { audience, scope: 'openid offline_access' });
    expect('refresh_token' in answer.json).toBe(given);
    expect(textOf(answer, 'scope').split(' ').includes('offline_access')).toBe(given);
  });

  it('a sign-in is counted on the user and logged', async () => {
    const before = t.stored.users.get('auth0|ann-id');
    await t.signIn('strict');
    const after = t.stored.users.get('auth0|ann-id');
    expect(after?.logins_count).toBe((before?.logins_count ?? 0) + 1);
    expect(after?.last_ip).toBe('127.0.0.1');
    expect(t.logTypes().slice(-2)).toEqual(['s', 'sepft']);
  });

  it('parallel sign-ins of one user are all counted', async () => {
    const count = () => t.stored.users.get('auth0|writer-id')?.logins_count ?? 0;
    const before = count();
    await Promise.all(
      Array.from({ length: 12 }, () => t.signIn('strict', { username: 'writer@example.com' })),
    );
    expect(count()).toBe(before + 12);
  });

  it('without a default directory the plain grant answers 500 server_error', async () => {
    const undo = alter(t.stored.settings, { default_directory: '' });
    const answer = await plain();
    undo();
    expect(answer.status).toBe(500);
    expect(answer.json).toEqual({
      error: 'server_error',
      error_description: 'Authorization server not configured with default connection.',
    });
  });

  it('the default audience replaces a missing audience', async () => {
    const undo = alter(t.stored.settings, { default_audience: api });
    const answer = await plain({ scope: 'directions' });
    undo();
    expect(claimsOf(answer).aud).toBe(api);
  });
});

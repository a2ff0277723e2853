import { Management } from 'auth0';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { api, directory, password } from '../support/seed.ts';
import { fresh, statusesOf, stores, textOf } from '../support/start-test-tenant.ts';

const nobody = 'auth0|000000000000000000000000';
const address = () => `${fresh()}@example.com`;

describe.each(stores)('users in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  const create = async (more: object = {}) => {
    const made = await t.management.users.create({
      connection: directory,
      email: address(),
      password,
      ...more,
    });
    return { ...made, user_id: made.user_id ?? '', email: made.email ?? '' };
  };
  const pathOf = (id: string) => `/users/${encodeURIComponent(id)}`;
  const signIn = (username: string, secret = password) =>
    t.signIn('strict', { username, password: secret, audience: api, scope: 'openid offline_access' });
  const refresh = (refresh_token: string) =>
    t.token('strict', { grant_type: 'refresh_token', refresh_token });
  const inbox = (to: string) => t.tenant.context.inbox.list({ to });

  it('a new user has Auth0’s defaults and can sign in at once', async () => {
    const email = address();
    const made = await t.manage('POST', '/users', {
      connection: directory,
      email: email.toUpperCase(),
      password,
      given_name: 'Ann',
      user_metadata: { color: 'red' },
      app_metadata: { plan: 'gold' },
    });
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      user_id: expect.stringMatching(/^auth0\|[0-9a-f]{24}$/),
      email,
      email_verified: false,
      name: email,
      nickname: email.split('@')[0],
      given_name: 'Ann',
      identities: [{ connection: directory, provider: 'auth0', isSocial: false }],
      user_metadata: { color: 'red' },
      app_metadata: { plan: 'gold' },
    });
    expect(made.text).not.toMatch(/password|hash|argon/);
    expect((await signIn(email)).status).toBe(200);
    expect(inbox(email)).toMatchObject([{ kind: 'verify_email' }]);
  });

  it('a creation can set the id, a verified address, and no mail', async () => {
    const id = fresh('own');
    const made = await create({ user_id: id, email_verified: true });
    expect(made).toMatchObject({ user_id: `auth0|${id}`, email_verified: true });
    expect(inbox(made.email)).toEqual([]);
    expect(inbox((await create({ verify_email: false })).email)).toEqual([]);
  });

  it('a duplicate address or id answers 409 auth0_idp_error', async () => {
    const { email, user_id } = await create();
    const body = { connection: directory, password };
    const conflict = {
      statusCode: 409,
      error: 'Conflict',
      message: 'The user already exists.',
      errorCode: 'auth0_idp_error',
    };
    expect((await t.manage('POST', '/users', { ...body, email })).json).toEqual(conflict);
    const sameId = { ...body, email: address(), user_id: user_id.slice('auth0|'.length) };
    expect((await t.manage('POST', '/users', sameId)).json).toEqual(conflict);
    await expect(t.management.users.create({ ...body, email })).rejects.toBeInstanceOf(
      Management.ConflictError,
    );
  });

  it('of five parallel creations of one address one succeeds', async () => {
    const body = { connection: directory, email: address(), password };
    const answers = await Promise.all(Array.from({ length: 5 }, () => t.manage('POST', '/users', body)));
    expect(statusesOf(answers)).toEqual([201, 409, 409, 409, 409]);
  });

  it('of two parallel changes to one address one succeeds', async () => {
    const users = await Promise.all([create(), create()]);
    const email = address();
    const answers = await Promise.all(
      users.map(({ user_id }) => t.manage('PATCH', pathOf(user_id), { email, verify_email: false })),
    );
    expect(statusesOf(answers)).toEqual([200, 400]);
    expect(answers.find(({ status }) => status === 400)?.json).toMatchObject({
      message: 'The specified new email already exists',
      errorCode: 'auth0_idp_error',
    });
  });

  it.each([
    [{ connection: 'nowhere' }, 400, 'The connection does not exist.'],
    [{ password: 'short' }, 400, 'PasswordStrengthError: Password is too weak'],
    [{ password: undefined }, 400, "Payload validation error: 'Missing required property: password'."],
    [{ email: undefined }, 400, "Payload validation error: 'Missing required property: email'."],
    [{ connection: 'named' }, 400, "Payload validation error: 'Missing required property: username'."],
    [{ connection: 'email' }, 400, 'Passwordless users have no password.'],
    [{ connection: 'email', password: undefined }, 201, undefined],
    [
      { connection: 'sms', password: undefined, email: undefined, phone_number: '+15550100999' },
      201,
      undefined,
    ],
    [{ connection: 'simulated-social', password: undefined }, 400, /made by signing in/],
  ])('a creation with %j answers %i', async (change, status, message) => {
    const body = { connection: directory, email: address(), password, ...change };
    const answer = await t.manage('POST', '/users', body);
    expect(answer.status, answer.text).toBe(status);
    if (typeof message === 'string') expect(answer.json.message).toBe(message);
    else if (message) expect(answer.json.message).toMatch(message);
  });

  it('a user who does not exist answers 404 inexistent_user, a malformed id 400 invalid_uri', async () => {
    for (const method of ['GET', 'PATCH']) {
      const answer = await t.manage(method, pathOf(nobody), method === 'GET' ? undefined : { name: 'x' });
      expect(answer.json).toEqual({
        statusCode: 404,
        error: 'Not Found',
        message: 'The user does not exist.',
        errorCode: 'inexistent_user',
      });
    }
    const answer = await t.manage('GET', '/users/nobody');
    expect(answer.json).toMatchObject({ statusCode: 400, errorCode: 'invalid_uri' });
    expect((await t.manage('GET', '/users/%E0%A4%A')).json).toMatchObject({ statusCode: 400 });
  });

  it('metadata merges at its first level; null removes a member, {} removes all', async () => {
    const { user_id } = await create({
      user_metadata: { color: 'red', size: { w: 1, h: 2 } },
      app_metadata: { plan: 'gold', n: 1 },
    });
    const update = (body: object) => t.management.users.update(user_id, body);
    expect(
      await update({ user_metadata: { size: { w: 3 }, extra: [1] }, app_metadata: { plan: null } }),
    ).toMatchObject({ user_metadata: { color: 'red', size: { w: 3 }, extra: [1] } });
    const { user_metadata, app_metadata } = await t.management.users.get(user_id);
    expect({ user_metadata, app_metadata }).toEqual({
      user_metadata: { color: 'red', size: { w: 3 }, extra: [1] },
      app_metadata: { n: 1 },
    });
    expect((await update({ user_metadata: {} })).user_metadata).toEqual({});
    expect((await t.management.users.get(user_id)).app_metadata).toEqual({ n: 1 });
  });

  it('parallel changes of different members of metadata are all stored', async () => {
    const { user_id } = await create();
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(
      names.map((name) => t.management.users.update(user_id, { app_metadata: { [name]: 1 } })),
    );
    const { app_metadata } = await t.management.users.get(user_id);
    expect(Object.keys(app_metadata ?? {}).toSorted()).toEqual(names);
  });

  it('a changed address is unverified and is the one to sign in with', async () => {
    const { user_id, email: before } = await create({ email_verified: true });
    const email = address();
    const changed = await t.management.users.update(user_id, { email });
    expect(changed).toMatchObject({ email, email_verified: false });
    expect((await signIn(email)).status).toBe(200);
    expect((await signIn(before)).status).toBe(403);
    expect(await t.management.users.update(user_id, { email_verified: true })).toMatchObject({
      email_verified: true,
    });
    expect(t.logTypes()).toContain('sce');
  });

  it('a changed password ends existing sessions and the old password', async () => {
    const { user_id, email } = await create();
    const tokens = await signIn(email);
    const other = 'Another-Horse-2';
    expect(await t.management.users.update(user_id, { password: other })).toHaveProperty(
      'last_password_reset',
    );
    expect((await signIn(email)).status).toBe(403);
    expect((await signIn(email, other)).status).toBe(200);
    expect((await refresh(textOf(tokens, 'refresh_token'))).status).toBe(403);
    expect(t.logTypes().filter((type) => type === 'scp').length).toBe(1);
  });

  it.each([
    [{ password: 'short' }, 'PasswordStrengthError: Password is too weak'],
    [{ username: 'x', password: 'Another-Horse-2' }, 'Cannot update username and password simultaneously'],
    [{}, "Payload validation error: 'Too few properties defined (0), minimum 1'."],
    [{ email: null }, 'A user needs an email, a username or a phone number'],
    [{ user_id: 'x' }, "Payload validation error: 'Additional properties not allowed: user_id'."],
    [{ connection: 'low', name: 'x' }, /no identity in the connection low/],
  ])('the change %j answers 400 and changes nothing', async (change, message) => {
    const before = await create();
    const answer = await t.manage('PATCH', pathOf(before.user_id), change);
    expect(answer.status, answer.text).toBe(400);
    if (typeof message === 'string') expect(answer.json.message).toBe(message);
    else expect(answer.json.message).toMatch(message);
    expect(await t.management.users.get(before.user_id)).toEqual(before);
  });

  it('a user of another connection keeps its profile; other members can be changed', async () => {
    const state = t.stored;
    const home = state.users.get('auth0|ann-id');
    if (!home) throw new Error('no ann');
    const user_id = `oauth2|${fresh('social')}`;
    const identity = { connection: 'simulated-social', user_id: 'x', provider: 'oauth2', isSocial: true };
    state.users.put({ ...home, user_id, email: undefined, username: undefined, identities: [identity] });
    expect(await t.management.users.update(user_id, { blocked: true, app_metadata: { a: 1 } })).toMatchObject(
      {
        blocked: true,
        app_metadata: { a: 1 },
      },
    );
    for (const change of [{ email: address() }, { password: 'Another-Horse-2' }])
      expect((await t.manage('PATCH', pathOf(user_id), change)).json).toMatchObject({
        statusCode: 400,
        message: "The user's main connection does not support this operation",
        errorCode: 'operation_not_supported',
      });
  });

  it('a blocked user loses all sessions at once and cannot sign in until they are unblocked', async () => {
    const { user_id, email } = await create();
    const token = textOf(await signIn(email), 'refresh_token');
    expect(await t.management.users.update(user_id, { blocked: true })).toMatchObject({ blocked: true });
    expect((await refresh(token)).status).toBe(403);
    expect((await signIn(email)).status).toBe(401);
    await t.management.users.update(user_id, { blocked: false });
    expect((await signIn(email)).status).toBe(200);
    expect((await refresh(token)).status).toBe(403);
  });

  it('a user who is blocked during a refresh has no valid refresh token', async () => {
    const { user_id, email } = await create();
    const token = textOf(await signIn(email), 'refresh_token');
    const [, , refreshed] = await Promise.all([
      t.management.users.update(user_id, { blocked: true }),
      t.manage('GET', pathOf(user_id)),
      refresh(token),
    ]);
    if (refreshed.status === 200)
      expect((await refresh(textOf(refreshed, 'refresh_token'))).status).toBe(403);
    expect((await refresh(token)).status).toBe(403);
  });

  it('a deleted user is removed with all related data; a second deletion has no effect', async () => {
    const { user_id, email } = await create();
    const token = textOf(await signIn(email), 'refresh_token');
    const state = t.stored;
    await t.management.users.roles.assign(user_id, { roles: [state.roles.list()[0]?.id ?? ''] });
    await t.management.users.authenticationMethods.create(user_id, {
      type: 'totp',
      totp_secret: 'JBSWY3DPEHPK3PXP',
    });
    await t.manage('POST', '/tickets/password-change', { user_id });
    expect((await t.manage('DELETE', pathOf(user_id))).status).toBe(204);
    expect((await t.manage('GET', pathOf(user_id))).status).toBe(404);
    expect((await signIn(email)).status).toBe(403);
    expect((await refresh(token)).status).toBe(403);
    expect(state.authenticators.find('user_id', user_id)).toEqual([]);
    expect(state.tickets.find('user_id', user_id)).toEqual([]);
    expect(state.credentials.get(user_id)).toBeUndefined();
    expect(state.authorizations.get(user_id)).toBeUndefined();
    expect((await t.manage('DELETE', pathOf(user_id))).status).toBe(204);
    expect(t.logTypes().filter((type) => type === 'sdu').length).toBe(1);
    expect((await create({ email })).user_id).not.toBe(user_id);
  });

  it('a change that is hashing a password does not restore a deleted user', async () => {
    const { user_id } = await create();
    const [changed] = await Promise.all([
      t.manage('PATCH', pathOf(user_id), { password: 'Another-Horse-2' }),
      t.manage('DELETE', pathOf(user_id)),
    ]);
    expect([200, 404]).toContain(changed.status);
    expect((await t.manage('GET', pathOf(user_id))).status).toBe(404);
    expect(t.stored.credentials.get(user_id)).toBeUndefined();
  });

  it('update:users_app_metadata allows changes of metadata only', async () => {
    const { user_id } = await create();
    const authorization = `Bearer ${await t.managementToken('update:users_app_metadata')}`;
    const change = (body: object) => t.manage('PATCH', pathOf(user_id), body, { authorization });
    expect((await change({ app_metadata: { a: 1 } })).status).toBe(200);
    expect((await change({ blocked: true })).json).toMatchObject({
      statusCode: 403,
      errorCode: 'insufficient_scope',
    });
  });

  it('users-by-email finds by the whole address', async () => {
    const { email, user_id } = await create();
    const found = await t.management.users.listUsersByEmail({ email });
    expect(found.map((user) => user.user_id)).toEqual([user_id]);
    expect(await t.management.users.listUsersByEmail({ email: `x${email}` })).toEqual([]);
  });
});

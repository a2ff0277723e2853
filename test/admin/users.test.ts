import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { newEmail, sentTo } from '../auth/passwordless/support.ts';
import { createManage } from '../revocation/support/management.ts';
import { breakTenant, callApi, password, restoreTenant, signInUser } from '../session/support/person.ts';
import { createBrowser, noBrowser } from '../support/browser.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Admin, createAdmin, pathOf } from './support.ts';

let world: World;
let admin: Admin;
let email: string;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  admin = await createAdmin(world);
});
beforeEach(() => {
  email = newEmail();
});
afterEach(() => restoreTenant(world));
afterAll(() => world.close());

const create = async (more: object = {}): Promise<string> => {
  const { status, body } = await admin.send('POST', '/users', { email, ...more });
  expect(status, JSON.stringify(body)).toBe(201);
  return body.id;
};
const stored = (id: string) => storedIn(world.tenant).users.get(id);
const signIn = (mode: 'session' | 'token' = 'token') =>
  createBrowser(world.url).send('POST', '/v1/auth/signin', {
    body: { email, password, mode },
    headers: noBrowser,
  });
const audited = (event: string) => world.lines.filter((line) => line.event === event);

describe('users in the administration API', () => {
  it('are created, read, changed and deleted', async () => {
    const created = await admin.send('POST', '/users', {
      email,
      password,
      name: 'Ada',
      user_metadata: { theme: 'dark' },
      app_metadata: { plan: { name: 'gold' } },
    });
    expect(created.status).toBe(201);
    expect(created.headers.get('cache-control')).toBe('no-store');
    const { id } = created.body;
    const user = {
      id,
      email,
      email_verified: false,
      name: 'Ada',
      nickname: expect.any(String),
      picture: expect.any(String),
      blocked: false,
      created_at: expect.any(String),
      logins_count: 0,
      user_metadata: { theme: 'dark' },
      app_metadata: { plan: { name: 'gold' } },
    };
    expect(created.body).toEqual(user);
    expect((await admin.send('GET', pathOf(id))).body).toEqual(user);
    expect((await signIn()).status).toBe(200);

    const changed = await admin.send('PATCH', pathOf(id), {
      nickname: 'countess',
      app_metadata: { plan: null, seats: 3 },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: { nickname: 'countess', logins_count: 1, app_metadata: { seats: 3 } },
    });
    expect(changed.body.app_metadata).not.toHaveProperty('plan');
    expect(changed.body.last_login).toEqual(expect.any(String));

    expect((await admin.send('DELETE', pathOf(id))).status).toBe(204);
    expect(stored(id)).toBeUndefined();
    expect(await admin.send('GET', pathOf(id))).toMatchObject({ status: 404, body: { code: 'not_found' } });
    expect((await admin.send('DELETE', pathOf(id))).status).toBe(204);
  });

  it('created without a password get a random one, until they set one by a link', async () => {
    const id = await create();
    expect((await signIn()).body.code).toBe('invalid_credentials');
    expect((await admin.send('POST', `${pathOf(id)}/password-reset`)).status).toBe(202);
    expect(sentTo(world, email).map(({ kind }) => kind)).toContain('reset_password');
  });

  it('can be sent the verification mail again', async () => {
    const id = await create({ password });
    const mails = () => sentTo(world, email).filter(({ kind }) => kind === 'verify_email').length;
    const before = mails();
    expect((await admin.send('POST', `${pathOf(id)}/verification-email`)).status).toBe(202);
    expect(mails()).toBe(before + 1);
  });

  it('have an unverified address after a change, unless the request sets it verified', async () => {
    const id = await create({ password });
    await admin.send('PATCH', pathOf(id), { email_verified: true });
    expect(stored(id)?.email_verified).toBe(true);
    const [unproven, proven] = [newEmail(), newEmail()];
    await admin.send('PATCH', pathOf(id), { email: unproven });
    expect(stored(id)).toMatchObject({ email: unproven, email_verified: false });
    await admin.send('PATCH', pathOf(id), { email: proven, email_verified: true });
    expect(stored(id)).toMatchObject({ email: proven, email_verified: true });
  });

  it('have ids with reserved characters, but for slashes, backslashes, percent signs and semicolons', async () => {
    const manage = await createManage(world.link);
    const connection = 'Username-Password-Authentication';
    const made = { connection, email, password, user_id: `b?c=1#d e:+&|${email}` };
    const { user_id: id } = (await manage('POST', 'users', made)) as { user_id: string };
    expect((await admin.send('GET', pathOf(id))).body).toMatchObject({ id, email });
    expect((await admin.send('POST', `${pathOf(id)}/block`)).status).toBe(204);
    expect(stored(id)?.blocked).toBe(true);
    expect((await admin.send('GET', `${pathOf(id)}/sessions`)).body).toEqual({ sessions: [] });
    expect((await admin.send('DELETE', pathOf(id))).status).toBe(204);
    expect(stored(id)).toBeUndefined();
    // A proxy in front may read them as a part of the path.
    for (const character of ['/', '\\', '%', ';'])
      expect(await admin.send('GET', pathOf(`samlp|acme|a${character}b`))).toMatchObject({
        status: 400,
        body: { code: 'bad_request_target' },
      });
  });

  it('with the address of another user are not created', async () => {
    await create();
    expect(await admin.send('POST', '/users', { email })).toMatchObject({
      status: 409,
      body: { code: 'user_exists' },
    });
  });

  it('with a weak password are not created', async () => {
    expect(await admin.send('POST', '/users', { email, password: 'weak' })).toMatchObject({
      status: 422,
      body: { code: 'weak_password', reason: 'strength' },
    });
  });

  it.each<[string, object]>([
    ['a password', { password: 'Another-Horse-7' }],
    ['that they are blocked', { blocked: true }],
    ['an id', { user_id: 'auth0|1' }],
    ['identities', { identities: [] }],
    ['nothing', {}],
    ['a prototype', JSON.parse('{"app_metadata":{"__proto__":1}}')],
  ])('refuse a change of %s by PATCH', async (_, body) => {
    const id = await create();
    const before = stored(id);
    expect(await admin.send('PATCH', pathOf(id), body)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
    expect(stored(id)).toEqual(before);
  });

  it.each(['..', '%2e%2e', 'nobody', 'auth0|a\u0000b', 'a b|c', '|x', `auth0|${'x'.repeat(300)}`])(
    'are not requested for an invalid id: %j',
    async (id) => {
      await breakTenant(world, [{ method: '*', path: '^/api/v2/users', status: 503, times: 50 }]);
      const answer = await admin.send('PATCH', pathOf(id), { name: 'x' });
      expect([400, 404, 405]).toContain(answer.status);
    },
  );
});

describe('a user who is blocked', () => {
  it('loses every session immediately, and cannot sign in until unblocked', async () => {
    const here = await signInUser(world.url, email);
    expect((await callApi(here)).status).toBe(200);
    const { id } = (await here.send('GET', '/v1/auth/session')).body.user;
    expect((await admin.send('POST', `${pathOf(id)}/block`)).status).toBe(204);
    expect((await callApi(here)).status).toBe(401);
    expect((await here.send('GET', '/v1/auth/session')).body).toEqual({ authenticated: false });
    expect(await signIn()).toMatchObject({ status: 403, body: { code: 'user_blocked' } });
    expect((await admin.send('GET', pathOf(id))).body.blocked).toBe(true);
    expect((await admin.send('POST', `${pathOf(id)}/unblock`)).status).toBe(204);
    expect((await signIn()).status).toBe(200);
  });

  it('is not blocked during an outage of the tenant, and keeps the session', async () => {
    const here = await signInUser(world.url, email);
    const { id } = (await here.send('GET', '/v1/auth/session')).body.user;
    await breakTenant(world, [{ method: 'PATCH', path: '^/api/v2/users/', status: 503, times: 5 }]);
    const under = await startGatewayUnderTest({}, world.link, world.clock);
    const away = await createAdmin(world, under.url);
    expect(await away.send('POST', `${pathOf(id)}/block`)).toMatchObject({
      status: 503,
      body: { code: 'tenant_unavailable' },
    });
    expect((await callApi(here)).status).toBe(200);
    await under.close();
  });

  it('is blocked by a request without a body', async () => {
    const id = await create();
    expect((await admin.send('POST', `${pathOf(id)}/block`, {})).status).toBe(204);
  });
});

it('a user who is deleted loses the session', async () => {
  const here = await signInUser(world.url, email);
  const { id } = (await here.send('GET', '/v1/auth/session')).body.user;
  expect((await admin.send('DELETE', pathOf(id))).status).toBe(204);
  expect((await callApi(here)).status).toBe(401);
});

it('each action writes an audit event with its actor, without addresses and ids', async () => {
  const id = await create();
  await admin.send('POST', `${pathOf(id)}/block`);
  await admin.send('GET', pathOf('auth0|000000000000000000000000'));
  const [created] = audited('admin.user_create.succeeded').slice(-1);
  const [blocked] = audited('admin.user_block.succeeded').slice(-1);
  expect(created).toMatchObject({
    client_id: 'gatehouse-admin',
    actor: expect.any(String),
    subject: expect.any(String),
  });
  expect(blocked?.['subject']).toBe(created?.['subject']);
  expect(audited('admin.user_read.failed').at(-1)).toMatchObject({ reason: 'not_found' });
  const text = world.logText();
  expect(text).not.toContain(id);
  expect(text).not.toContain(email);
  expect(text).not.toContain(admin.token);
});

it('the tenant’s 429 is passed on with its Retry-After', async () => {
  await breakTenant(world, [
    { method: 'GET', path: '^/api/v2/users', status: 429, headers: { 'retry-after': '7' }, times: 5 },
  ]);
  const answer = await admin.send('GET', '/users');
  expect(answer).toMatchObject({ status: 429, body: { code: 'rate_limited', retry_after: 7 } });
  expect(answer.headers.get('retry-after')).toBe('7');
});

it('a token that the tenant refuses is replaced once', async () => {
  await admin.send('GET', '/users');
  await breakTenant(world, [{ method: 'GET', path: '^/api/v2/users', status: 401, body: {}, times: 1 }]);
  expect((await admin.send('GET', '/users')).status).toBe(200);
});

describe('a page of users', () => {
  const ids = Array.from({ length: 100 }, (_, index) => `auth0|large-${index}`);
  afterEach(() => {
    for (const id of ids) storedIn(world.tenant).users.remove(id);
  });

  /** One page of users, with metadata of the given size. */
  async function fill(size: number): Promise<void> {
    const like = stored(await create());
    if (!like) throw new Error('no user');
    const metadata = { text: 'x'.repeat(size) };
    for (const user_id of ids)
      storedIn(world.tenant).users.put({
        ...like,
        user_id,
        nickname: 'large',
        user_metadata: metadata,
        app_metadata: metadata,
      });
  }
  const list = () => admin.send('GET', '/users?q=nickname:large&per_page=100');

  it('contains all metadata that a hundred users can have', async () => {
    await fill(16_000);
    const { status, body } = await list();
    expect([status, body.users?.length]).toEqual([200, 100]);
  });

  it("that is larger than Auth0's maximum is not read to its end", async () => {
    await fill(30_000);
    expect(await list()).toMatchObject({ status: 502, body: { code: 'tenant_error' } });
  });
});

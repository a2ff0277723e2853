import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newEmail } from '../auth/passwordless/support.ts';
import { password, signInUser } from '../session/support/person.ts';
import { asBearer, createBrowser, noBrowser } from '../support/browser.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';
import { ADMIN_AUDIENCE, adminTokenOf, callAdmin, seed } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
});
afterAll(() => world.close());

interface Operation {
  readonly method: string;
  readonly path: string;
  readonly permission: string;
}

/** Every route, with the permission that its 403 names. */
async function operationsOf(token: string): Promise<Operation[]> {
  const { paths } = (await createBrowser(world.url).send('GET', '/openapi.json')).body;
  const found: Operation[] = [];
  for (const [path, item] of Object.entries<object>(paths).filter(([each]) => each.startsWith('/v1/admin/')))
    for (const method of Object.keys(item).map((each) => each.toUpperCase())) {
      const at = path
        .replace('/v1/admin', '')
        .replace('{id}', 'auth0%7C1')
        .replaceAll(/\{\w+\}/g, 'some');
      const { status, body } = await callAdmin(world.url, token, method, at);
      expect(status, `${method} ${path}`).toBe(403);
      found.push({ method, path, permission: /permission (\S+)\.$/.exec(body.detail)?.[1] ?? '' });
    }
  return found;
}

/** A token of a machine client with only these permissions of the administration API. */
async function tokenWith(client: string, scope: readonly string[]): Promise<string> {
  await seed(world, {
    clients: [{ client_id: client, app_type: 'non_interactive', grant_types: ['client_credentials'] }],
    client_grants: [{ client_id: client, audience: ADMIN_AUDIENCE, scope }],
  });
  return adminTokenOf(world, client);
}

describe('the administration API', () => {
  it('requires a specific permission for each route', async () => {
    const operations = await operationsOf(await tokenWith('powerless', []));
    const byPermission = Object.groupBy(operations, ({ permission }) => permission);
    const listed = Object.entries(byPermission).map(([permission, rows = []]) => [
      permission,
      rows.map(({ method, path }) => `${method} ${path.replace('/v1/admin/', '')}`),
    ]);
    expect(Object.fromEntries(listed)).toEqual({
      'read:users': ['GET users', 'GET users/{id}'],
      'create:users': ['POST users'],
      'update:users': [
        'PATCH users/{id}',
        'POST users/{id}/block',
        'POST users/{id}/unblock',
        'POST users/{id}/verification-email',
        'POST users/{id}/password-reset',
      ],
      'delete:users': ['DELETE users/{id}'],
      'manage:sessions': [
        'GET users/{id}/sessions',
        'DELETE users/{id}/sessions',
        'GET users/{id}/consents',
        'DELETE users/{id}/consents',
        'GET users/{id}/consents/{grant_id}',
        'DELETE users/{id}/consents/{grant_id}',
      ],
      'read:customers': ['GET customers', 'GET customers/{key}'],
      'manage:customers': [
        'PUT customers/{key}',
        'DELETE customers/{key}',
        'POST customers/{key}/rotate-secret',
      ],
    });
  });

  it('allows a caller only the operations of its permissions', async () => {
    const token = await tokenWith('reader', ['read:users']);
    expect((await callAdmin(world.url, token, 'GET', '/users')).status).toBe(200);
    const refused = await callAdmin(world.url, token, 'POST', '/users', { email: newEmail() });
    expect(refused).toMatchObject({ status: 403, body: { code: 'insufficient_scope' } });
    expect(refused.body.detail).toContain('create:users');
  });

  it('refuses callers without a token', async () => {
    const answer = await createBrowser(world.url).send('GET', '/v1/admin/users', { headers: noBrowser });
    expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  });

  it('refuses tokens of another API', async () => {
    const { body } = await createBrowser(world.url).send('POST', '/v1/oauth/token', {
      body: { grant_type: 'client_credentials', ...world.tenant.credentials('gift-deliveries') },
      headers: noBrowser,
    });
    expect(await callAdmin(world.url, body.access_token, 'GET', '/users')).toMatchObject({
      status: 401,
      body: { code: 'invalid_token' },
    });
  });

  it('issues no token to a client without a grant for it', async () => {
    const { status, body } = await createBrowser(world.url).send('POST', '/v1/oauth/token', {
      body: {
        grant_type: 'client_credentials',
        ...world.tenant.credentials('gift-deliveries'),
        audience: ADMIN_AUDIENCE,
      },
      headers: noBrowser,
    });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_target' });
  });
});

describe('a user who requests the scopes of administrators', () => {
  const signIn = async (email: string, more: object) => {
    await createBrowser(world.url).send('POST', '/v1/auth/signup', { body: { email, password } });
    return createBrowser(world.url).send('POST', '/v1/auth/signin', {
      body: { email, password, mode: 'token', ...more },
      headers: noBrowser,
    });
  };

  it('is refused if the request is for another API', async () => {
    const answer = await signIn(newEmail(), { scope: 'openid read:users' });
    expect(answer).toMatchObject({ status: 400, body: { code: 'invalid_scope' } });
  });

  it('gets a token without permissions, which is refused', async () => {
    const { status, body } = await signIn(newEmail(), {
      audience: ADMIN_AUDIENCE,
      scope: 'openid read:users create:users manage:customers',
    });
    expect(status).toBe(200);
    expect(await callAdmin(world.url, body.access_token, 'GET', '/users')).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope' },
    });
    const summary = await createBrowser(world.url).send('GET', '/v1/auth/session', {
      headers: asBearer(body.access_token),
    });
    // A token for administration is not valid for other routes.
    expect(summary.body.code).toBe('invalid_token');
  });

  it('is refused with a session too', async () => {
    const here = await signInUser(world.url, newEmail());
    expect(await here.send('GET', '/v1/admin/users')).toMatchObject({
      status: 403,
      body: { code: 'insufficient_scope' },
    });
  });

  it('is accepted with the permissions of a role, by token and by session', async () => {
    const email = newEmail();
    const here = await signInUser(world.url, email);
    const { id } = (await here.send('GET', '/v1/auth/session')).body.user;
    await seed(world, {
      roles: [
        {
          name: 'Support',
          permissions: [{ resource_server_identifier: ADMIN_AUDIENCE, permission_name: 'read:users' }],
        },
      ],
      users: [{ user_id: id, email, roles: ['Support'] }],
    });
    const { body } = await createBrowser(world.url).send('POST', '/v1/auth/signin', {
      body: { email, password, mode: 'token', audience: ADMIN_AUDIENCE },
      headers: noBrowser,
    });
    expect((await callAdmin(world.url, body.access_token, 'GET', '/users')).status).toBe(200);
    expect((await callAdmin(world.url, body.access_token, 'DELETE', '/users/auth0%7C1')).status).toBe(403);
    expect((await here.send('GET', '/v1/admin/users')).status).toBe(200);
    expect((await here.send('GET', '/v1/admin/users', { headers: { 'X-CSRF': undefined } })).body.code).toBe(
      'csrf_failed',
    );
  });
});

it.each([
  [
    'AUTH0_ADMIN_AUDIENCE',
    {
      AUTH0_DOMAIN: 'tenant.example',
      AUTH0_CLIENT_ID: 'x',
      AUTH0_CLIENT_SECRET: 'a-secret-of-the-tests',
      AUTH0_API_AUDIENCE: 'urn:worldmappers',
    },
    true,
  ],
  ['a machine client for the Management API', {}, false],
])('without %s these routes do not exist', async (_what, env, isManaged) => {
  const { management, ...bare } = world.link;
  const link = isManaged ? { ...bare, management } : bare;
  const under = await startGatewayUnderTest(env, link, world.clock);
  const answer = await createBrowser(under.url).send('GET', '/v1/admin/users', { headers: noBrowser });
  expect(answer.status).toBe(404);
  const { paths } = (await createBrowser(under.url).send('GET', '/openapi.json')).body;
  expect(Object.keys(paths).filter((path) => path.includes('/admin/'))).toEqual([]);
  await under.close();
});

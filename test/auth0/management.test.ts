import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { createManagement, type Management } from '../../src/auth0/management.ts';
import { GatewayError } from '../../src/errors.ts';
import { breakTenant, restoreTenant, signInUser } from '../session/support/person.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let management: Management;
/** The values for metrics: a path and the result of the call. */
let called: string[];
beforeAll(async () => {
  world = await startWorld();
});
beforeEach(() => {
  called = [];
  management = connect(10_000);
});
afterEach(async () => {
  await management.close();
  await restoreTenant(world);
});
afterAll(() => world.close());

function connect(timeoutMs: number): Management {
  const { link, clock } = world;
  return createManagement({
    link: link.management ?? { baseUrl: '', issuer: '', clientId: '', clientSecret: '' },
    ownClientId: link.clientId,
    connection: 'Username-Password-Authentication',
    clock,
    timeoutMs,
    onCalled: (path, outcome) => called.push(`${path} ${outcome}`),
  });
}

const nobody = 'auth0|000000000000000000000000';
const users = '/api/v2/users/{id}';
const token = '/oauth/token 200';
const breakUsers = (fault: object) =>
  breakTenant(world, [{ method: '*', path: '^/api/v2/users/', ...fault }]);

/** The error that a promise rejects with. */
async function errorOf(promise: Promise<unknown>): Promise<GatewayError> {
  const error: unknown = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof GatewayError)) throw new Error(`no error of ours: ${String(error)}`);
  return error;
}

describe('the client of the Management API', () => {
  it('requests one token for parallel calls', async () => {
    const errors = await Promise.all(Array.from({ length: 10 }, () => errorOf(management.readUser(nobody))));
    expect(errors.map(({ code }) => code)).toEqual(Array(10).fill('not_found'));
    expect(called.filter((each) => each === token)).toHaveLength(1);
    expect(called.filter((each) => each === `${users} 404`)).toHaveLength(10);
  });

  it('replaces the cached token once if the tenant refuses it', async () => {
    await errorOf(management.readUser(nobody));
    await breakUsers({ status: 401, body: {}, times: 1 });
    expect(await errorOf(management.readUser(nobody))).toMatchObject({ code: 'not_found' });
    expect(called).toEqual([token, `${users} 404`, `${users} 401`, token, `${users} 404`]);
    await breakUsers({ status: 401, body: {}, times: 50 });
    expect(await errorOf(management.readUser(nobody))).toMatchObject({ code: 'tenant_misconfigured' });
    expect(called.slice(5)).toEqual([`${users} 401`, token, `${users} 401`]);
  });

  it('returns the tenant’s 429 with its Retry-After, without a retry', async () => {
    await breakUsers({ status: 429, headers: { 'retry-after': '7' }, body: {}, times: 50 });
    const error = await errorOf(management.readUser(nobody));
    expect(error).toMatchObject({ code: 'rate_limited', options: { retryAfterS: 7 } });
    expect(called).toEqual([token, `${users} 429`]);
  });

  it('waits no longer than its timeout', async () => {
    const hasty = connect(500);
    await breakUsers({ delay_ms: 30_000, times: 1 });
    const startedAt = performance.now();
    expect(await errorOf(hasty.readUser(nobody))).toMatchObject({ code: 'tenant_timeout' });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    await hasty.close();
  });

  it('leaves no timer behind if a call fails', async () => {
    const countTimers = () => process.getActiveResourcesInfo().filter((each) => each === 'Timeout').length;
    await errorOf(management.readUser(nobody));
    await breakUsers({ reset: true, times: 50 });
    const before = countTimers();
    const errors = await Promise.all(Array.from({ length: 30 }, () => errorOf(management.readUser(nobody))));
    expect(errors.map(({ code }) => code)).toEqual(Array(30).fill('tenant_unavailable'));
    expect(countTimers()).toBeLessThan(before + 10);
  });

  it('reports an outage of the tenant, and of its token endpoint', async () => {
    await breakTenant(world, [{ method: 'POST', path: '^/oauth/token$', status: 503, times: 1 }]);
    expect(await errorOf(management.readUser(nobody))).toMatchObject({ code: 'tenant_unavailable' });
    await breakUsers({ reset: true, times: 1 });
    expect(await errorOf(management.readUser(nobody))).toMatchObject({ code: 'tenant_unavailable' });
  });

  it.each([
    ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['broken JSON', { status: 200, headers: { 'content-type': 'application/json' }, body: '{"user_id":' }],
    ['a user without an id', { status: 200, body: { email: 'ada@example.com' } }],
    ['nothing', { status: 204 }],
    ['a redirect', { status: 302, headers: { location: 'https://elsewhere.example/' } }],
  ])('treats %s as no user', async (_, fault) => {
    await breakUsers({ ...fault, times: 1 });
    expect(await errorOf(management.readUser(nobody))).toMatchObject({ code: 'tenant_error' });
  });

  it('treats a list without its own entries as empty', async () => {
    await breakTenant(world, [
      { method: 'GET', path: '^/api/v2/refresh-tokens', status: 200, body: [], times: 1 },
    ]);
    expect(await errorOf(management.listRefreshTokens(nobody))).toMatchObject({ code: 'tenant_error' });
  });

  it.each([
    ['revokeSession', () => management.revokeSession('of/nobody'), '/api/v2/sessions/{id}/revoke 404'],
    ['findByEmail', () => management.findByEmail('N@example.com'), '/api/v2/users-by-email 200'],
    [
      'sendVerificationEmail',
      () => errorOf(management.sendVerificationEmail(nobody)),
      '/api/v2/jobs/verification-email 404',
    ],
    ['updateUser', () => errorOf(management.updateUser(nobody, { name: 'N' })), '/api/v2/users/{id} 404'],
  ])('gives metrics a name without ids: %s', async (_, call, name) => {
    await call();
    expect(called).toEqual([token, name]);
  });
});

it('lists and revokes all refresh tokens of the gateway’s client, over several pages', async () => {
  await signInUser(world.url, 'many@example.com');
  const { refreshFamilies } = storedIn(world.tenant);
  const [family] = refreshFamilies.list();
  if (!family) throw new Error('no refresh token');
  for (let i = 0; i < 150; i++) refreshFamilies.put({ ...family, id: `copy-${i}` });
  refreshFamilies.put({ ...family, id: 'of-another-client', client_id: 'gift-deliveries' });

  const listed = await management.listRefreshTokens(family.user_id);
  expect(listed).toHaveLength(151);
  expect(listed).toContainEqual({ id: family.id, sid: undefined, createdAtMs: family.created_ms });
  expect(await management.listRefreshTokens(nobody)).toEqual([]);

  await management.revokeRefreshTokens(listed.map(({ id }) => id));
  expect(await management.listRefreshTokens(family.user_id)).toEqual([]);
  const live = refreshFamilies.list().filter(({ revoked }) => !revoked);
  expect(live.map(({ id }) => id)).toEqual(['of-another-client']);
});

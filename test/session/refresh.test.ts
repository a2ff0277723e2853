import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import type { Browser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';
import {
  A_DAY_S,
  breakTenant,
  callApi,
  longSessions,
  restoreTenant,
  revokeAtTenant,
  signInUser,
  tokenFault,
  watchTenant,
} from './support/person.ts';

let world: World;
let people = 0;

beforeAll(async () => {
  world = await startWorld({ ...longSessions, TENANT_TIMEOUT_MS: '4000' });
});
afterAll(() => world.close());
afterEach(() => restoreTenant(world));

const somebody = () => signInUser(world.url, `person${people++}@example.com`);

const idOf = async (browser: Browser): Promise<string> =>
  (await browser.send('GET', '/v1/auth/session')).body.user.id;

const outlast = (seconds = A_DAY_S) => {
  world.clock.offsetS += seconds;
};

describe('an expired access token', () => {
  it('is renewed once for 50 parallel requests, and all are answered', async () => {
    const browser = await somebody();
    outlast();
    const tenant = watchTenant(world);
    const answers = await Promise.all(Array.from({ length: 50 }, () => callApi(browser)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await tenant.refreshes()).toBe(1);
    // The next request uses the new one.
    expect((await callApi(browser)).status).toBe(200);
    expect(await tenant.refreshes()).toBe(1);
  });

  it('is renewed repeatedly, and each new refresh token is stored', async () => {
    const browser = await somebody();
    for (let day = 0; day < 4; day++) {
      outlast();
      expect((await callApi(browser)).status).toBe(200);
    }
  });

  it('with 29 s left is renewed; with 31 s left it is used', async () => {
    const browser = await somebody();
    const tenant = watchTenant(world);
    outlast(A_DAY_S - 31);
    expect((await callApi(browser)).status).toBe(200);
    expect(await tenant.refreshes()).toBe(0);
    outlast(2);
    expect((await callApi(browser)).status).toBe(200);
    expect(await tenant.refreshes()).toBe(1);
  });

  it('of an API with a token lifetime of 30 s is reused, and renewed at a quarter of its remaining lifetime', async () => {
    const { resourceServers } = storedIn(world.tenant);
    const [api] = resourceServers.find('identifier', 'urn:worldmappers');
    if (!api) throw new Error('no such API');
    resourceServers.put({ ...api, token_lifetime: 30, token_lifetime_for_web: 30 });
    onTestFinished(() => resourceServers.put(api));
    const browser = await somebody();
    const tenant = watchTenant(world);
    for (let i = 0; i < 5; i++) expect((await callApi(browser)).status).toBe(200);
    expect(await tenant.refreshes()).toBe(0);
    outlast(25);
    for (let i = 0; i < 5; i++) expect((await callApi(browser)).status).toBe(200);
    expect(await tenant.refreshes()).toBe(1);
  });

  it('does not affect who is signed in', async () => {
    const browser = await somebody();
    outlast();
    const tenant = watchTenant(world);
    expect((await browser.send('GET', '/v1/auth/session')).body.authenticated).toBe(true);
    expect((await browser.send('GET', '/v1/auth/sessions')).status).toBe(200);
    expect(await tenant.tokenCalls()).toBe(0);
  });
});

describe('a refresh that the tenant refuses', () => {
  async function expectEnded(browser: Browser): Promise<void> {
    const held = new Map(browser.cookies);
    const ended = await callApi(browser);
    expect([ended.status, ended.body.code]).toEqual([401, 'session_expired']);
    expect(ended.headers.getSetCookie()).toEqual(['gatehouse=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax']);
    expect(ended.headers.get('cache-control')).toBe('no-store');
    for (const [name, value] of held) browser.cookies.set(name, value);
    const replayed = await callApi(browser);
    expect([replayed.status, replayed.body.code]).toEqual([401, 'unauthenticated']);
    expect((await browser.send('GET', '/v1/auth/session')).body).toEqual({ authenticated: false });
  }

  it('because of a revoked refresh token ends the session, and clears the cookie', async () => {
    const browser = await somebody();
    await revokeAtTenant(world, await idOf(browser));
    outlast();
    await expectEnded(browser);
  });

  it.each([
    [
      'the user is blocked',
      { status: 401, body: { error: 'unauthorized', error_description: 'user is blocked' } },
    ],
    ['an Action refuses', { status: 403, body: { error: 'access_denied', error_description: 'no' } }],
    ['the grant was deleted', { status: 403, body: { error: 'invalid_grant' } }],
  ])('because %s ends the session', async (_, fault) => {
    const browser = await somebody();
    outlast();
    await tokenFault(world, fault);
    await expectEnded(browser);
  });
});

const outages: [string, object][] = [
  ['does not answer', { delay_ms: 30_000 }],
  ['answers 500', { status: 500, body: 'oops' }],
  ['answers 503', { status: 503 }],
  ['answers 429', { status: 429, headers: { 'retry-after': '7' }, body: { error: 'too_many_requests' } }],
  ['refuses the gateway’s client', { status: 401, body: { error: 'invalid_client' } }],
  ['cuts the connection', { reset: true }],
];

describe('a tenant that', () => {
  it.each(outages)('%s keeps the session: 503 with Retry-After', async (_, fault) => {
    const browser = await somebody();
    outlast();
    await tokenFault(world, fault);
    const refused = await callApi(browser);
    expect([refused.status, refused.body.code]).toEqual([503, 'tenant_unavailable']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.getSetCookie()).toEqual([]);
    expect((await browser.send('GET', '/v1/auth/session')).body.authenticated).toBe(true);
    await restoreTenant(world);
    await expect.poll(async () => (await callApi(browser)).status, { timeout: 15_000 }).toBe(200);
  });

  it.each(outages)('%s has no effect while the old access token is valid', async (_, fault) => {
    const browser = await somebody();
    outlast(A_DAY_S - 20);
    await tokenFault(world, fault);
    expect((await callApi(browser)).status).toBe(200);
    await restoreTenant(world);
  });

  it('requires a second factor causes an MFA handle, and the session is kept', async () => {
    const browser = await somebody();
    outlast();
    await tokenFault(world, {
      status: 403,
      body: { error: 'mfa_required', mfa_token: 'Fe26.secret-of-the-tenant' },
    });
    const asked = await callApi(browser);
    expect([asked.status, asked.body.code]).toEqual([403, 'mfa_required']);
    expect(asked.body.mfa_handle).toMatch(/^[\w-]{60,}$/);
    expect(JSON.stringify(asked.body)).not.toContain('secret-of-the-tenant');
    await restoreTenant(world);
    expect((await callApi(browser)).status).toBe(200);
  });
});

describe('a sign-out during a refresh', () => {
  it('has precedence: the session stays ended, and the tokens of the refresh are revoked too', async () => {
    const browser = await somebody();
    outlast();
    // The sign-out reaches the tenant after it has issued new tokens.
    await breakTenant(world, [
      { method: 'POST', path: '^/oauth/token$', delay_ms: 600 },
      { method: 'POST', path: '^/oauth/revoke$', status: 503 },
    ]);
    const tenant = watchTenant(world);
    const held = new Map(browser.cookies);
    const racing = callApi(browser);
    await expect.poll(tenant.tokenCalls).toBe(1);
    expect((await browser.send('POST', '/v1/auth/signout')).status).toBe(200);
    const late = await racing;
    expect([late.status, late.body.code]).toEqual([401, 'session_expired']);
    for (const [name, value] of held) browser.cookies.set(name, value);
    expect((await callApi(browser)).status).toBe(401);
    // The first attempt, the revocation of the new token, and the second attempt.
    await expect.poll(tenant.revocations, { timeout: 10_000 }).toBe(3);
  });
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import {
  breakTenant,
  longSessions,
  password,
  restoreTenant,
  signInUser,
  watchTenant,
} from '../session/support/person.ts';
import type { Browser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
let people = 0;
let email: string;
beforeAll(async () => {
  world = await startWorld(longSessions);
});
afterAll(() => world.close());
beforeEach(() => {
  email = `ends-${people++}@example.com`;
});
afterEach(() => restoreTenant(world));

const signIn = () => signInUser(world.url, email);

/** The valid refresh tokens of this test's user. */
function liveTokens(): number {
  const { users, refreshFamilies } = storedIn(world.tenant);
  const [user] = users.list().filter((found) => found.email === email);
  return refreshFamilies.list().filter(({ user_id, revoked }) => user_id === user?.user_id && !revoked)
    .length;
}

async function idOf(browser: Browser): Promise<string> {
  const { sessions } = (await browser.send('GET', '/v1/auth/sessions')).body;
  return sessions.find(({ current }: { current: boolean }) => current).id;
}

const renew = async (browser: Browser) => (await browser.send('POST', '/v1/auth/refresh')).status;

async function signInForTokens(): Promise<string> {
  const response = await fetch(`${world.url}/v1/auth/signin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const { refresh_token } = (await response.json()) as { refresh_token: string };
  return refresh_token;
}

const refreshTokens = async (refresh_token: string) => {
  const response = await fetch(`${world.url}/v1/auth/refresh`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ refresh_token }),
  });
  return response.status;
};

describe('a session of a password sign-in that is ended from elsewhere', () => {
  it('loses its own refresh token at the tenant; those of other sessions stay valid', async () => {
    const browsers = [await signIn(), await signIn(), await signIn(), await signIn()];
    const [first, second, third, last] = browsers as [Browser, Browser, Browser, Browser];
    expect(liveTokens()).toBe(4);
    const thirdId = await idOf(third);
    expect((await first.send('DELETE', `/v1/auth/sessions/${thirdId}`)).status).toBe(204);
    await eventually(liveTokens).toBe(3);
    expect(await Promise.all([renew(first), renew(second), renew(last)])).toEqual([204, 204, 204]);
    const firstId = await idOf(first);
    expect((await last.send('DELETE', `/v1/auth/sessions/${firstId}`)).status).toBe(204);
    await eventually(liveTokens).toBe(2);
    expect(await Promise.all([renew(second), renew(last)])).toEqual([204, 204]);
  });

  it('loses its refresh token even after it was renewed days later', async () => {
    const [first, second] = [await signIn(), await signIn()];
    world.clock.offsetS += 2 * 86_400;
    expect([await renew(first), await renew(second)]).toEqual([204, 204]);
    const id = await idOf(first);
    await second.send('DELETE', `/v1/auth/sessions/${id}`);
    await eventually(liveTokens).toBe(1);
    expect(await renew(second)).toBe(204);
  });

  it.each([
    ['all but the one that asks', '/v1/auth/sessions?keep=current', 1],
    ['all', '/v1/auth/sessions', 0],
  ])('loses its refresh token together with %s', async (_, path, left) => {
    const browsers = [await signIn(), await signIn(), await signIn()];
    const answer = await browsers[1]?.send('DELETE', path);
    expect(answer?.status).toBe(204);
    await eventually(liveTokens).toBe(left);
  });

  it('loses its refresh token when the tenant logs the user out', async () => {
    await Promise.all([signIn(), signIn(), signIn()]);
    const [user] = storedIn(world.tenant)
      .users.list()
      .filter((found) => found.email === email);
    await fetch(`${world.tenant.origin}/_tenant/backchannel-logout`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: user?.user_id, client_id: world.link.clientId }),
    });
    await eventually(liveTokens).toBe(0);
  });

  it('does not revoke tokens that an app got without a session', async () => {
    const here = await signIn();
    world.clock.offsetS += 60;
    const ofApp = await signInForTokens();
    world.clock.offsetS += 60;
    const there = await signIn();
    const id = await idOf(here);
    await there.send('DELETE', `/v1/auth/sessions/${id}`);
    await eventually(liveTokens).toBe(2);
    expect(await refreshTokens(ofApp)).toBe(200);
    await there.send('DELETE', '/v1/auth/sessions');
    await eventually(liveTokens).toBe(1);
  });

  it('without a refresh token revokes no other session’s', async () => {
    const bare = await signInUser(world.url, email, { scope: 'openid geocode:location' });
    const [here, there] = [await signIn(), await signIn()];
    expect(liveTokens()).toBe(2);
    for (const ended of [bare, there]) {
      const id = await idOf(ended);
      expect((await here.send('DELETE', `/v1/auth/sessions/${id}`)).status).toBe(204);
    }
    await eventually(liveTokens).toBe(1);
    expect(await renew(here)).toBe(204);
  });

  it('loses its refresh token after an outage of the Management API, and no active session is affected', async () => {
    const [here, there] = [await signIn(), await signIn()];
    const id = await idOf(here);
    await breakTenant(world, [{ method: '*', path: '^/api/v2/refresh-tokens', status: 503, times: 2 }]);
    await there.send('DELETE', `/v1/auth/sessions/${id}`);
    await eventually(liveTokens, { timeout: 30_000 }).toBe(1);
    expect(await renew(there)).toBe(204);
    expect(world.lines.filter(({ msg }) => msg === 'a refresh token was not revoked')).toEqual([]);
  });

  it('keeps its refresh token until it expires if there is no credential for the Management API', async () => {
    const { management, ...link } = world.link;
    expect(management).toBeDefined();
    const under = await startGatewayUnderTest(longSessions, link, world.clock);
    const [here, there] = [await signInUser(under.url, email), await signInUser(under.url, email)];
    const tenant = watchTenant(world);
    const id = await idOf(here);
    expect((await there.send('DELETE', `/v1/auth/sessions/${id}`)).status).toBe(204);
    expect(await there.send('POST', '/v1/auth/signout')).toMatchObject({ status: 200 });
    // The sign-out revokes its own token after the other session has ended.
    await eventually(tenant.revocations).toBe(1);
    expect(liveTokens()).toBe(1);
    await under.close();
  });
});

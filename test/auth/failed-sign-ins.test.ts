import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from '../../packages/tenant/test/support/browser.ts';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { breakTenant, restoreTenant, tokenFault, watchTenant } from '../session/support/person.ts';
import { eventually } from '../support/eventually.ts';
import { startWorld, type World } from '../support/world.ts';
import { readSession, signInByRedirect, signUp, user } from './redirect/support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  await signUp(world);
});
afterAll(() => world.close());
afterEach(() => restoreTenant(world));

const liveFamilies = (): number =>
  storedIn(world.tenant)
    .refreshFamilies.list()
    .filter(({ revoked }) => !revoked).length;
const allFamilies = (): number => storedIn(world.tenant).refreshFamilies.list().length;

/** Signs in at the pages with a different authorization request than that of the gateway. */
async function signInAskingFor(query: Record<string, string>, change: (asked: URL) => void) {
  const browser = createBrowser();
  await signInByRedirect(browser, world);
  world.clock.offsetS += 3600;
  const login = await browser.get(
    `${world.gateway.publicUrl}/v1/auth/login?${new URLSearchParams(query).toString()}`,
  );
  const asked = locationOf(login);
  change(asked);
  const callback = locationOf(await browser.open(asked));
  return { browser, page: await browser.get(callback, { accept: 'application/json' }) };
}

describe('a sign-in at the pages with an invalid ID token', () => {
  it.each<[string, Record<string, string>, (asked: URL) => void]>([
    ['the nonce', {}, ({ searchParams }) => searchParams.set('nonce', 'another')],
    ['the age that was asked for', { max_age: '60' }, ({ searchParams }) => searchParams.delete('max_age')],
  ])('by %s leaves no refresh token behind, and the previous session continues', async (_, query, change) => {
    const before = liveFamilies();
    const made = allFamilies();
    const { browser, page } = await signInAskingFor(query, change);
    expect([page.status, JSON.parse(page.text)]).toMatchObject([502, { code: 'tenant_error' }]);
    expect(allFamilies()).toBe(made + 2);
    await eventually(liveFamilies).toBe(before + 1);
    expect(await readSession(browser, world)).toMatchObject({ authenticated: true });
  });
});

describe('a sign-in with an invalid response', () => {
  const refreshToken = 'v1.a-refresh-token-of-the-tests';
  const answer = {
    access_token: 'opaque',
    token_type: 'Bearer',
    expires_in: 600,
    refresh_token: refreshToken,
  };
  const signIn = (mode: string) =>
    fetch(`${world.url}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...user, mode }),
    });

  it.each<[string, string, object]>([
    ['for tokens, with an invalid ID token', 'token', { ...answer, id_token: 'a.b.c' }],
    ['for a session, with an invalid ID token', 'session', { ...answer, id_token: 'a.b.c' }],
    ['for a session, without an ID token', 'session', answer],
    ['without an access token', 'token', { ...answer, access_token: undefined }],
    ['without an end', 'session', { ...answer, expires_in: undefined }],
  ])('%s revokes its refresh token', async (_, mode, body) => {
    await tokenFault(world, { status: 200, body, times: 1 });
    const tenant = watchTenant(world);
    const response = await signIn(mode);
    expect([response.status, await response.json()]).toMatchObject([502, { code: 'tenant_error' }]);
    await eventually(tenant.revocations).toBe(1);
    expect(world.logText()).not.toContain(refreshToken);
  });

  it('revokes its refresh token later if the tenant is unavailable', async () => {
    await breakTenant(world, [
      { method: 'POST', path: '^/oauth/token$', status: 200, body: answer },
      { method: 'POST', path: '^/oauth/revoke$', status: 503 },
    ]);
    const tenant = watchTenant(world);
    expect((await signIn('session')).status).toBe(502);
    await eventually(tenant.revocations).toBe(2);
  });
});

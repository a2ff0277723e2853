import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf } from '../../../packages/tenant/test/support/browser.ts';
import { storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { startWorld, type World } from '../../support/world.ts';
import { readSession, signInByRedirect, signUp } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  await signUp(world);
});
afterAll(() => world.close());

const tokenFamilies = (): number =>
  storedIn(world.tenant)
    .refreshFamilies.list()
    .filter(({ revoked }) => !revoked).length;

async function signedIn(): Promise<Browser> {
  const browser = createBrowser();
  await signInByRedirect(browser, world);
  return browser;
}

const send = (browser: Browser, method: string, path: string): Promise<Response> =>
  fetch(`${world.url}${path}`, {
    method,
    headers: {
      'x-csrf': '1',
      cookie: [...browser.cookies].map((pair) => pair.join('=')).join('; '),
    },
  });

interface Listed {
  readonly sessions: { readonly id: string; readonly current: boolean }[];
}

it('ending a session from another one revokes its refresh token at the tenant', async () => {
  const [mine, other] = [await signedIn(), await signedIn()];
  const before = tokenFamilies();
  const { sessions } = (await (await send(mine, 'GET', '/v1/auth/sessions')).json()) as Listed;
  const found = sessions.find(({ current }) => !current);
  expect((await send(mine, 'DELETE', `/v1/auth/sessions/${found?.id}`)).status).toBe(204);
  expect(await readSession(other, world)).toEqual({ authenticated: false });
  await expect.poll(tokenFamilies, { timeout: 10_000 }).toBe(before - 1);
  expect(await readSession(mine, world)).toMatchObject({ authenticated: true });
});

it('a management token that the tenant refuses is replaced during such a revocation', async () => {
  const [mine] = [await signedIn(), await signedIn()];
  await fetch(`${world.tenant.origin}/_tenant/faults`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([
      { method: 'POST', path: '^/api/v2/sessions/', status: 401, body: { error: 'Unauthorized' }, times: 1 },
    ]),
  });
  const before = tokenFamilies();
  expect((await send(mine, 'DELETE', '/v1/auth/sessions?keep=current')).status).toBe(204);
  await expect.poll(tokenFamilies, { timeout: 10_000 }).toBeLessThan(before);
});

it('a session that the tenant has ended gets its refresh token revoked, which the logout does not revoke', async () => {
  const before = tokenFamilies();
  const browser = await signedIn();
  expect(tokenFamilies()).toBe(before + 1);
  const logout = new URL(`${world.tenant.origin}/v2/logout`);
  logout.searchParams.set('client_id', world.link.clientId);
  await browser.get(logout);
  await expect.poll(async () => readSession(browser, world)).toEqual({ authenticated: false });
  await expect.poll(tokenFamilies, { timeout: 10_000 }).toBe(before);
});

it('a session that shares its session at the tenant with another one ends alone', async () => {
  const browser = await signedIn();
  world.clock.offsetS += 60;
  // The browser signs in again by its session at the tenant, without the cookie of the first sign-in.
  const login = await browser.get(`${world.gateway.publicUrl}/v1/auth/login`);
  const callback = locationOf(await browser.open(locationOf(login)));
  const transaction = [...browser.cookies].find(([name]) => name.startsWith('gatehouse-tx-')) ?? [];
  const answer = await fetch(callback, { redirect: 'manual', headers: { cookie: transaction.join('=') } });
  const cookie = answer.headers.getSetCookie().find((each) => each.startsWith('gatehouse=')) ?? '';
  const [second = ''] = cookie.split(';');
  const call = (method: string, path: string) =>
    fetch(`${world.url}${path}`, { method, headers: { 'x-csrf': '1', cookie: second } });
  const before = tokenFamilies();
  const { sessions } = (await (await call('GET', '/v1/auth/sessions')).json()) as Listed;
  const [first] = sessions.filter(({ current }) => !current);
  expect((await call('DELETE', `/v1/auth/sessions/${first?.id}`)).status).toBe(204);
  await expect.poll(tokenFamilies, { timeout: 10_000 }).toBe(before - 1);
  expect((await call('POST', '/v1/auth/refresh')).status).toBe(204);
});

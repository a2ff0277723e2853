import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../../../packages/tenant/test/support/browser.ts';
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

it('a session that is ended from another one loses its refresh token at the tenant', async () => {
  const [mine, other] = [await signedIn(), await signedIn()];
  const before = tokenFamilies();
  const { sessions } = (await (await send(mine, 'GET', '/v1/auth/sessions')).json()) as Listed;
  const found = sessions.find(({ current }) => !current);
  expect((await send(mine, 'DELETE', `/v1/auth/sessions/${found?.id}`)).status).toBe(204);
  expect(await readSession(other, world)).toEqual({ authenticated: false });
  await expect.poll(tokenFamilies, { timeout: 10_000 }).toBe(before - 1);
  expect(await readSession(mine, world)).toMatchObject({ authenticated: true });
});

it('and the management token of the gateway is got anew where the tenant does not take it any more', async () => {
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

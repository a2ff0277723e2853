import { afterAll, beforeAll, expect, it } from 'vitest';
import { createBrowser } from '../../../packages/tenant/test/support/browser.ts';
import { eventually } from '../../support/eventually.ts';
import { startWorld, type World } from '../../support/world.ts';
import { reachCallback, readSession, signInByRedirect, signUp } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false', SESSION_MAX_PER_USER: '1' });
  await signUp(world);
});
afterAll(() => world.close());

/** The sessions that the gateway has ended at the tenant. */
async function revocations(): Promise<string[]> {
  const answer = await fetch(`${world.tenant.origin}/_tenant/requests`);
  const requests = (await answer.json()) as { readonly path: string }[];
  return requests.map(({ path }) => path).filter((path) => path.startsWith('/api/v2/sessions/'));
}

it('a session that a newer one replaces ends at the tenant too, unless the newer one uses the same session there', async () => {
  const [first, second, third] = [createBrowser(), createBrowser(), createBrowser()];
  await signInByRedirect(first, world);
  await signInByRedirect(second, world);
  expect(await readSession(first, world)).toEqual({ authenticated: false });
  await eventually(async () => (await revocations()).length).toBe(1);
  // Its cookie is lost at the gateway, not at the tenant: the next session uses the same one there.
  const callback = await reachCallback(second, world);
  const others = [...second.cookies].filter(([name]) => name !== 'gatehouse');
  const cookie = others.map((pair) => pair.join('=')).join('; ');
  const again = await fetch(callback, { redirect: 'manual', headers: { cookie } });
  expect([again.status, again.headers.get('set-cookie')]).toEqual([303, expect.stringMatching(/gatehouse=/)]);
  expect(await readSession(second, world)).toEqual({ authenticated: false });
  await signInByRedirect(third, world);
  await eventually(async () => (await revocations()).length).toBe(2);
  // Long enough for any other call to arrive.
  await reachCallback(createBrowser(), world);
  expect(await revocations()).toHaveLength(2);
});

import supertest from 'supertest';
import { type Browser, locationOf, type Page } from '../../../packages/tenant/test/support/browser.ts';
import type { World } from '../../support/world.ts';

export const user = { email: 'ada@example.com', password: 'Correct-Horse-9' };

export async function signUp(world: World, { email, password } = user): Promise<void> {
  await supertest(world.url).post('/v1/auth/signup').send({ email, password }).expect(201);
}

/** Goes to the sign-in page and types, up to the redirect that leads back to the gateway. */
export async function reachCallback(
  browser: Browser,
  world: World,
  query: Record<string, string> = {},
): Promise<URL> {
  const login = await browser.get(
    `${world.gateway.publicUrl}/v1/auth/login?${new URLSearchParams(query).toString()}`,
  );
  const page = await browser.open(locationOf(login));
  const signedIn = page.headers.has('location')
    ? page
    : await browser.submit(page, { username: user.email, password: user.password });
  return locationOf(signedIn);
}

/** Signs in by redirect; the answer of the callback. */
export async function signInByRedirect(
  browser: Browser,
  world: World,
  query: Record<string, string> = {},
): Promise<Page> {
  return browser.get(await reachCallback(browser, world, query));
}

/** What the gateway says of the browser's session. */
export async function readSession(browser: Browser, world: World): Promise<Record<string, unknown>> {
  const page = await browser.get(`${world.gateway.publicUrl}/v1/auth/session`, {
    accept: 'application/json',
    'x-csrf': '1',
  });
  return JSON.parse(page.text) as Record<string, unknown>;
}

import { createHash, randomBytes } from 'node:crypto';
import supertest from 'supertest';
import {
  type Browser,
  createBrowser,
  locationOf,
  type Page,
} from '../../../packages/tenant/test/support/browser.ts';
import type { World } from '../../support/world.ts';

export const user = { email: 'ada@example.com', password: 'Correct-Horse-9' };

export async function signUp(world: World, { email, password } = user): Promise<void> {
  await supertest(world.url).post('/v1/auth/signup').send({ email, password }).expect(201);
}

/** Signs in at the tenant's page, up to the redirect to the gateway's callback. */
export async function reachCallback(
  browser: Browser,
  world: World,
  query: Record<string, string> = {},
  person = user,
): Promise<URL> {
  const login = await browser.get(
    `${world.gateway.publicUrl}/v1/auth/login?${new URLSearchParams(query).toString()}`,
  );
  const page = await browser.open(locationOf(login));
  const signedIn = page.headers.has('location')
    ? page
    : await browser.submit(page, { username: person.email, password: person.password });
  return locationOf(signedIn);
}

/** Signs in by redirect, and returns the response of the callback. */
export async function signInByRedirect(
  browser: Browser,
  world: World,
  query: Record<string, string> = {},
  person = user,
): Promise<Page> {
  return browser.get(await reachCallback(browser, world, query, person));
}

/** The gateway's response about the browser's session. */
export async function readSession(browser: Browser, world: World): Promise<Record<string, unknown>> {
  const page = await browser.get(`${world.gateway.publicUrl}/v1/auth/session`, {
    accept: 'application/json',
    'x-csrf': '1',
  });
  return JSON.parse(page.text) as Record<string, unknown>;
}

/** The callback of a frontend that runs the redirect itself. */
export interface OwnRedirect {
  readonly redirectUri: string;
  readonly person: { readonly email: string; readonly password: string };
  readonly nonce?: string | undefined;
  readonly scope?: string | undefined;
}

/** A code of the tenant for such a frontend, with its verifier. */
export async function fetchCode(
  world: World,
  { redirectUri, person, nonce, scope = 'openid profile email geocode:location' }: OwnRedirect,
): Promise<{ code: string; code_verifier: string }> {
  const code_verifier = randomBytes(32).toString('base64url');
  const query = new URLSearchParams({
    client_id: world.link.clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope,
    audience: 'urn:worldmappers',
    state: 's',
    code_challenge: createHash('sha256').update(code_verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...(nonce !== undefined && { nonce }),
  });
  const browser = createBrowser();
  const page = await browser.open(`${world.tenant.origin}/authorize?${query.toString()}`);
  const done = await browser.submit(page, { username: person.email, password: person.password });
  return { code: locationOf(done).searchParams.get('code') ?? '', code_verifier };
}

/** Registers that callback at the tenant. */
export function allowRedirect({ tenant, link }: World, redirectUri: string): void {
  tenant.changeClientUrls(link.clientId, (urls) => ({
    ...urls,
    callbacks: [...urls.callbacks, redirectUri],
  }));
}

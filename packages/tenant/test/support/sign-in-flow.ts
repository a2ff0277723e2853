import { createHash, randomBytes } from 'node:crypto';
import { type Browser, createBrowser, locationOf, type Page } from './browser.ts';
import { callback } from './browser-seed.ts';
import { password } from './seed.ts';
import type { Answer, TestTenant } from './start-test-tenant.ts';

export const verifier = randomBytes(32).toString('base64url');
export const challenge = {
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
};

export type Parameters = Readonly<Record<string, string | undefined>>;

export function authorizeUrl({ tenant }: Pick<TestTenant, 'tenant'>, parameters: Parameters): URL {
  const url = new URL('/authorize', tenant.origin);
  const all = {
    client_id: 'web',
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid',
    ...parameters,
  };
  for (const [name, value] of Object.entries(all))
    if (value !== undefined) url.searchParams.append(name, value);
  return url;
}

/** Opens /authorize, signs in if the sign-in page appears, and returns the next page. */
export async function signInBy(
  browser: Browser,
  t: TestTenant,
  parameters: Parameters = {},
  username = 'ann@example.com',
): Promise<Page> {
  const page = await browser.open(authorizeUrl(t, parameters));
  return page.url.pathname === '/u/login' ? browser.submit(page, { username, password }) : page;
}

/** The parameters of a redirect to the client, in the query or in the fragment. */
export function answerOf(page: Page): Record<string, string> {
  const url = locationOf(page);
  const { hash, search } = url;
  return Object.fromEntries(new URLSearchParams(hash === '' ? search : hash.slice(1)));
}

/** Signs in with a new browser and returns the code. */
export async function codeFor(
  t: TestTenant,
  parameters: Parameters = {},
  username?: string,
): Promise<string> {
  const { code } = answerOf(await signInBy(createBrowser(), t, parameters, username));
  if (code === undefined) throw new Error('no code');
  return code;
}

export const exchange = (
  t: TestTenant,
  client: string,
  code: string | undefined,
  more: Record<string, unknown> = {},
): Promise<Answer> =>
  t.token(client, { grant_type: 'authorization_code', code, redirect_uri: callback, ...more });

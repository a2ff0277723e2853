import { createHash, randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { type Browser, createBrowser, locationOf, type Page } from '../support/browser.ts';
import { expectOk, expectTokens, textOf } from './checks.ts';
import { type Answer, type ClientRole, type Parameters, type Target, toForm } from './target.ts';

export const grantType = (name: string): string => `http://auth0.com/oauth/grant-type/${name}`;
export const realmGrant = grantType('password-realm');

export interface User {
  readonly user_id: string;
  readonly email: string;
  readonly password: string;
}

export const fresh = (prefix: string): string => `${prefix}-${randomBytes(8).toString('hex')}`;
export const newPassword = (): string => `Aa1!${randomBytes(12).toString('base64url')}`;

/** The API's scopes: the first is granted to a machine client, the second only to users. */
export function scopesOf(target: Target, name: 'SCOPES' | 'RBAC_SCOPES' = 'SCOPES') {
  const [first = '', second = ''] = target.setting(name).split(' ');
  return { first, second };
}

/** POST /dbconnections/signup for the application. */
export const signUp = (target: Target, body: object): Promise<Answer> =>
  target.post('/dbconnections/signup', {
    client_id: target.setting('CLIENT_ID'),
    connection: target.setting('CONNECTION'),
    ...body,
  });

/** Creates a user for one test only. */
export async function newUser(target: Target): Promise<User> {
  const email = `${fresh('contract')}@example.com`;
  const password = newPassword();
  const answer = expectOk(await signUp(target, { email, password }));
  return { user_id: `auth0|${textOf(answer, '_id')}`, email, password };
}

interface SignIn {
  readonly role?: ClientRole;
  readonly headers?: Record<string, string>;
}

/** Signs in with the realm grant. */
export const signIn = (
  target: Target,
  { email, password }: Pick<User, 'email' | 'password'>,
  parameters: Parameters = {},
  { role = 'app', headers }: SignIn = {},
): Promise<Answer> =>
  target.token(
    role,
    {
      grant_type: realmGrant,
      realm: target.setting('CONNECTION'),
      username: email,
      password,
      ...parameters,
    },
    headers,
  );

/** Creates a user, signs them in with a refresh token, and returns the tokens. */
export async function signInOffline(target: Target, role: ClientRole = 'app'): Promise<Answer> {
  const { first, second } = scopesOf(target);
  const asked = { audience: target.setting('AUDIENCE'), scope: `openid ${first} ${second} offline_access` };
  return expectTokens(await signIn(target, await newUser(target), asked, { role }));
}

export const refresh = (
  target: Target,
  refresh_token: string | undefined,
  parameters: Parameters = {},
  role: ClientRole = 'app',
): Promise<Answer> => target.token(role, { grant_type: 'refresh_token', refresh_token, ...parameters });

export const userinfo = (target: Target, token: string | undefined): Promise<Answer> =>
  target.get('/userinfo', token === undefined ? {} : { authorization: `Bearer ${token}` });

export function pkcePair() {
  const code_verifier = randomBytes(32).toString('base64url');
  const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
  return { code_verifier, challenge: { code_challenge, code_challenge_method: 'S256' } };
}

/** The URL of /authorize; by default it requests a code for the API and its first scope. */
export function authorizeUrl(target: Target, parameters: Parameters = {}, role: ClientRole = 'app'): URL {
  const url = new URL('/authorize', target.issuer);
  const asked = {
    client_id: target.client(role).client_id,
    redirect_uri: target.setting('CALLBACK'),
    response_type: 'code',
    audience: target.setting('AUDIENCE'),
    scope: `openid ${scopesOf(target).first}`,
    state: fresh('state'),
    ...parameters,
  };
  url.search = toForm(asked).toString();
  return url;
}

/** Opens a URL, signs in on the page, and returns the next response. */
export async function signInOnPage(browser: Browser, url: URL, { email, password }: User): Promise<Page> {
  const page = await browser.open(url);
  expect(page.url.pathname, page.text.slice(0, 500)).toBe('/u/login');
  return browser.submit(page, { username: email, password });
}

/** The parameters of the redirect to the callback. Fails if the response does not redirect there. */
export function answerOf(target: Target, page: Page): Record<string, string> {
  const location = locationOf(page);
  expect(`${location.origin}${location.pathname}`).toBe(target.setting('CALLBACK'));
  return Object.fromEntries(location.searchParams);
}

export function codeOf(target: Target, page: Page): string {
  const { code, ...others } = answerOf(target, page);
  if (code === undefined) throw new Error(`no code: ${JSON.stringify(others)}`);
  return code;
}

/** A browser with the session of a new user. */
export async function signedInBrowser(target: Target): Promise<{ browser: Browser; user: User }> {
  const browser = createBrowser();
  const user = await newUser(target);
  codeOf(target, await signInOnPage(browser, authorizeUrl(target), user));
  return { browser, user };
}

/** A code for a browser with a session, without a page. */
export const silentCode = async (
  target: Target,
  browser: Browser,
  parameters: Parameters = {},
): Promise<string> =>
  codeOf(target, await browser.get(authorizeUrl(target, { prompt: 'none', ...parameters })));

export const exchange = (
  target: Target,
  code: string,
  parameters: Parameters = {},
  role: ClientRole = 'app',
): Promise<Answer> =>
  target.token(role, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: target.setting('CALLBACK'),
    ...parameters,
  });

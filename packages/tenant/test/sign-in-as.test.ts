import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTenant, type Tenant } from '../src/index.ts';
import { createBrowser } from './support/browser.ts';
import { contextOf } from './support/context-of.ts';
import { quickOptions } from './support/quick-tenant.ts';
import { authorizeUrl, type Parameters } from './support/sign-in-flow.ts';
import { storedIn } from './support/stored.ts';

const AUDIENCE = 'https://api.example.com';
const CALLBACK = 'http://localhost:3000';

const seed = {
  organizations: [{ id: 'org_acme', name: 'acme', members: ['auth0|ada'] }],
  clients: [
    { client_id: 'web', organization_usage: 'allow' as const },
    {
      client_id: 'tpc_partner',
      is_first_party: false,
      third_party_security_mode: 'strict' as const,
      callbacks: ['https://partner.test/callback'],
      grant_types: ['authorization_code'],
    },
  ],
  client_grants: [
    { client_id: 'tpc_partner', audience: AUDIENCE, scope: ['read:messages'], subject_type: 'user' as const },
  ],
  users: [
    { user_id: 'bob', email: 'bob@example.com', password: 'Correct-Horse-9', blocked: true },
    { user_id: 'eve', username: 'eve', email: 'eve@example.com', mfa: { totp_secret: 'JBSWY3DPEHPK3PXP' } },
    { connection: 'simulated-social', user_id: 'oauth2|eve', email: 'eve@example.com' },
  ],
};

let tenant: Tenant;

beforeAll(async () => {
  tenant = await startTenant({ ...(await quickOptions()), seed });
});
afterAll(() => tenant.close());

const ask = async (body: object, at = tenant) => {
  const response = await fetch(`${at.url}/_tenant/sign-in`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
};

const open = (browser: ReturnType<typeof createBrowser>, at: Tenant, more: Parameters = {}) =>
  browser.open(authorizeUrl({ tenant: at as never }, { redirect_uri: CALLBACK, ...more }));

describe('sign in as', () => {
  it('issues verifiable tokens of a user without a password', async () => {
    const tokens = await tenant.signInAs('ada', {
      client: 'web',
      audience: AUDIENCE,
      scope: 'openid email offline_access read:messages',
      organization: 'acme',
    });
    const keys = createRemoteJWKSet(new URL(`${tenant.url}/.well-known/jwks.json`));
    const { payload } = await jwtVerify(tokens.access_token, keys, {
      issuer: tenant.issuer,
      audience: AUDIENCE,
    });
    expect(payload).toMatchObject({ sub: 'auth0|ada', azp: 'web', org_id: 'org_acme' });
    expect(String(payload['scope']).split(' ')).toContain('read:messages');
    const { payload: identity } = await jwtVerify(String(tokens.id_token), keys, { audience: 'web' });
    expect(identity).toMatchObject({ email: 'ada@example.com', sid: expect.any(String) });
    const body = new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: 'web',
      client_secret: String(tenant.client('web').clientSecret),
      refresh_token: String(tokens.refresh_token),
    });
    expect((await fetch(`${tenant.url}/oauth/token`, { method: 'POST', body })).status).toBe(200);
  });

  it('issues a code that a public client redeems with its verifier, once', async () => {
    const {
      code,
      code_verifier = '',
      redirect_uri,
    } = await tenant.signInAs('ada@example.com', {
      client: 'spa',
      answer: 'code',
    });
    const body = new URLSearchParams({
      grant_type: 'authorization_code',
      client_id: 'spa',
      code,
      code_verifier,
      redirect_uri,
    });
    const redeem = async () => (await fetch(`${tenant.url}/oauth/token`, { method: 'POST', body })).status;
    expect((await Promise.all([redeem(), redeem(), redeem()])).toSorted((a, b) => a - b)).toEqual([
      200, 403, 403,
    ]);
  });

  it('gives a strict third-party client, which must use PKCE, tokens for what it is granted', async () => {
    const order = { user: 'ada', client_id: 'tpc_partner', audience: AUDIENCE };
    const granted = await ask({ ...order, scope: 'read:messages' });
    expect(granted).toMatchObject({ status: 200, json: { scope: 'read:messages' } });
    const { json } = await ask({ ...order, scope: 'write:messages' });
    expect(json).toMatchObject({ access_token: expect.any(String) });
    expect(json).not.toHaveProperty('scope');
  });

  it('returns the cookies of a session that signs a browser in silently', async () => {
    const { cookies } = await tenant.signInAs('ada', { answer: 'cookies' });
    const [cookie] = cookies;
    expect(cookie).toMatchObject({ domain: 'localhost', path: '/', httpOnly: true });
    expect(Number(cookie?.expires)).toBeGreaterThan(Date.now() / 1000 + 3600);
    const url = authorizeUrl({ tenant: tenant as never }, { redirect_uri: CALLBACK, prompt: 'none' });
    const headers = { cookie: cookies.map(({ name, value }) => `${name}=${value}`).join('; ') };
    const answer = await fetch(url, { redirect: 'manual', headers });
    expect(answer.headers.get('location')).toMatch(/^http:\/\/localhost:3000\?code=/);
  });

  it('skips the second factor, and is recorded in the log', async () => {
    const before = tenant.client('web');
    expect(await ask({ user: 'auth0|eve', client_id: before.clientId })).toMatchObject({ status: 200 });
    const entry = contextOf(tenant)
      .log.list()
      .findLast(({ type }) => type === 's');
    expect(entry).toMatchObject({
      user_id: 'auth0|eve',
      client_id: 'web',
      description: expect.stringContaining('control API'),
    });
  });

  it.each([
    [{ user: 'nobody', client_id: 'web' }, 404, 'not_found'],
    [{ user: 'ada', client_id: 'none' }, 404, 'not_found'],
    [{ user: 'eve@example.com', client_id: 'web' }, 400, 'ambiguous_user'],
    [{ user: 'bob', client_id: 'web' }, 400, 'unauthorized'],
    [{ user: 'bob', answer: 'cookies' }, 400, 'unauthorized'],
    [{ user: 'ada', client_id: 'web', audience: 'urn:none' }, 400, 'access_denied'],
    [{ user: 'auth0|eve', client_id: 'web', organization: 'acme' }, 400, 'access_denied'],
    [{ user: 'ada', client_id: 'machine' }, 400, 'unauthorized_client'],
    [{ user: 'ada' }, 400, 'invalid_request'],
    [{ user: 'ada', client_id: 'web', answer: 'all' }, 400, 'invalid_request'],
    [{ user: { $ne: '' }, client_id: 'web' }, 400, 'invalid_request'],
  ])('refuses %j with %i %s and starts no session', async (body, status, error) => {
    const sessions = () => storedIn(tenant).browserSessions.list().length;
    const before = sessions();
    expect(await ask(body)).toMatchObject({ status, json: { error, message: expect.any(String) } });
    expect(sessions()).toBe(before);
  });

  it('is disabled by the tenant’s option', async () => {
    const strict = await startTenant({ ...(await quickOptions()), signInAs: false });
    expect(await ask({ user: 'ada', client_id: 'web' }, strict)).toMatchObject({
      status: 403,
      json: { error: 'sign_in_as_disabled' },
    });
    expect((await open(createBrowser(), strict)).text).not.toContain('sign_in_as');
    await strict.close();
  });
});

describe('on the login page', () => {
  it('a developer signs in as a user with one button', async () => {
    const browser = createBrowser();
    const page = await open(browser, tenant);
    expect(page.text).toContain('Development only');
    const next = await browser.submit(page, { sign_in_as: 'auth0|ada' });
    expect(next.headers.get('location')).toMatch(/^http:\/\/localhost:3000\?code=/);
  });

  it('a user with a second factor is asked for it', async () => {
    const browser = createBrowser();
    const next = await browser.submit(await open(browser, tenant), { sign_in_as: 'auth0|eve' });
    expect(next.url.pathname).toBe('/u/mfa');
  });

  it('a submitted user that the page does not offer is refused', async () => {
    const browser = createBrowser();
    const page = await open(browser, tenant);
    const state = page.url.searchParams.get('state') ?? '';
    for (const sign_in_as of ['auth0|none', 'oauth2|eve%']) {
      const answer = await browser.post(`${tenant.url}/u/login`, { state, sign_in_as });
      expect([answer.status, answer.headers.get('location')]).toEqual([400, null]);
    }
  });
});

describe('a user with auto_login', () => {
  const start = async (users: NonNullable<typeof seed.users> | object[]) =>
    startTenant({ ...(await quickOptions()), seed: { users: users as never } });

  it('is signed in without a page if there is only one', async () => {
    const one = await start([{ user_id: 'ada', email: 'ada@example.com', auto_login: true }]);
    const browser = createBrowser();
    const page = await open(browser, one);
    expect(page.headers.get('location')).toMatch(/^http:\/\/localhost:3000\?code=/);
    expect((await open(createBrowser(), one, { prompt: 'login' })).url.pathname).toBe('/u/login');
    expect((await open(createBrowser(), one, { login_hint: 'bob@example.com' })).url.pathname).toBe(
      '/u/login',
    );
    await one.close();
  });

  it('is signed in if login_hint names them, also silently', async () => {
    const two = await start([
      { user_id: 'ada', email: 'ada@example.com', auto_login: true },
      { user_id: 'bob', email: 'bob@example.com', auto_login: true },
    ]);
    expect((await open(createBrowser(), two)).url.pathname).toBe('/u/login');
    const silent = { login_hint: 'BOB@example.com', prompt: 'none' };
    const page = await open(createBrowser(), two, silent);
    expect(page.headers.get('location')).toMatch(/\?code=/);
    expect(
      storedIn(two)
        .browserSessions.list()
        .map(({ user_id }) => user_id),
    ).toEqual(['auth0|bob']);
    await two.close();
  });

  it('is no member of the user that the Management API shows, and stays in an export', async () => {
    const one = await start([{ user_id: 'ada', email: 'ada@example.com', auto_login: true }]);
    expect(storedIn(one).users.get('auth0|ada')).not.toHaveProperty('auto_login');
    const { authorizations } = (await (await fetch(`${one.url}/_tenant/export`)).json()) as {
      authorizations: object[];
    };
    expect(authorizations).toContainEqual(
      expect.objectContaining({ user_id: 'auth0|ada', auto_login: true }),
    );
    await one.close();
  });
});

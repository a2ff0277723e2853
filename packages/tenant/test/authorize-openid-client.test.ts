import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf } from './support/browser.ts';
import { browserSeed, callback } from './support/browser-seed.ts';
import { api, password } from './support/seed.ts';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

/** An independent, strict client, unchanged, over https at the issuer URL. */
describe.each(stores)('openid-client against the tenant on %s', (store) => {
  let t: TestTenant;
  let config: client.Configuration;
  let browser: Browser;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
    config = await client.discovery(
      new URL(t.tenant.issuer),
      'web',
      t.tenant.credentials('web')?.client_secret,
    );
    browser = createBrowser();
  });
  afterAll(() => t.close());

  async function arrive(url: URL): Promise<URL> {
    const page = await browser.open(url);
    const back =
      page.url.pathname === '/u/login'
        ? await browser.submit(page, { username: 'ann@example.com', password })
        : page;
    return locationOf(back);
  }

  type ToUrl = (config: client.Configuration, parameters: Record<string, string>) => URL | Promise<URL>;

  async function signIn(more: Record<string, string> = {}, toUrl: ToUrl = client.buildAuthorizationUrl) {
    const pkceCodeVerifier = client.randomPKCECodeVerifier();
    const expectedNonce = client.randomNonce();
    const expectedState = client.randomState();
    const url = await toUrl(config, {
      redirect_uri: callback,
      scope: 'openid email offline_access geocode:location',
      audience: api,
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
      nonce: expectedNonce,
      state: expectedState,
      ...more,
    });
    return client.authorizationCodeGrant(config, await arrive(url), {
      pkceCodeVerifier,
      expectedNonce,
      expectedState,
      idTokenExpected: true,
      ...(more.max_age !== undefined && { maxAge: Number(more.max_age) }),
    });
  }

  it('sign-in, userinfo, refresh, revocation', async () => {
    const tokens = await signIn({ max_age: '3600' });
    const claims = tokens.claims();
    expect(claims).toMatchObject({ sub: 'auth0|ann-id', email: 'ann@example.com' });
    const info = await client.fetchUserInfo(config, tokens.access_token, String(claims?.sub));
    expect(info.email).toBe('ann@example.com');
    const refreshed = await client.refreshTokenGrant(config, String(tokens.refresh_token));
    expect(refreshed.claims()?.sid).toBe(claims?.sid);
    await client.tokenRevocation(config, String(refreshed.refresh_token));
    await expect(client.refreshTokenGrant(config, String(refreshed.refresh_token))).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('a pushed authorization request', async () => {
    const tokens = await signIn({}, client.buildAuthorizationUrlWithPAR);
    expect(tokens.claims()?.sub).toBe('auth0|ann-id');
  });

  it('the hybrid and the implicit flow', async () => {
    const expectedNonce = client.randomNonce();
    const expectedState = client.randomState();
    const hybrid = await client.discovery(
      new URL(t.tenant.issuer),
      'web',
      t.tenant.credentials('web')?.client_secret,
    );
    client.useCodeIdTokenResponseType(hybrid);
    const asked = { redirect_uri: callback, scope: 'openid', nonce: expectedNonce, state: expectedState };
    const url = client.buildAuthorizationUrl(hybrid, asked);
    const tokens = await client.authorizationCodeGrant(hybrid, await arrive(url), {
      expectedNonce,
      expectedState,
    });
    expect(tokens.claims()?.sub).toBe('auth0|ann-id');
    const implicit = await client.discovery(new URL(t.tenant.issuer), 'web');
    client.useIdTokenResponseType(implicit);
    const landed = await arrive(client.buildAuthorizationUrl(implicit, asked));
    const claims = await client.implicitAuthentication(implicit, landed, expectedNonce, { expectedState });
    expect(claims.sub).toBe('auth0|ann-id');
  });

  it('it receives the errors of the callback', async () => {
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: callback,
      scope: 'openid',
      audience: 'urn:unknown',
    });
    await expect(client.authorizationCodeGrant(config, await arrive(url))).rejects.toMatchObject({
      error: 'access_denied',
    });
  });

  it('logout by the end_session_endpoint', async () => {
    const tokens = await signIn();
    const url = client.buildEndSessionUrl(config, {
      id_token_hint: String(tokens.id_token),
      post_logout_redirect_uri: 'http://localhost:4777/out',
      state: 'bye',
    });
    expect((await arrive(url)).href).toBe('http://localhost:4777/out?state=bye');
    const silent = client.buildAuthorizationUrl(config, { redirect_uri: callback, prompt: 'none' });
    await expect(client.authorizationCodeGrant(config, await arrive(silent))).rejects.toMatchObject({
      error: 'login_required',
    });
  });
});

import { createHash } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser, locationOf } from './support/browser.ts';
import { browserSeed, callback } from './support/browser-seed.ts';
import { api } from './support/seed.ts';
import { answerOf, authorizeUrl, exchange, type Parameters, signInBy } from './support/sign-in-flow.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const half = (text: string): string =>
  createHash('sha256').update(text).digest().subarray(0, 16).toString('base64url');

describe.each(stores)('responses of /authorize on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, browserSeed);
  });
  afterAll(() => t.close());

  it('id_token token: both are in the fragment, at_hash binds them, and there is no refresh token', async () => {
    const page = await signInBy(createBrowser(), t, {
      response_type: 'id_token token',
      scope: 'openid email offline_access geocode:location',
      audience: api,
      nonce: 'n',
      state: 's',
    });
    expect(locationOf(page).search).toBe('');
    const answer = answerOf(page);
    expect(answer).toEqual({
      access_token: expect.any(String),
      id_token: expect.any(String),
      scope: 'openid email offline_access geocode:location',
      expires_in: '7200',
      token_type: 'Bearer',
      state: 's',
    });
    const claims = decodeJwt(String(answer.id_token));
    expect(claims).toMatchObject({ nonce: 'n', aud: 'web', at_hash: half(String(answer.access_token)) });
    const access = decodeJwt(String(answer.access_token));
    expect(Number(access.exp) - Number(access.iat)).toBe(7200);
  });

  it('id_token alone', async () => {
    const page = await signInBy(createBrowser(), t, { response_type: 'id_token', nonce: 'n' });
    expect(Object.keys(answerOf(page))).toEqual(['id_token']);
  });

  it('token alone is opaque and valid for two hours', async () => {
    const page = await signInBy(createBrowser(), t, { response_type: 'token' });
    expect(answerOf(page)).toMatchObject({
      access_token: expect.stringMatching(/^[\w-]{32}$/),
      expires_in: '7200',
    });
  });

  it('hybrid: the code of the fragment is hashed into its ID token and can be exchanged', async () => {
    const page = await signInBy(createBrowser(), t, { response_type: 'code id_token', nonce: 'n' });
    const answer = answerOf(page);
    expect(locationOf(page).search).toBe('');
    expect(decodeJwt(String(answer.id_token)).c_hash).toBe(half(String(answer.code)));
    const tokens = await exchange(t, 'web', answer.code);
    expect(claimsOf(tokens, 'id_token').nonce).toBe('n');
  });

  it.each<[Parameters, string]>([
    [{ response_type: 'id_token' }, 'Missing required parameter: nonce'],
    [
      { response_type: 'id_token', nonce: 'n', scope: 'email' },
      'The scope must include openid for an id_token',
    ],
    [{ client_id: 'plain', response_type: 'token' }, "Grant type 'implicit' not allowed for the client."],
    [
      { response_type: 'token', response_mode: 'query' },
      'response_mode=query is not allowed for this response_type',
    ],
  ])('%j is refused in the fragment', async (parameters, description) => {
    const page = await createBrowser().get(authorizeUrl(t, { ...parameters, state: 's' }));
    expect(locationOf(page).search).toBe('');
    expect(answerOf(page)).toMatchObject({ error_description: description, state: 's' });
  });

  it('a callback with a query keeps it, and a custom scheme works too', async () => {
    const browser = createBrowser();
    const page = await signInBy(browser, t, { redirect_uri: 'http://localhost:4777/other?keep=1' });
    expect(page.headers.get('location')).toMatch(/^http:\/\/localhost:4777\/other\?keep=1&code=[\w-]{43}$/);
    const native = await signInBy(browser, t, { redirect_uri: 'com.example.app://cb' });
    expect(native.headers.get('location')).toMatch(/^com\.example\.app:\/\/cb\?code=[\w-]{43}$/);
  });

  it('response_mode=fragment puts the code behind the #', async () => {
    const page = await signInBy(createBrowser(), t, { response_mode: 'fragment' });
    expect(page.headers.get('location')).toMatch(/^http:\/\/localhost:4777\/callback#code=/);
  });

  it('form_post answers with a form that may post only to the callback', async () => {
    const state = `"><script>alert('x')</script>`;
    const page = await signInBy(createBrowser(), t, { response_mode: 'form_post', state });
    expect(page.status).toBe(200);
    const [form] = page.forms;
    expect(form?.action.href).toBe(callback);
    expect(form?.method).toBe('POST');
    expect(form?.fields).toEqual({ code: expect.stringMatching(/^[\w-]{43}$/), state });
    expect(page.text).not.toContain('<script>alert');
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self' http://localhost:4777");
    expect(page.headers.get('cache-control')).toBe('no-store');
  });

  const messageOf = (text: string): Record<string, unknown> => {
    const data = /data-response="([^"]*)"/.exec(text)?.[1]?.replaceAll('&quot;', '"') ?? '';
    return JSON.parse(data.replaceAll('&amp;', '&'));
  };

  it('AC18: web_message with prompt=none answers 200 with a page that posts to the origin', async () => {
    const browser = createBrowser();
    const url = authorizeUrl(t, { response_mode: 'web_message', prompt: 'none', state: 's' });
    const refused = await browser.get(url);
    expect(refused.status).toBe(200);
    expect(refused.text).toContain('data-target="http://localhost:4777"');
    expect(messageOf(refused.text)).toEqual({
      error: 'login_required',
      error_description: 'Login required',
      state: 's',
    });
    expect(refused.headers.get('content-security-policy')).toContain('frame-ancestors http://localhost:4777');
    expect(refused.headers.has('x-frame-options')).toBe(false);
    await signInBy(browser, t);
    const page = await browser.get(url);
    expect(messageOf(page.text)).toEqual({ code: expect.any(String), state: 's' });
    expect((await exchange(t, 'web', String(messageOf(page.text).code))).status).toBe(200);
  });

  it('web_message to an origin that is not allowed is an error page', async () => {
    const url = authorizeUrl(t, { client_id: 'framed', response_mode: 'web_message', prompt: 'none' });
    const page = await createBrowser().get(url);
    expect(page.status).toBe(403);
    expect(page.text).toContain('list of allowed web origins');
    expect(page.headers.get('x-frame-options')).toBe('DENY');
  });

  it('responses and errors carry iss if the tenant’s flag is on', async () => {
    const undo = alter(t.stored.settings, { authorization_response_iss_parameter_supported: true });
    const browser = createBrowser();
    const refused = answerOf(await browser.get(authorizeUrl(t, { prompt: 'none' })));
    const good = answerOf(await signInBy(browser, t));
    undo();
    expect(refused).toMatchObject({ error: 'login_required', iss: t.tenant.issuer });
    expect(good).toEqual({ code: expect.any(String), iss: t.tenant.issuer });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findClientGrant } from '../src/authorization/client-grants.ts';
import { createBrowser, locationOf } from './support/browser.ts';
import { browserSeed } from './support/browser-seed.ts';
import { password } from './support/seed.ts';
import { authorizeUrl, challenge, verifier } from './support/sign-in-flow.ts';
import {
  type Answer,
  claimsOf,
  startTestTenant,
  stores,
  type TestTenant,
} from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const callback = 'http://localhost:4788/callback';
const seed = {
  ...browserSeed,
  tenant: { ...browserSeed.tenant, flags: { enable_dynamic_client_registration: true } },
  client_grants: [
    ...browserSeed.client_grants,
    {
      default_for: 'third_party_clients',
      audience: 'urn:organizer',
      scope: ['tasks'],
      subject_type: 'user',
    },
  ],
};

describe.each(stores)('dynamic registration on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  beforeEach(() => {
    t.clock.offsetS += 60;
  });
  afterAll(() => t.close());

  const register = (body: object): Promise<Answer> =>
    t.post('/oidc/register', { redirect_uris: [callback], ...body });
  const clientOf = (answer: Answer) => t.stored.clients.get(String(answer.json.client_id));

  it('registration is public; the response has an id with tpc_ and a secret that never expires', async () => {
    const answer = await register({ client_name: 'My Dynamic Application' });
    expect(answer.status).toBe(201);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.json).toEqual({
      client_name: 'My Dynamic Application',
      client_id: expect.stringMatching(/^tpc_[A-Za-z0-9]{32}$/),
      client_secret: expect.stringMatching(/^.{64}$/),
      client_secret_expires_at: 0,
      redirect_uris: [callback],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
    });
    expect(t.logTypes().at(-1)).toBe('sapi');
  });

  it('it is a third party under strict rules, whatever the request states', async () => {
    const answer = await register({ is_first_party: true, third_party_security_mode: 'permissive' });
    expect(answer.json.client_name).toBe('My App');
    expect(clientOf(answer)).toMatchObject({
      is_first_party: false,
      third_party_security_mode: 'strict',
      redirection_policy: 'open_redirect_protection',
      refresh_token: { expiration_type: 'expiring', infinite_idle_token_lifetime: false },
    });
  });

  it('a public client gets no secret, and rotating refresh tokens', async () => {
    const answer = await register({ token_endpoint_auth_method: 'none' });
    expect(answer.json).not.toHaveProperty('client_secret');
    expect(clientOf(answer)?.refresh_token.rotation_type).toBe('rotating');
  });

  it('only grant types for third parties are granted', async () => {
    const asked = ['refresh_token', 'password', 'client_credentials', 'implicit', 'authorization_code'];
    const answer = await register({ grant_types: asked });
    expect(answer.json.grant_types).toEqual(['authorization_code', 'refresh_token']);
    const only = await register({ grant_types: ['authorization_code'] });
    expect(only.json.grant_types).toEqual(['authorization_code']);
  });

  it.each<[string, unknown]>([
    ['none', undefined],
    ['an empty list', []],
    ['a text', callback],
    ['a list with a number', [7]],
    ['a relative one', ['/callback']],
    ['a fragment', [`${callback}#here`]],
    ['an empty fragment', [`${callback}#`]],
    ['a script', ['javascript:alert(1)']],
    ['data', ['data:text/html,hello']],
    ['a wildcard', ['https://*.example.com/callback']],
    ['a password', ['https://a:b@example.com/']],
    ['a very long one', [`https://example.com/${'a'.repeat(3000)}`]],
    ['very many', Array.from({ length: 51 }, (_, i) => `${callback}/${i}`)],
  ])('redirect_uris with %s answer 400 invalid_redirect_uri', async (_name, redirect_uris) => {
    const answer = await register({ redirect_uris });
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_redirect_uri']);
  });

  it.each([
    { token_endpoint_auth_method: 'private_key_jwt' },
    { token_endpoint_auth_method: 'tls_client_auth' },
    { client_name: '<b>Bank</b>' },
    { client_name: 'a'.repeat(300) },
    { grant_types: 'authorization_code' },
  ])('%o answers 400 invalid_client_metadata', async (body) => {
    const answer = await register(body);
    expect([answer.status, answer.json.error]).toEqual([400, 'invalid_client_metadata']);
  });

  it('a callback of a mobile app is accepted', async () => {
    const answer = await register({ redirect_uris: ['com.example.app:/callback'] });
    expect(answer.status).toBe(201);
  });

  it('its users sign in and consent, and it gets the default grant of third parties', async () => {
    const { json } = await register({ token_endpoint_auth_method: 'none', client_name: 'Newcomer' });
    const client_id = String(json.client_id);
    const browser = createBrowser();
    const request = { client_id, redirect_uri: callback, audience: 'urn:organizer', ...challenge };
    const url = authorizeUrl(t, { ...request, scope: 'tasks appointments offline_access' });
    const signedIn = await browser.submit(await browser.open(url), {
      username: 'ann@example.com',
      password,
    });
    expect(signedIn.text).toContain('Newcomer');
    const back = locationOf(await browser.submit(signedIn, { action: 'accept' }));
    const answer = await t.post('/oauth/token', {
      grant_type: 'authorization_code',
      client_id,
      redirect_uri: callback,
      code: back.searchParams.get('code'),
      code_verifier: verifier,
    });
    expect(answer.status).toBe(200);
    expect(answer.json.scope).toBe('tasks offline_access');
    expect(claimsOf(answer)).toMatchObject({ aud: 'urn:organizer', azp: client_id });
    const refreshed = await t.post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id,
      refresh_token: answer.json.refresh_token,
    });
    expect(refreshed.status).toBe(200);
  });

  it('its own grant takes precedence over the default grant', async () => {
    const { json } = await register({});
    const { clients, clientGrants } = t.stored;
    const client_id = String(json.client_id);
    clientGrants.put({
      id: 'cgr_own',
      client_id,
      audience: 'urn:organizer',
      scope: ['contacts'],
      subject_type: 'user',
    });
    const client = clients.get(client_id);
    const api = { identifier: 'urn:organizer' };
    expect(client && findClientGrant(t.stored, client, api, 'user')?.scope).toEqual(['contacts']);
    expect(client && findClientGrant(t.stored, client, api, 'client')).toBeUndefined();
  });

  it('it is listed in discovery while it is on, and answers 404 endpoint_disabled while it is off', async () => {
    const listed = async () => (await t.get('/.well-known/openid-configuration')).json.registration_endpoint;
    expect(await listed()).toBe(`${t.tenant.issuer}oidc/register`);
    const undo = alter(t.stored.settings, { flags: {} });
    const answer = await register({});
    undo();
    expect([answer.status, answer.json.error]).toEqual([404, 'endpoint_disabled']);
    expect(answer.headers.get('x-tenant-hint')).toMatch(/Dynamic Client Registration/);
  });
});

describe('the limit of dynamic registration', () => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant('memory', { ...seed, rate_limits: 'auth0' });
  });
  afterAll(() => t.close());

  it('is five a second for the whole tenant, in parallel too', async () => {
    const calls = Array.from({ length: 30 }, () => t.post('/oidc/register', { redirect_uris: [callback] }));
    const answers = await Promise.all(calls);
    const refused = answers.filter(({ status }) => status === 429);
    // During the thirty requests, one more is allowed every fifth of a second.
    expect(refused.length).toBeGreaterThanOrEqual(10);
    expect(answers.length - refused.length).toBeGreaterThanOrEqual(5);
    expect(refused[0]?.json.error).toBe('too_many_requests');
    expect(refused[0]?.headers.get('x-ratelimit-limit')).toBe('5');
    expect(refused[0]?.headers.get('x-ratelimit-remaining')).toBe('0');
  });
});

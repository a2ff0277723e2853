import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSeed } from './support/seed.ts';
import { type Answer, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const seed = {
  ...testSeed,
  clients: [
    ...testSeed.clients,
    {
      client_id: 'browser',
      token_endpoint_auth_method: 'none',
      grant_types: ['password', 'refresh_token'],
      callbacks: ['http://app.localhost:5000/callback', 'com.example.app://callback', 'not a url'],
      web_origins: ['https://web.example', 'https://folded.example/'],
      allowed_origins: ['https://*.wild.example'],
      allowed_logout_urls: ['https://logout.example/'],
    },
  ],
};

const origins = [
  'http://app.localhost:5000',
  'https://web.example',
  'https://folded.example',
  'https://one.wild.example',
];
const strangers = [
  'http://app.localhost:5001',
  'https://app.localhost:5000',
  'http://evil.example',
  'https://wild.example',
  'https://a.b.wild.example',
  'https://web.example.evil.example',
  'https://web.example/',
  'https://web.example/path',
  'HTTPS://WEB.EXAMPLE',
  'https://logout.example',
  'com.example.app://callback',
  'null',
  '*',
  '',
];
const paths = [
  '/oauth/token',
  '/oauth/revoke',
  '/userinfo',
  '/.well-known/openid-configuration',
  '/.well-known/oauth-authorization-server',
  '/.well-known/jwks.json',
  '/dbconnections/signup',
  '/dbconnections/change_password',
  '/passwordless/start',
  '/mfa/challenge',
  '/mfa/authenticators/totp%7Cdev_1',
];
const closed = [
  '/authorize',
  '/oauth/par',
  '/oidc/register',
  '/u/login',
  '/v2/logout',
  '/_tenant/inbox',
  '/nothing',
];

describe.each(stores)('CORS on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  const options = async (path: string, headers: Record<string, string>) =>
    fetch(`${t.tenant.origin}${path}`, { method: 'OPTIONS', headers });
  const preflight = (path: string, origin: string, method = 'POST') =>
    options(path, {
      origin,
      'access-control-request-method': method,
      'access-control-request-headers': 'content-type,dpop,auth0-client',
    });
  const corsHeaders = (headers: Headers) =>
    [...headers.keys()].filter((name) => name.startsWith('access-control'));
  const token = (origin: string): Promise<Answer> =>
    t.post('/oauth/token', { grant_type: 'password', client_id: 'browser' }, { origin });

  it.each(origins)(
    '%s, an origin of a client, can read responses, errors and their headers',
    async (origin) => {
      const answer = await token(origin);
      expect(answer.status).toBe(400);
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
      expect(answer.headers.get('vary')).toContain('Origin');
      expect(answer.headers.get('access-control-expose-headers')).toMatch(/DPoP-Nonce.*X-RateLimit-Reset/);
      expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
    },
  );

  it.each(strangers)('%o cannot read responses, and its preflight is refused', async (origin) => {
    const answer = await token(origin);
    expect(corsHeaders(answer.headers)).toEqual([]);
    expect(answer.headers.get('vary')).toContain('Origin');
    const refused = await preflight('/oauth/token', origin);
    expect(refused.ok).toBe(false);
    expect(corsHeaders(refused.headers)).toEqual([]);
  });

  it.each(paths)('a preflight for %s lists the allowed headers', async (path) => {
    const answer = await preflight(path, 'https://web.example');
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://web.example');
    expect(answer.headers.get('access-control-allow-headers')).toMatch(/Authorization, Content-Type, DPoP/);
    expect(answer.headers.get('access-control-allow-methods')).toMatch(/GET|POST|DELETE/);
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it.each(closed)('%s has no CORS', async (path) => {
    const refused = await preflight(path, 'https://web.example');
    expect(corsHeaders(refused.headers)).toEqual([]);
    const answer = await t.get(path, { origin: 'https://web.example' });
    expect(corsHeaders(answer.headers)).toEqual([]);
  });

  it('an injected fault can be read too, and a preflight does not consume it', async () => {
    const fault = {
      method: '*',
      path: '^/oauth/token$',
      status: 429,
      body: { error: 'too_many_requests' },
      times: 1,
    };
    await fetch(`${t.tenant.origin}/_tenant/faults`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([fault]),
    });
    expect((await preflight('/oauth/token', 'https://web.example')).status).toBe(204);
    const answer = await token('https://web.example');
    expect(answer.status).toBe(429);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://web.example');
  });

  it('a new client’s origins apply at once, and a deleted client’s no longer', async () => {
    const { clients } = t.stored;
    const client = clients.get('browser');
    const origin = 'https://later.example';
    expect(corsHeaders((await token(origin)).headers)).toEqual([]);
    if (client) clients.put({ ...client, client_id: 'later', callbacks: [`${origin}/callback`] });
    expect((await token(origin)).headers.get('access-control-allow-origin')).toBe(origin);
    clients.remove('later');
    expect(corsHeaders((await token(origin)).headers)).toEqual([]);
  });
});

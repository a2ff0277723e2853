import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testSeed } from './support/seed.ts';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

const exchange = 'urn:ietf:params:oauth:grant-type:token-exchange';
const oddCallback = 'http://localhost:4799/callback?a=1?b=2';
const seed = {
  ...testSeed,
  clients: [
    ...testSeed.clients,
    { client_id: 'exchanging', grant_types: [exchange] },
    { client_id: 'asking', callbacks: [oddCallback] },
  ],
};

describe.each(stores)('malformed requests on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  const json = { 'content-type': 'application/json' };
  const form = { 'content-type': 'application/x-www-form-urlencoded' };

  it.each<[string, string, Record<string, string>]>([
    ['broken JSON', '{"grant_type":', json],
    ['a JSON text', '"grant_type"', json],
    ['a JSON list', '["grant_type"]', json],
    ['null', 'null', json],
    ['an unknown charset', '{}', { 'content-type': 'application/json; charset=utf-7' }],
    ['an unknown encoding', '{}', { ...json, 'content-encoding': 'compress' }],
    ['another media type', 'grant_type=password', { 'content-type': 'text/plain' }],
    ['no body', '', {}],
    ['a repeated parameter', 'grant_type=password&grant_type=password', form],
    ['a parameter that is no text', '{"grant_type":{"a":1}}', json],
    ['a number for a secret', '{"grant_type":"password","client_id":"strict","client_secret":7}', json],
  ])('%s answers 4xx invalid_request', async (_name, body, headers) => {
    const answer = await t.post('/oauth/token', body, headers);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.json.error).toBe('invalid_request');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(t.warnings).toEqual([]);
  });

  it('a body of more than 100 kB answers 413', async () => {
    const answer = await t.post('/oauth/token', `a=${'b'.repeat(120_000)}`, form);
    expect([answer.status, answer.json.error]).toEqual([413, 'invalid_request']);
  });

  it.each([
    ['GET', '/oauth/token', 'POST'],
    ['PUT', '/oauth/token', 'POST'],
    ['DELETE', '/userinfo', 'GET, POST'],
    ['POST', '/.well-known/jwks.json', 'GET'],
    ['OPTIONS', '/oauth/token', 'POST'],
  ])('%s %s answers 405 method_not_allowed', async (method, path, allow) => {
    const response = await fetch(`${t.tenant.origin}${path}`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe(allow);
    expect(await response.json()).toEqual({
      error: 'method_not_allowed',
      error_description: 'Method not allowed',
    });
  });

  it.each(['/authorize?client_id=asking&response_type=code', '/v2/logout', '/u/login'])(
    'HEAD %s answers 405 and does nothing',
    async (path) => {
      const logged = t.logTypes().length;
      const response = await fetch(`${t.tenant.origin}${path}`, { method: 'HEAD', redirect: 'manual' });
      expect(response.status).toBe(405);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(t.logTypes()).toHaveLength(logged);
    },
  );

  it('HEAD of an endpoint without side effects answers like GET', async () => {
    for (const path of ['/.well-known/jwks.json', '/.well-known/openid-configuration', '/u/style.css'])
      expect((await fetch(`${t.tenant.origin}${path}`, { method: 'HEAD' })).status).toBe(200);
  });

  it('an unknown path answers 404', async () => {
    expect((await t.get('/oauth/nothing')).status).toBe(404);
  });

  it('an invalid percent-encoding in a path answers 400', async () => {
    const deleted = await fetch(`${t.tenant.origin}/mfa/authenticators/%zz`, { method: 'DELETE' });
    expect(deleted.status).toBe(400);
  });

  it('a second question mark belongs to the value', async () => {
    const answer = await t.get(
      `/authorize?client_id=asking&response_type=code&scope=openid&prompt=none&redirect_uri=${oddCallback}`,
    );
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toMatch(
      /^http:\/\/localhost:4799\/callback\?a=1\?b=2&error=login_required/,
    );
  });

  describe('grants', () => {
    it.each([
      'urn:openid:params:grant-type:ciba',
      'urn:ietf:params:oauth:grant-type:jwt-bearer',
      'magic',
      '__proto__',
      'constructor',
    ])('%s is not supported: 403 unsupported_grant_type', async (grant_type) => {
      const answer = await t.token('strict', { grant_type });
      expect(answer.status).toBe(403);
      expect(answer.json).toEqual({
        error: 'unsupported_grant_type',
        error_description: `Unsupported grant type: ${grant_type}`,
      });
    });

    it('a token exchange without a profile answers 400 with Auth0’s message', async () => {
      const subject = { subject_token: 'a', subject_token_type: 'urn:acme:legacy' };
      const answer = await t.token('exchanging', { grant_type: exchange, ...subject });
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual({
        error: 'invalid_request',
        error_description: 'Invalid subject_token_type and requested_token_type combination.',
      });
      expect(answer.headers.get('x-tenant-hint')).toMatch(/Custom Token Exchange/);
      expect(t.logTypes().at(-1)).toBe('fecte');
    });

    it('a missing subject token answers invalid_request, a client without the grant type unauthorized_client', async () => {
      const missing = await t.token('exchanging', { grant_type: exchange, subject_token: 'a' });
      expect(missing.json.error_description).toMatch(/subject_token_type/);
      const refused = await t.token('strict', { grant_type: exchange, subject_token: 'a' });
      expect([refused.status, refused.json.error]).toEqual([403, 'unauthorized_client']);
    });
  });
});

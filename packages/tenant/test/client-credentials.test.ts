import { decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from './support/seed.ts';
import {
  type Answer,
  claimsOf,
  startTestTenant,
  stores,
  type TestTenant,
  textOf,
} from './support/start-test-tenant.ts';

describe.each(stores)('client credentials on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store);
  });
  afterAll(() => t.close());

  const ask = (parameters: Record<string, unknown> = {}, client = 'courier'): Promise<Answer> =>
    t.token(client, { grant_type: 'client_credentials', audience: api, ...parameters });
  const machine = (audience: string, more: object = {}) => ask({ audience, ...more }, 'machine');

  it('CC01: a granted client gets a token with exactly these claims', async () => {
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ token_type: 'Bearer', expires_in: 86_400 });
    const { iat, exp, ...claims } = claimsOf(answer);
    expect(claims).toEqual({
      iss: t.tenant.issuer,
      sub: 'courier@clients',
      aud: api,
      azp: 'courier',
      gty: 'client-credentials',
      scope: 'geocode:location reverse-geocode:location directions',
    });
    expect(Number(exp) - Number(iat)).toBe(86_400);
    const header = decodeProtectedHeader(textOf(answer, 'access_token'));
    expect(header).toEqual({ alg: 'RS256', typ: 'JWT', kid: t.tenant.context.keys.current().kid });
    await jwtVerify(textOf(answer, 'access_token'), t.tenant.context.keys.current().publicKey);
  });

  it('a token response carries no-store and the rate limit', async () => {
    const { headers } = await ask();
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toContain('application/json');
    expect(headers.get('x-auth0-requestid')).toMatch(/^[0-9a-f]{20}$/);
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThan(
      Number(headers.get('x-ratelimit-limit')),
    );
    const resetMs = Number(headers.get('x-ratelimit-reset')) * 1000;
    expect(resetMs - t.clock.now()).toBeGreaterThan(0);
    expect(resetMs - t.clock.now()).toBeLessThanOrEqual(60_000);
  });

  it.each([
    ['CC02: a wrong secret', { client_secret: 'wrong' }],
    ['CC02: no secret', { client_secret: undefined }],
    ['CC03: an unknown client', { client_id: 'nobody' }],
  ])('%s answers 401 access_denied "Unauthorized"', async (_name, parameters) => {
    const answer = await ask(parameters);
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({ error: 'access_denied', error_description: 'Unauthorized' });
  });

  it('CC04: an unknown audience answers 403 access_denied', async () => {
    const answer = await ask({ audience: 'urn:unknown' });
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      error: 'access_denied',
      error_description: 'Service not enabled within domain: urn:unknown',
    });
    expect(answer.headers.get('x-tenant-hint')).toContain('Identifier equals the audience');
  });

  it.each(['urn:organizer', 'urn:users-only'])(
    'CC05: no client grant for %s answers 403',
    async (audience) => {
      const answer = await machine(audience);
      expect(answer.status).toBe(403);
      expect(answer.json.error).toBe('access_denied');
      expect(answer.json.error_description).toContain(`Client is not authorized to access "${audience}"`);
      expect(answer.json.error_description).toContain('client-grant');
    },
  );

  it('a missing audience without a default one answers 403 access_denied', async () => {
    const answer = await ask({ audience: undefined });
    expect(answer.status).toBe(403);
    expect(answer.json.error_description).toMatch(/^No audience parameter was provided/);
  });

  it('CC06: a form, JSON, and HTTP Basic with special characters in the secret all work', async () => {
    const { client_id, client_secret = '' } = t.tenant.credentials('machine') ?? { client_id: '' };
    const parameters = { grant_type: 'client_credentials', audience: api };
    const secret = encodeURIComponent(client_secret);
    const basic = `Basic ${Buffer.from(`${client_id}:${secret}`).toString('base64')}`;
    const answers = await Promise.all([
      t.post('/oauth/token', { ...parameters, client_id, client_secret }),
      t.post('/oauth/token', new URLSearchParams({ ...parameters, client_id, client_secret })),
      t.post('/oauth/token', parameters, { authorization: basic }),
      t.post('/oauth/token', { ...parameters, client_id }, { authorization: basic }),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200, 200]);
  });

  it('a Basic client id that contradicts the body answers 401', async () => {
    const basic = `Basic ${Buffer.from('machine:x').toString('base64')}`;
    const answer = await t.post(
      '/oauth/token',
      { grant_type: 'client_credentials', audience: api, client_id: 'other' },
      { authorization: basic },
    );
    expect(answer.status).toBe(401);
  });

  it.each(['strict', 'public'])('CC07: the grant is refused to %s', async (client) => {
    const answer = await ask({}, client);
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      error: 'unauthorized_client',
      error_description: "Grant type 'client_credentials' not allowed for the client.",
      error_uri: 'https://auth0.com/docs/clients/client-grant-types',
    });
  });

  it('CC08: a scope beyond the grant answers 403 and names it', async () => {
    const answer = await machine(api, { scope: 'geocode:location directions' });
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      error: 'access_denied',
      error_description: 'Client has not been granted scopes: directions',
    });
  });

  it('a scope within the grant is granted alone', async () => {
    const answer = await ask({ scope: 'directions' });
    expect(claimsOf(answer).scope).toBe('directions');
    expect(answer.json.scope).toBe('directions');
  });

  it('a scope that is not a string answers 400 invalid_scope', async () => {
    const answer = await ask({ scope: { a: 1 } });
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: 'invalid_scope',
      error_description: 'Scope must be an array or a string',
    });
  });

  it('a grant without scopes gives a token without a scope claim', async () => {
    const answer = await machine('urn:online');
    expect(answer.status).toBe(200);
    expect(answer.json).not.toHaveProperty('scope');
    expect(claimsOf(answer)).not.toHaveProperty('scope');
  });

  it('with RBAC and an authz dialect the permissions are those of the grant', async () => {
    expect(claimsOf(await machine('urn:rbac')).permissions).toEqual(['read:x']);
  });

  it('the rfc9068 dialect has client_id and jti, but neither azp nor gty', async () => {
    const answer = await machine('https://rfc9068.example/');
    const claims = claimsOf(answer);
    expect(claims).toMatchObject({ client_id: 'machine', permissions: ['read'] });
    expect(claims.jti).toBeTypeOf('string');
    expect(claims).not.toHaveProperty('azp');
    expect(claims).not.toHaveProperty('gty');
    expect(decodeProtectedHeader(textOf(answer, 'access_token')).typ).toBe('at+jwt');
  });

  it('an HS256 API gets tokens signed with its own secret', async () => {
    const token = textOf(await machine('urn:hs256'), 'access_token');
    const secret = new TextEncoder().encode('a secret that only the API knows');
    const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] });
    expect(payload.scope).toBe('read');
  });

  it('a PS256 API gets PS256 tokens of the current key, with all its scopes if the grant allows all', async () => {
    const token = textOf(await machine('urn:ps256'), 'access_token');
    const key = t.tenant.context.keys.current().publicKey;
    const { payload } = await jwtVerify(token, key, { algorithms: ['PS256'] });
    expect(payload.scope).toBe('read');
  });

  it('the Management API is accepted as an audience', async () => {
    const audience = `${t.tenant.issuer}api/v2/`;
    const answer = await ask({ audience }, 'management');
    expect(claimsOf(answer).aud).toBe(audience);
    expect(textOf(answer, 'scope').split(' ')).toEqual(
      expect.arrayContaining(['read:users', 'update:clients']),
    );
  });

  it('success and failure are logged under Auth0 codes, with client and reason', async () => {
    await ask();
    await ask({ client_secret: 'wrong' });
    const [good, bad] = t.tenant.context.log.list().slice(-2);
    expect(good).toMatchObject({ type: 'seccft', client_id: 'courier', audience: api });
    expect(bad).toMatchObject({ type: 'feccft', description: 'Unauthorized' });
  });
});

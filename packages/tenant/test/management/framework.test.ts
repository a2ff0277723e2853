import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory, password } from '../support/seed.ts';
import { claimsOf, fresh, stores, textOf } from '../support/start-test-tenant.ts';

describe.each(stores)('the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
  const newUser = (email = `${fresh()}@example.com`) => ({ connection: directory, email, password });

  it("Auth0's own client creates a user and reads it", async () => {
    const made = await t.management.users.create(newUser());
    expect(made.user_id).toMatch(/^auth0\|[0-9a-f]{24}$/);
    expect(await t.management.users.get(made.user_id ?? '')).toEqual(made);
  });

  it('a call without a token answers 401 Missing authentication', async () => {
    const answer = await t.manage('GET', '/users', undefined, { authorization: '' });
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({
      statusCode: 401,
      error: 'Unauthorized',
      message: 'Missing authentication',
    });
    expect(answer.headers.get('content-type')).toContain('application/json');
  });

  it('the caller is authorized before the input is read', async () => {
    const json = { 'content-type': 'application/json' };
    const anonymous = await t.manage('POST', '/users', '{', { ...json, authorization: '' });
    expect(anonymous.json).toMatchObject({ statusCode: 401, message: 'Missing authentication' });
    const reader = await t.managementToken('read:users');
    const large = `{"email":"${'x'.repeat(1_100_000)}"}`;
    for (const [body, type] of [
      ['{', 'application/json'],
      [large, 'application/json'],
      ['x', 'text/plain'],
    ] as const) {
      const answer = await t.manage('POST', '/users', body, { ...bearer(reader), 'content-type': type });
      expect(answer.json).toMatchObject({ statusCode: 403, errorCode: 'insufficient_scope' });
    }
  });

  it('a path with an invalid percent-encoding answers 400 invalid_uri', async () => {
    const answer = await t.manage('GET', '/users/%ff');
    expect(answer.json).toMatchObject({ statusCode: 400, errorCode: 'invalid_uri' });
  });

  it('a scheme other than Bearer answers 400', async () => {
    const answer = await t.manage('GET', '/users', undefined, { authorization: 'Basic YTpi' });
    expect(answer.json).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: 'Bad HTTP authentication header format',
      errorCode: 'Bearer',
    });
  });

  it.each(['garbage', 'a.b.c'])('the token %s answers 401 Invalid token', async (token) => {
    const answer = await t.manage('GET', '/users', undefined, bearer(token));
    expect(answer.status).toBe(401);
    expect(answer.json).toMatchObject({ message: 'Invalid token', attributes: { error: 'Invalid token' } });
  });

  it('a token whose signature was changed answers 401', async () => {
    const [header, payload] = (await t.managementToken()).split('.');
    const other = (await t.managementToken('read:roles')).split('.')[2];
    const answer = await t.manage('GET', '/users', undefined, bearer(`${header}.${payload}.${other}`));
    expect(answer.json).toMatchObject({ statusCode: 401, message: 'Invalid token' });
  });

  it('a token for another API answers 401 Bad audience', async () => {
    const answer = await t.token('machine', {
      grant_type: 'client_credentials',
      audience: 'urn:maps',
    });
    expect(claimsOf(answer).aud).toBe('urn:maps');
    const refused = await t.manage('GET', '/users', undefined, bearer(textOf(answer, 'access_token')));
    expect(refused.json).toMatchObject({ statusCode: 401, message: 'Bad audience: urn:maps' });
    expect(refused.headers.get('x-tenant-hint')).toContain('api/v2');
  });

  it('a token without the scope answers 403 insufficient_scope', async () => {
    const token = await t.managementToken('read:clients');
    const answer = await t.manage('GET', '/users', undefined, bearer(token));
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({
      statusCode: 403,
      error: 'Forbidden',
      message: 'Insufficient scope, expected any of: read:users',
      errorCode: 'insufficient_scope',
    });
  });

  it.each([
    [{ email: 'a@example.com', password }, `'Missing required property: connection'`],
    [{ connection: 1 }, `'Expected type string but found type number' on property connection`],
    [{ ...newUser(), email: 'no' }, `'Object didn't pass validation for format email' on property email`],
    [{ ...newUser(), colour: 'red' }, `'Additional properties not allowed: colour'`],
    [[], `'Expected type object but found type array'`],
  ])('the body %j answers 400 invalid_body', async (body, reason) => {
    const answer = await t.manage('POST', '/users', body);
    expect(answer.json).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: `Payload validation error: ${reason}.`,
      errorCode: 'invalid_body',
    });
  });

  it.each([
    ['{"email":', 400],
    ['"text"', 400],
    [`{"email":"${'x'.repeat(1_100_000)}"}`, 413],
  ])('a malformed body answers in the same shape (%#)', async (body, status) => {
    const answer = await t.manage('POST', '/users', body, { 'content-type': 'application/json' });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject({ statusCode: status, error: expect.any(String) });
  });

  it('a form answers 415', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const answer = await t.manage('POST', '/users', 'connection=x', form);
    expect(answer.json).toMatchObject({ statusCode: 415, error: 'Unsupported Media Type' });
  });

  it.each([
    ['GET', '/nothing'],
    ['PUT', '/users'],
    ['GET', ''],
  ])('%s %j is unknown and answers 404', async (method, path) => {
    const answer = await t.manage(method, path);
    expect(answer.status).toBe(404);
    expect(answer.json).toEqual({ statusCode: 404, error: 'Not Found', message: 'Not Found' });
  });

  it('responses carry the rate limit and no-store', async () => {
    const { headers } = await t.manage('GET', '/users');
    expect(Number(headers.get('x-ratelimit-remaining'))).toBeLessThan(
      Number(headers.get('x-ratelimit-limit')),
    );
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it("with Auth0's limits, too many calls answer 429 with the reset time", async () => {
    const startedS = Math.floor(t.clock.now() / 1000);
    const strict = await startManagedTenant(store, { rate_limits: 'auth0' });
    const answers = await Promise.all(Array.from({ length: 60 }, () => strict.manage('GET', '/roles')));
    await strict.close();
    const refused = answers.find(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(10);
    expect(refused?.json).toEqual({
      statusCode: 429,
      error: 'Too Many Requests',
      message: 'Global limit has been reached',
      errorCode: 'too_many_requests',
    });
    expect(refused?.headers.get('x-ratelimit-remaining')).toBe('0');
    expect(Number(refused?.headers.get('x-ratelimit-reset'))).toBeGreaterThan(startedS);
  });

  it('a list is a bare array, and with include_totals an object; past the end it is empty', async () => {
    const all = JSON.parse((await t.manage('GET', '/users')).text) as object[];
    const total = all.length;
    expect(total).toBeGreaterThan(3);
    const second = await t.manage('GET', '/users?page=1&per_page=2&include_totals=true');
    expect(second.json).toEqual({ start: 2, limit: 2, length: 2, total, users: all.slice(2, 4) });
    const past = await t.manage('GET', '/users?page=9&per_page=50&include_totals=true');
    expect(past.json).toEqual({ start: 450, limit: 50, length: 0, total, users: [] });
    expect((await t.manage('GET', '/users?page=9&per_page=50')).text).toBe('[]');
  });

  it("Auth0's own client reads a list to its end, page by page", async () => {
    const seen: string[] = [];
    const users = await t.management.users.list({ per_page: 2 });
    for await (const user of users) seen.push(user.user_id ?? '');
    expect(seen).toEqual(t.stored.users.list().map((user) => user.user_id));
  });

  it.each([
    ['per_page=101', `'Value is greater than maximum 100' on property per_page`],
    ['page=-1', `'Expected type integer but found type string' on property page`],
    ['page=1&page=2', `'Expected type string but found type array' on property page`],
    ['include_totals=yes', `'Expected type boolean but found type string' on property include_totals`],
  ])('the query %s answers 400 invalid_query_string', async (query, reason) => {
    const answer = await t.manage('GET', `/users?${query}`);
    expect(answer.json).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: `Query validation error: ${reason}.`,
      errorCode: 'invalid_query_string',
    });
  });

  it('fields are included or excluded', async () => {
    const id = encodeURIComponent('auth0|ann-id');
    const some = await t.manage('GET', `/users/${id}?fields=user_id,email`);
    expect(some.json).toEqual({ user_id: 'auth0|ann-id', email: 'ann@example.com' });
    const others = await t.manage('GET', `/users/${id}?fields=email,identities&include_fields=false`);
    expect(Object.keys(others.json)).toContain('user_id');
    expect(Object.keys(others.json)).not.toContain('email');
  });

  it('a write is logged as sapi, a refused one as fapi, a read not at all', async () => {
    const before = t.logTypes().length;
    await t.management.users.create(newUser());
    await t.manage('POST', '/users', {});
    await t.manage('GET', '/users');
    const entries = t.tenant.context.log.list().slice(before);
    const api = entries.filter(({ type }) => type.endsWith('api'));
    expect(api.map(({ type }) => type)).toEqual(['sapi', 'fapi']);
    expect(api[0]).toMatchObject({ description: 'Create a User', client_id: 'management' });
  });
});

import supertest from 'supertest';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signInUser, watchTenant } from '../session/support/person.ts';
import { eventually } from '../support/eventually.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;
const user = { email: 'linus@example.com', password: 'Correct-Horse-9' };

beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false', TENANT_TIMEOUT_MS: '500' });
  await supertest(world.url).post('/v1/auth/signup').send(user);
});
afterAll(() => world.close());
afterEach(() => setFaults([]));

async function setFaults(faults: readonly object[]): Promise<void> {
  const response = await fetch(`${world.tenant.origin}/_tenant/faults`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(faults),
  });
  expect(response.ok).toBe(true);
}

const tokenFault = (fault: object) =>
  setFaults([{ method: 'POST', path: '^/oauth/token$', times: 50, ...fault }]);
const json = { 'content-type': 'application/json' };
const signIn = (url = world.url) => supertest(url).post('/v1/auth/signin').send(user);

describe('a response of the tenant at sign-in, and that of the gateway', () => {
  it.each([
    [
      'a wrong password',
      403,
      { error: 'invalid_grant', error_description: 'canary' },
      401,
      'invalid_credentials',
    ],
    ['a second factor wanted', 403, { error: 'mfa_required', mfa_token: 'canary' }, 403, 'mfa_required'],
    ['a blocked user', 401, { error: 'unauthorized', error_description: 'canary' }, 403, 'user_blocked'],
    ['a leaked password', 401, { error: 'password_leaked' }, 403, 'password_leaked'],
    [
      'a refusing Action',
      403,
      { error: 'access_denied', error_description: 'canary, they say' },
      403,
      'access_denied',
    ],
    [
      'a refusing Action, as Auth0 answers it',
      500,
      { error: 'access_denied', error_description: 'Canary' },
      403,
      'access_denied',
    ],
    ['a suspicious request', 401, { error: 'requires_verification' }, 403, 'access_denied'],
    [
      'a refused sign-up behind a code by mail',
      400,
      { error: 'extensibility_error', error_description: `canary${'y'.repeat(60)}` },
      403,
      'access_denied',
    ],
    ['too many attempts', 429, { error: 'too_many_attempts' }, 429, 'too_many_attempts'],
    ['too many logins', 429, { error: 'too_many_logins' }, 429, 'too_many_attempts'],
    ['a rate limit', 429, { error: 'too_many_requests' }, 429, 'rate_limited'],
    [
      'a wrong secret of the gateway',
      401,
      { error: 'access_denied', error_description: 'Unauthorized' },
      502,
      'tenant_misconfigured',
    ],
    ['a grant that is off', 403, { error: 'unauthorized_client' }, 502, 'tenant_misconfigured'],
    ['an unknown client of the gateway', 401, { error: 'invalid_client' }, 502, 'tenant_misconfigured'],
    [
      'a missing directory',
      500,
      { error: 'server_error', error_description: 'canary' },
      502,
      'tenant_misconfigured',
    ],
    ['an unknown audience', 400, { error: 'invalid_request' }, 502, 'tenant_misconfigured'],
    ['an unknown error', 418, { error: 'canary teapot prose' }, 502, 'tenant_error'],
    ['a success without a token', 200, { token_type: 'Bearer' }, 502, 'tenant_error'],
    ['an array', 200, [], 502, 'tenant_error'],
    ['null', 400, null, 502, 'tenant_error'],
    ['503', 503, {}, 503, 'tenant_unavailable'],
  ])('%s', async (_what, status, body, ourStatus, code) => {
    await tokenFault({ status, headers: json, body, times: 1 });
    const response = await signIn();
    expect(response.body).toMatchObject({ status: ourStatus, code });
    expect(JSON.stringify(response.body)).not.toContain('canary');
    if (ourStatus === 429 || ourStatus === 503)
      expect(Number(response.headers['retry-after'])).toBeGreaterThan(0);
    expect(world.logText()).not.toContain('canary');
  });

  it.each([
    ['an error that is no answer', 500, { error: 'temporarily_unavailable' }],
    ['no word at all', 500, {}],
    ['a denial that is none', 502, { error: 'access_denied' }],
    ['maintenance', 503, { error: 'access_denied' }],
  ])('%s with 5xx is an outage', async (_what, status, body) => {
    await tokenFault({ status, headers: json, body, times: 1 });
    expect((await signIn()).body).toMatchObject({ status: 503, code: 'tenant_unavailable' });
  });

  it('mfa_required has a sealed handle, its lifetime and the factors', async () => {
    const body = {
      error: 'mfa_required',
      mfa_token: 'canary',
      mfa_requirements: { challenge: [{ type: 'otp' }] },
    };
    await tokenFault({ status: 403, headers: json, body, times: 1 });
    const response = await signIn();
    expect(response.body).toMatchObject({ expires_in: 300, factors: [{ type: 'otp', enrolled: true }] });
    expect(response.body.mfa_handle).toMatch(/^[\w-]{60,}$/);
    expect(Buffer.from(response.body.mfa_handle, 'base64url').toString('latin1')).not.toContain('canary');
  });

  it.each([
    ['HTML', { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['HTML with an error status', { status: 403, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['broken JSON', { status: 200, headers: json, body: '{"access_token":' }],
    ['300 kB of JSON', { status: 200, headers: json, body: { access_token: 'a'.repeat(300_000) } }],
  ])('%s is 502 tenant_error', async (_what, fault) => {
    await tokenFault({ ...fault, times: 1 });
    expect((await signIn()).body).toMatchObject({ status: 502, code: 'tenant_error' });
  });

  it.each([
    ['in HTML', { headers: { 'content-type': 'text/html', 'retry-after': '7' }, body: '<html>' }],
    [
      'of 400 kB',
      { headers: { 'content-type': 'text/html', 'retry-after': '7' }, body: 'x'.repeat(400_000) },
    ],
  ])('a 429 %s is still 429, with its Retry-After', async (_what, fault) => {
    await tokenFault({ status: 429, ...fault, times: 1 });
    const response = await signIn();
    expect(response.body).toMatchObject({ status: 429, code: 'rate_limited', retry_after: 7 });
  });

  it.each([
    ['in seconds', { 'retry-after': '120' }, 120],
    ['as a date', { 'retry-after': new Date(120_000).toUTCString(), date: new Date(0).toUTCString() }, 120],
    ['for a fraction', { 'retry-after': '0.5' }, 1],
    ['for longer than a day', { 'retry-after': '9999999' }, 86_400],
    ['not at all', {}, 5],
    ['in words', { 'retry-after': 'soon' }, 5],
    ['for no time', { 'retry-after': '0' }, 5],
  ])('the wait of a 503, %s, is returned', async (_what, headers, seconds) => {
    await tokenFault({ status: 503, headers, times: 1 });
    const response = await signIn();
    expect(response.body).toMatchObject({ status: 503, code: 'tenant_unavailable', retry_after: seconds });
    expect(response.headers['retry-after']).toBe(String(seconds));
    await tokenFault({ status: 503, headers, times: 1 });
    const machine = await supertest(world.url)
      .post('/v1/oauth/token')
      .type('form')
      .send({ grant_type: 'client_credentials', ...world.tenant.credentials('gift-deliveries') });
    expect([machine.status, machine.body.error]).toEqual([503, 'temporarily_unavailable']);
    expect(machine.headers['retry-after']).toBe(String(seconds));
  });

  it('a 503 of 400 kB is still 503', async () => {
    await tokenFault({
      status: 503,
      headers: { 'content-type': 'text/html' },
      body: 'x'.repeat(400_000),
      times: 1,
    });
    expect((await signIn()).body).toMatchObject({ status: 503, code: 'tenant_unavailable' });
  });

  it.each([
    ['a fraction of seconds', 3600.5, 200],
    ['for an implausible lifetime', 1e20, 502],
    ['not at all', 0, 502],
  ])('a token that lives %s', async (_what, expires_in, status) => {
    const body = { access_token: 'a', token_type: 'Bearer', expires_in };
    await tokenFault({ status: 200, headers: json, body, times: 1 });
    const response = await signIn();
    expect(response.status).toBe(status);
    if (status === 200) expect(response.body.expires_in).toBe(3600);
  });

  it('a tenant that is slower than the budget is 504 tenant_timeout, at the budget', async () => {
    await tokenFault({ delay_ms: 3000, times: 1 });
    const startedAt = performance.now();
    expect((await signIn()).body).toMatchObject({ status: 504, code: 'tenant_timeout' });
    expect(performance.now() - startedAt).toBeLessThan(2000);
  });

  it('a connection that is reset is 503 tenant_unavailable', async () => {
    await tokenFault({ reset: true, times: 1 });
    expect((await signIn()).body).toMatchObject({ status: 503, code: 'tenant_unavailable' });
  });
});

describe('a response of the tenant at sign-up, and that of the gateway', () => {
  it.each([
    [
      'a dictionary word',
      { name: 'PasswordDictionaryError', code: 'invalid_password', description: 'x', statusCode: 400 },
      422,
      'weak_password',
      'dictionary',
    ],
    [
      'personal data',
      { name: 'PasswordNoUserInfoError', code: 'invalid_password', statusCode: 400 },
      422,
      'weak_password',
      'personal_info',
    ],
    [
      'a reused one',
      { name: 'PasswordHistoryError', code: 'invalid_password', statusCode: 400 },
      422,
      'weak_password',
      'history',
    ],
    ['a leaked one', { code: 'password_leaked', statusCode: 400 }, 422, 'weak_password', 'leaked'],
    ['an existing user', { code: 'user_exists', statusCode: 400 }, 409, 'user_exists', undefined],
    ['an existing user name', { code: 'username_exists', statusCode: 400 }, 409, 'user_exists', undefined],
    ['closed sign-up', { error: 'public signup is disabled' }, 403, 'signup_disabled', undefined],
    [
      'a missing user name',
      {
        error:
          'missing username for Username-Password-Authentication connection with requires_username enabled',
      },
      422,
      'username_required',
      undefined,
    ],
    [
      'a disabled connection',
      { error: 'connection is disabled (client_id: x - connection: y)' },
      502,
      'tenant_misconfigured',
      undefined,
    ],
    [
      'a refusing Action',
      {
        name: 'InternalExtensibilityError',
        code: 'extensibility_error',
        message: 'corporate_mail_only',
        friendly_message: 'Use the address of your company.',
        description: 'corporate_mail_only',
        fromSandbox: true,
        statusCode: 400,
      },
      403,
      'access_denied',
      'corporate_mail_only',
    ],
    ['a refusing hook', { code: 'hook_error', description: 'No: canary.' }, 403, 'access_denied', undefined],
    ['bot detection', { code: 'requires_verification' }, 403, 'access_denied', undefined],
    ['bot detection, in OAuth words', { error: 'requires_verification' }, 403, 'access_denied', undefined],
    [
      'a message similar to disabled sign-up',
      { error: 'public signup is disabled, said the canary' },
      502,
      'tenant_error',
      undefined,
    ],
  ])('%s', async (_what, body, status, code, reason) => {
    await setFaults([
      { method: 'POST', path: '^/dbconnections/signup$', status: 400, headers: json, body, times: 1 },
    ]);
    const response = await supertest(world.url)
      .post('/v1/auth/signup')
      .send({ ...user, email: 'x@example.com' });
    expect(response.body).toMatchObject({ status, code });
    expect(response.body.reason).toBe(reason);
    expect(JSON.stringify(response.body)).not.toContain('canary');
  });
});

it('invalid fields in the response to a sign-up are omitted', async () => {
  const body = {
    _id: 'a'.repeat(24),
    email_verified: 'no',
    family_name: null,
    username: 5,
    user_metadata: null,
  };
  await setFaults([
    { method: 'POST', path: '^/dbconnections/signup$', status: 200, headers: json, body, times: 1 },
  ]);
  const response = await supertest(world.url)
    .post('/v1/auth/signup')
    .send({ ...user, email: 'odd@example.com' });
  expect(response.status).toBe(201);
  expect(response.body.user).toEqual({
    id: `auth0|${'a'.repeat(24)}`,
    email: 'odd@example.com',
    email_verified: false,
  });
});

it('password rules named like built-in members of objects get the gateway’s text', async () => {
  const rules = ['constructor', 'toString', 'lengthAtLeast'].map((code) => ({
    code,
    verified: false,
    format: ['CANARY', 9],
    message: 'CANARY',
  }));
  const body = {
    name: 'PasswordStrengthError',
    code: 'invalid_password',
    description: { rules, verified: false },
    statusCode: 400,
  };
  await setFaults([
    { method: 'POST', path: '^/dbconnections/signup$', status: 400, headers: json, body, times: 1 },
  ]);
  const response = await supertest(world.url)
    .post('/v1/auth/signup')
    .send({ ...user, email: 'odd2@example.com' });
  expect(response.body.rules.map(({ message }: { message: string }) => message)).toEqual([
    'A rule of this account store',
    'A rule of this account store',
    'At least 9 characters',
  ]);
});

describe('an Action that denies a user with a one-word reason', () => {
  const denial = { error: 'access_denied', error_description: 'email_not_verified' };
  const auditOf = (event: string) => world.lines.findLast((line) => line['event'] === event);

  it.each([403, 500])(
    'with %i has its reason at sign-in, in the response, the log and the audit event',
    async (status) => {
      await tokenFault({ status, headers: json, body: denial, times: 1 });
      const response = await signIn();
      expect(response.body).toMatchObject({
        status: 403,
        code: 'access_denied',
        reason: 'email_not_verified',
      });
      expect(response.headers['retry-after']).toBeUndefined();
      expect(auditOf('auth.signin.failed')?.['reason']).toBe('access_denied: email_not_verified');
      const line = world.lines.findLast(({ request_id }) => request_id === response.headers['x-request-id']);
      expect(line).toMatchObject({ code: 'access_denied', reason: 'email_not_verified' });
    },
  );

  it('has its reason in the response to a refresh of tokens', async () => {
    await tokenFault({ status: 500, headers: json, body: denial, times: 1 });
    const response = await supertest(world.url).post('/v1/auth/refresh').send({ refresh_token: 'x' });
    expect(response.body).toMatchObject({ status: 403, code: 'access_denied', reason: 'email_not_verified' });
    expect(auditOf('auth.refresh.failed')?.['reason']).toBe('access_denied: email_not_verified');
  });

  it('ends a session at its refresh with the refresh token, and never opens the breaker', async () => {
    const browser = await signInUser(world.url, 'denied@example.com');
    const tenant = watchTenant(world);
    await tokenFault({ status: 500, headers: json, body: denial, times: 50 });
    const ended = await browser.send('POST', '/v1/auth/refresh');
    expect([ended.status, ended.body.code]).toEqual([401, 'session_expired']);
    expect((await browser.send('GET', '/v1/auth/session')).body).toEqual({ authenticated: false });
    expect(auditOf('auth.refresh.failed')?.['reason']).toBe('access_denied: email_not_verified');
    await eventually(tenant.revocations).toBe(1);
    const answers = await Promise.all(Array.from({ length: 30 }, () => signIn()));
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['access_denied']));
    await setFaults([]);
    expect((await signIn()).status).toBe(200);
  });
});

describe('an outage of the tenant', () => {
  it('includes the wait in the bulkhead in the timeout', async () => {
    const env = { RATE_LIMIT_ENABLED: 'false', TENANT_TIMEOUT_MS: '3000' };
    const under = await startGatewayUnderTest(env, world.link, world.clock);
    await tokenFault({ delay_ms: 2400, times: 1000 });
    const calls = Array.from({ length: 200 }, () =>
      supertest(under.url).post('/v1/auth/refresh').send({ refresh_token: 'x' }),
    );
    const statuses = (await Promise.all(calls)).map(({ status }) => status);
    // 128 calls run in parallel; a call that waits 2,400 ms has too little of the 3,000 ms left. How many wait depends
    // on how fast the calls arrive.
    expect(statuses.filter((status) => status === 504).length).toBeGreaterThan(0);
    await under.close();
  });

  it('opens the breaker: sign-ins fail immediately, bearer routes keep working, and recovery closes it within 10 s', async () => {
    const under = await startGatewayUnderTest(
      { RATE_LIMIT_ENABLED: 'false', TENANT_TIMEOUT_MS: '2000' },
      world.link,
      world.clock,
    );
    const { body } = await signIn(under.url);
    const call = () =>
      supertest(under.url)
        .get('/api/location/geocode')
        .query({ q: 'Oslo' })
        .set({ Authorization: `Bearer ${body.access_token}` });
    expect((await call()).status).toBe(200);
    await tokenFault({ delay_ms: 8000, times: 1000 });
    const slow = await Promise.all(Array.from({ length: 12 }, () => signIn(under.url)));
    // Requests after the breaker has opened fail immediately.
    expect(slow.map(({ status }) => status)).toContain(504);
    expect(slow.every(({ status }) => status === 504 || status === 503)).toBe(true);
    const msOfRefusal = async () => {
      const startedAt = performance.now();
      const { status } = await signIn(under.url);
      return status === 503 ? performance.now() - startedAt : Number.POSITIVE_INFINITY;
    };
    // Every two seconds one of them is a probe, which waits for its response.
    await expect.poll(msOfRefusal, { timeout: 20_000 }).toBeLessThan(1000);
    expect((await call()).status).toBe(200);
    await setFaults([]);
    await expect
      .poll(async () => (await signIn(under.url)).status, { timeout: 10_000, interval: 500 })
      .toBe(200);
    await under.close();
  });
});

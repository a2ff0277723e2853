import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startGatewayUnderTest } from '../../support/gateway.ts';
import type { World } from '../../support/world.ts';
import { addPerson, allFactors, createCaller, nextTotp, setFaults, startMfaWorld } from './support.ts';

let world: World;
let caller: ReturnType<typeof createCaller>;
let handle: string;
beforeAll(async () => {
  world = await startMfaWorld({ TENANT_TIMEOUT_MS: '1000' });
  caller = createCaller(world.url);
  handle = await caller.begin(await addPerson(world, allFactors));
});
afterEach(() => setFaults(world, []));
afterAll(() => world.close());

const json = { 'content-type': 'application/json' };

const calls = {
  authenticators: ['GET', '/mfa/authenticators', () => caller.authenticators(handle)],
  associate: ['POST', '/mfa/associate', () => caller.associate(handle, { type: 'otp' })],
  challenge: ['POST', '/mfa/challenge', () => caller.challenge(handle, { type: 'otp' })],
  send: ['POST', '/mfa/challenge', () => caller.challenge(handle, { type: 'sms' })],
  verify: ['POST', '/oauth/token', () => caller.verify(handle, { otp: '123456' })],
  answer: ['POST', '/oauth/token', () => caller.verify(handle, { oob_code: 'x' })],
} as const;
type Call = keyof typeof calls;

const every = (Object.keys(calls) as Call[]).map((name) => [name] as const);

async function faulty(name: Call, fault: object) {
  const [method, path, send] = calls[name];
  await setFaults(world, [{ method, path: `^${path}$`, ...fault }]);
  return send();
}

const words = (error: string) => ({ error, error_description: 'canary, they say' });

describe('a response of the tenant, and that of the gateway', () => {
  it.each<[Call, string, number, object, number, string]>([
    ['authenticators', 'a token of nobody', 401, words('invalid_grant'), 401, 'mfa_expired'],
    ['authenticators', 'a token that is over', 401, words('expired_token'), 401, 'mfa_expired'],
    ['associate', 'a token that is over', 401, words('expired_token'), 401, 'mfa_expired'],
    ['associate', 'enrolled already', 403, words('access_denied'), 403, 'mfa_already_enrolled'],
    ['associate', 'a factor that is off', 400, words('unsupported_challenge_type'), 400, 'validation_failed'],
    ['associate', 'a number that is none', 400, words('invalid_request'), 400, 'validation_failed'],
    ['associate', 'our wrong secret', 401, words('access_denied'), 502, 'tenant_misconfigured'],
    ['challenge', 'a token that is over', 403, words('expired_token'), 401, 'mfa_expired'],
    ['challenge', 'nothing enrolled', 400, words('association_required'), 400, 'validation_failed'],
    ['challenge', 'an authenticator of nobody', 400, words('invalid_request'), 400, 'validation_failed'],
    ['challenge', 'our wrong secret', 401, words('access_denied'), 502, 'tenant_misconfigured'],
    ['send', 'too many messages', 429, words('too_many_attempts'), 429, 'too_many_attempts'],
    ['verify', 'a wrong code', 403, words('invalid_grant'), 401, 'mfa_invalid_code'],
    ['verify', 'a token that is over', 403, words('expired_token'), 401, 'mfa_expired'],
    ['verify', 'too many tries', 429, words('too_many_attempts'), 429, 'too_many_attempts'],
    ['verify', 'a blocked user', 401, words('unauthorized'), 403, 'user_blocked'],
    ['verify', 'a refusing Action', 403, words('access_denied'), 403, 'access_denied'],
    ['verify', 'our wrong secret', 401, words('access_denied'), 502, 'tenant_misconfigured'],
    ['verify', 'a grant that is off', 403, words('unauthorized_client'), 502, 'tenant_misconfigured'],
    ['verify', 'pending, of no push', 400, words('authorization_pending'), 502, 'tenant_error'],
    ['answer', 'a rejected push', 400, words('access_denied'), 403, 'access_denied'],
    ['answer', 'a code of another sign-in', 400, words('invalid_request'), 400, 'validation_failed'],
  ])('%s: %s', async (name, _what, status, body, ourStatus, code) => {
    const answer = await faulty(name, { status, headers: json, body });
    expect(answer).toMatchObject({ status: ourStatus, body: { code } });
    expect(JSON.stringify(answer.body) + world.logText()).not.toContain('canary');
    if (ourStatus === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each(['authorization_pending', 'slow_down'])('answer: %s', async (word) => {
    const answer = await faulty('answer', { status: 400, headers: json, body: words(word) });
    expect(answer).toMatchObject({ status: 202, body: { status: 'pending' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(2);
  });

  it.each(every)('%s: a rate limit is 429', async (name) => {
    const fault = { status: 429, headers: { ...json, 'retry-after': '7' }, body: words('too_many_requests') };
    expect(await faulty(name, fault)).toMatchObject({
      status: 429,
      body: { code: 'rate_limited', retry_after: 7 },
    });
  });

  it.each(every)('%s: an unknown error is 502', async (name) => {
    const fault = { status: 418, headers: json, body: words('canary') };
    const answer = await faulty(name, fault);
    expect(answer).toMatchObject({ status: 502, body: { code: 'tenant_error' } });
    expect(world.logText()).not.toContain('canary');
  });

  it.each(every.filter(([name]) => name !== 'challenge'))(
    '%s: a success that says nothing is 502',
    async (name) => {
      for (const body of [{}, 'text', { secret: 'x', oob_code: 5, access_token: 5 }, [{ id: 5 }]]) {
        const answer = await faulty(name, { status: 200, headers: json, body });
        expect(answer).toMatchObject({ status: 502, body: { code: 'tenant_error' } });
      }
    },
  );

  it('authenticators that this API does not support are omitted', async () => {
    const key = { id: 'webauthn-roaming|dev_1', authenticator_type: 'webauthn-roaming', active: true };
    const app = { id: 'totp|dev_1', authenticator_type: 'otp', active: true, name: null };
    const fault = { status: 200, headers: json, body: [key, app, { ...key, authenticator_type: 'oob' }] };
    const { status, body } = await faulty('authenticators', fault);
    expect(status).toBe(200);
    expect(body).toEqual({ authenticators: [{ id: 'totp|dev_1', type: 'otp', active: true }] });
  });
});

describe('an outage of the tenant', () => {
  /** The response of a gateway without earlier outages: its breaker is closed. */
  async function outage(name: Call, fault: object) {
    const env = { RATE_LIMIT_ENABLED: 'false', TENANT_TIMEOUT_MS: '1000' };
    const under = await startGatewayUnderTest(env, world.link, world.clock);
    const before = caller;
    caller = createCaller(under.url);
    const answer = await faulty(name, fault);
    caller = before;
    await under.close();
    return answer;
  }

  it.each(every)('%s: 503 is 503, with Retry-After', async (name) => {
    const answer = await outage(name, { status: 503 });
    expect(answer).toMatchObject({ status: 503, body: { code: 'tenant_unavailable' } });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it.each(every)('%s: no response within the timeout is 504', async (name) => {
    const answer = await outage(name, { delay_ms: 10_000 });
    expect(answer).toMatchObject({ status: 504, body: { code: 'tenant_timeout' } });
  });
});

it('the tenant receives the user’s address, and the gateway authenticates itself', async () => {
  const person = await addPerson(world, allFactors);
  const own = await caller.begin(person);
  await caller.authenticators(own);
  await caller.challenge(own, { type: 'sms' });
  await caller.send(
    'POST',
    '/v1/auth/mfa/verify',
    { mfa_handle: own, otp: await nextTotp(world, person) },
    { 'auth0-forwarded-for': '6.6.6.6', 'X-Forwarded-For': '6.6.6.6' },
  );
  const requests = (await (await fetch(`${world.tenant.origin}/_tenant/requests`)).json()) as {
    path: string;
    headers: Record<string, string>;
    body?: Record<string, unknown>;
  }[];
  const last = (path: string) => requests.filter((request) => request.path === path).at(-1);
  expect(last('/oauth/token')).toMatchObject({
    headers: { 'auth0-forwarded-for': '127.0.0.1' },
    body: { grant_type: 'http://auth0.com/oauth/grant-type/mfa-otp', client_id: world.link.clientId },
  });
  expect(last('/mfa/challenge')?.body).toMatchObject({
    client_id: world.link.clientId,
    challenge_type: 'oob',
  });
  expect(JSON.stringify(requests)).not.toContain('6.6.6.6');
});

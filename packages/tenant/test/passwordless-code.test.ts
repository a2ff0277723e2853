import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, type FactorTenant, startFactorTenant, statusesOf } from './support/mfa.ts';
import { claimsOf, fresh, stores } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const otpGrant = 'http://auth0.com/oauth/grant-type/passwordless/otp';
const wrongEmail = { error: 'invalid_grant', error_description: 'Wrong email or verification code.' };

describe.each(stores)('passwordless codes on %s', (store) => {
  let t: FactorTenant;
  beforeAll(async () => {
    t = await startFactorTenant(store);
  });
  afterAll(() => t.close());

  const address = () => `${fresh('mail')}@example.com`;
  const start = async (email: string, client = 'factors') => {
    // High enough to avoid the rate limit of starts.
    t.clock.offsetS += 72;
    return t.as(client, '/passwordless/start', { connection: 'email', email, send: 'code' });
  };
  const redeem = (username: string, otp: string, more: object = {}, client = 'factors') =>
    t.token(client, { grant_type: otpGrant, realm: 'email', username, otp, ...more });
  const otherThan = (code: string): string => (code === '111111' ? '222222' : '111111');

  it('PL01: a code is sent, a wrong one answers 403, the right one signs in and creates the user', async () => {
    const email = address();
    const started = await start(email);
    expect(started.status).toBe(200);
    expect(started.json).toEqual({
      _id: expect.stringMatching(/^[0-9a-f]{24}$/),
      email,
      email_verified: false,
    });
    const [mail] = t.tenant.context.inbox.list({ to: email });
    expect(mail).toMatchObject({ kind: 'passwordless_code', code: expect.stringMatching(/^\d{6}$/) });
    const code = t.lastCode(email);
    const refused = await redeem(email, otherThan(code));
    expect(refused.status).toBe(403);
    expect(refused.json).toEqual(wrongEmail);
    const scope = 'openid email geocode:location offline_access';
    const answer = await redeem(email, code, { audience: api, scope });
    expect(answer.status).toBe(200);
    expect(answer.json.scope).toBe(scope);
    expect(claimsOf(answer)).toMatchObject({ sub: `email|${String(started.json._id)}` });
    expect(claimsOf(answer, 'id_token')).toMatchObject({ email, email_verified: true });
    expect(t.logTypes()).toEqual(expect.arrayContaining(['cs', 's', 'f']));
  });

  it('a phone gets its code by text', async () => {
    const phone_number = '+15550100999';
    const started = await t.as('factors', '/passwordless/start', { connection: 'sms', phone_number });
    expect(started.json).toEqual({ _id: expect.any(String), phone_number, phone_verified: false });
    const sms = { realm: 'sms' };
    const refused = await redeem(phone_number, otherThan(t.lastCode(phone_number)), sms);
    expect(refused.json.error_description).toBe('Wrong phone number or verification code.');
    const answer = await redeem(phone_number, t.lastCode(phone_number), { ...sms, scope: 'openid phone' });
    expect(claimsOf(answer, 'id_token')).toMatchObject({ phone_number, phone_number_verified: true });
  });

  it('a second sign-in finds the same user; the address ignores case', async () => {
    const email = address();
    await start(email);
    const first = claimsOf(await redeem(email, t.lastCode(email), { audience: api }));
    await start(email.toUpperCase());
    const second = claimsOf(await redeem(email.toUpperCase(), t.lastCode(email), { audience: api }));
    expect(second.sub).toBe(first.sub);
    expect(t.stored.users.get(String(first.sub))?.logins_count).toBe(2);
  });

  it('a known and an unknown address get the same response', async () => {
    const email = address();
    const [before] = [await start(email)];
    await redeem(email, t.lastCode(email));
    const after = await start(email);
    expect(after.text).toBe(before.text);
  });

  it('of parallel uses of one code one succeeds', async () => {
    for (let round = 0; round < 10; round += 1) {
      const email = address();
      await start(email);
      const code = t.lastCode(email);
      const answers = await Promise.all([1, 2, 3, 4].map(() => redeem(email, code)));
      expect(statusesOf(answers)).toEqual([200, 403, 403, 403]);
    }
  });

  it('the third wrong attempt invalidates a code, in parallel too', async () => {
    const email = address();
    await start(email);
    const code = t.lastCode(email);
    await Promise.all([1, 2, 3].map(() => redeem(email, otherThan(code))));
    expect((await redeem(email, code)).json).toEqual(wrongEmail);
    await start(email);
    expect((await redeem(email, t.lastCode(email))).status).toBe(200);
  });

  it('a code expires after three minutes', async () => {
    const email = address();
    await start(email);
    t.clock.offsetS += 180;
    expect((await redeem(email, t.lastCode(email))).json).toEqual(wrongEmail);
  });

  it('only the latest code is valid', async () => {
    const email = address();
    await start(email);
    const first = t.lastCode(email);
    await start(email);
    expect((await redeem(email, first)).status).toBe(first === t.lastCode(email) ? 200 : 403);
    expect((await redeem(email, t.lastCode(email))).status).toBe(200);
  });

  it('a code is valid only for the client that requested it', async () => {
    const email = address();
    await start(email);
    expect((await redeem(email, t.lastCode(email), {}, 'app')).json).toEqual(wrongEmail);
    expect((await redeem(email, t.lastCode(email))).status).toBe(200);
  });

  it('after ten wrong codes an address is blocked for the caller, and its user is notified', async () => {
    const email = address();
    await start(email);
    await redeem(email, t.lastCode(email));
    for (let round = 0; round < 10; round += 1) await redeem(email, '000000');
    const answer = await redeem(email, '000000');
    expect(answer.status).toBe(429);
    expect(answer.json.error).toBe('too_many_attempts');
    expect(t.tenant.context.inbox.list({ to: email }).at(-1)).toMatchObject({ kind: 'blocked_account' });
  });

  it('a blocked user gets no code, and the response does not reveal it', async () => {
    const email = address();
    await start(email);
    const { sub } = claimsOf(await redeem(email, t.lastCode(email), { audience: api }));
    alter(t.stored.users, { blocked: true }, String(sub));
    const sentBefore = t.tenant.context.inbox.list({ to: email }).length;
    expect((await start(email)).status).toBe(200);
    expect(t.tenant.context.inbox.list({ to: email })).toHaveLength(sentBefore);
  });

  it('a user who was blocked after the code was sent answers 401', async () => {
    const email = address();
    await start(email);
    const { sub } = claimsOf(await redeem(email, t.lastCode(email), { audience: api }));
    await start(email);
    alter(t.stored.users, { blocked: true }, String(sub));
    const answer = await redeem(email, t.lastCode(email));
    expect(answer.status).toBe(401);
    expect(answer.json).toEqual({ error: 'unauthorized', error_description: 'user is blocked' });
  });

  it.each(['username', 'otp', 'realm'])('%s is required', async (name) => {
    const answer = await redeem('a@example.com', '123456', { [name]: undefined });
    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe('invalid_request');
  });

  it.each(['Username-Password-Authentication', 'nowhere', 'simulated-social'])(
    'the realm %s answers 400 invalid_request',
    async (realm) => {
      const answer = await redeem('a@example.com', '123456', { realm });
      expect(answer.status).toBe(400);
      expect(answer.json.error).toBe('invalid_request');
    },
  );
});

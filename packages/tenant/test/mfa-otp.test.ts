import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api, type FactorTenant, otpGrant, startFactorTenant, statusesOf } from './support/mfa.ts';
import { claimsOf, stores } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const invalidOtp = { error: 'invalid_grant', error_description: 'Invalid otp_code.' };

describe.each(stores)('codes of an authenticator app on %s', (store) => {
  let t: FactorTenant;
  beforeAll(async () => {
    t = await startFactorTenant(store);
  });
  afterAll(() => t.close());

  const redeem = (mfa_token: string, otp: string, client = 'factors') =>
    t.token(client, { grant_type: otpGrant, mfa_token, otp });

  it('PW09: mfa_required, a challenge, and the code returns the tokens of the password grant', async () => {
    const asked = { audience: api, scope: 'openid email geocode:location offline_access' };
    const mfa_token = await t.mfaToken('totp', asked);
    const challenge = await t.as('factors', '/mfa/challenge', { mfa_token, challenge_type: 'otp oob' });
    expect(challenge.status).toBe(200);
    expect(challenge.json).toEqual({ challenge_type: 'otp' });
    const answer = await redeem(mfa_token, t.totp());
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ scope: asked.scope, token_type: 'Bearer', expires_in: 86_400 });
    expect(answer.json.refresh_token).toEqual(expect.any(String));
    expect(claimsOf(answer)).toMatchObject({ sub: 'auth0|totp-id', gty: 'password', azp: 'factors' });
    expect(claimsOf(answer, 'id_token')).not.toHaveProperty('amr');
    expect(t.logTypes()).toEqual(expect.arrayContaining(['gd_auth_succeed', 's', 'seotpft']));
  });

  it('a wrong code answers 403 and does not consume the mfa_token', async () => {
    t.nextStep();
    const mfa_token = await t.mfaToken('totp');
    const good = t.totp();
    const wrong = good === '000000' ? '000001' : '000000';
    for (const otp of [wrong, '12345', `${good} `, '１２３４５６']) {
      const refused = await redeem(mfa_token, otp);
      expect(refused.status).toBe(403);
      expect(refused.json).toEqual(invalidOtp);
    }
    expect((await redeem(mfa_token, good)).status).toBe(200);
  });

  it.each([-30, 30])('a clock that is %i s off is accepted, twice that is not', async (offS) => {
    t.nextStep();
    t.nextStep();
    const mfa_token = await t.mfaToken('own-0');
    const now = t.clock.offsetS;
    t.clock.offsetS = now + 2 * offS;
    const far = t.totp();
    t.clock.offsetS = now + offS;
    const near = t.totp();
    t.clock.offsetS = now;
    expect((await redeem(mfa_token, far)).json).toEqual(invalidOtp);
    expect((await redeem(mfa_token, near)).status).toBe(200);
  });

  it('a code works once, also for another mfa_token', async () => {
    t.nextStep();
    const [first, second] = [await t.mfaToken('totp'), await t.mfaToken('totp')];
    const otp = t.totp();
    expect((await redeem(first, otp)).status).toBe(200);
    const replay = await redeem(second, otp);
    expect(replay.status).toBe(403);
    expect(replay.json).toEqual(invalidOtp);
  });

  it('a code of a step before the one that was used is refused', async () => {
    t.nextStep();
    const before = t.totp();
    t.clock.offsetS += 30;
    expect((await redeem(await t.mfaToken('totp'), t.totp())).status).toBe(200);
    expect((await redeem(await t.mfaToken('totp'), before)).json).toEqual(invalidOtp);
  });

  it('of parallel uses of one code, with one mfa_token each, one succeeds', async () => {
    for (let round = 0; round < 5; round += 1) {
      t.nextStep();
      t.clock.offsetS += 1800;
      const tokens = await Promise.all([1, 2, 3, 4].map(() => t.mfaToken('own-1')));
      const answers = await Promise.all(tokens.map((token) => redeem(token, t.totp())));
      expect(statusesOf(answers)).toEqual([200, 403, 403, 403]);
    }
  });

  it('an mfa_token works once', async () => {
    t.nextStep();
    const mfa_token = await t.mfaToken('own-2');
    expect((await redeem(mfa_token, t.totp())).status).toBe(200);
    t.nextStep();
    const again = await redeem(mfa_token, t.totp());
    expect(again.status).toBe(403);
    expect(again.json).toEqual({ error: 'invalid_grant', error_description: 'Malformed mfa_token' });
  });

  it('an mfa_token expires after ten minutes', async () => {
    const mfa_token = await t.mfaToken('own-3');
    t.clock.offsetS += 599;
    expect((await redeem(mfa_token, '000000')).json.error).toBe('invalid_grant');
    t.clock.offsetS += 1;
    const late = await redeem(mfa_token, t.totp());
    expect(late.status).toBe(403);
    expect(late.json).toEqual({ error: 'expired_token', error_description: 'mfa_token is expired' });
  });

  it.each(['nonsense', 'a.b.c', 'é', '__proto__'])('%s is a malformed mfa_token', async (mfa_token) => {
    const answer = await redeem(mfa_token, '123456');
    expect(answer.status).toBe(403);
    expect(answer.json).toEqual({ error: 'invalid_grant', error_description: 'Malformed mfa_token' });
  });

  it('an mfa_token is valid only for the client that signed in', async () => {
    t.nextStep();
    const mfa_token = await t.mfaToken('own-4');
    const answer = await redeem(mfa_token, t.totp(), 'other');
    expect(answer.status).toBe(400);
    expect(answer.json).toEqual({
      error: 'invalid_request',
      error_description: 'mfa_token not issued to this client',
    });
    const challenge = await t.as('other', '/mfa/challenge', { mfa_token });
    expect(challenge.json.error_description).toBe('mfa_token not issued to this client');
    expect((await redeem(mfa_token, t.totp())).status).toBe(200);
  });

  it('a client without the grant is refused', async () => {
    const answer = await redeem(await t.mfaToken('own-5', {}, 'strict'), t.totp(), 'strict');
    expect(answer.status).toBe(403);
    expect(answer.json.error).toBe('unauthorized_client');
  });

  it('a user who was blocked meanwhile gets no tokens', async () => {
    t.nextStep();
    const mfa_token = await t.mfaToken('own-6');
    alter(t.stored.users, { blocked: true }, 'auth0|own-6-id');
    expect((await redeem(mfa_token, t.totp())).status).toBe(403);
  });

  it('after ten wrong codes even the right one must wait; after six minutes one more attempt is allowed', async () => {
    t.nextStep();
    const mfa_token = await t.mfaToken('own-7');
    const guesses = Array.from({ length: 15 }, (_, index) => String(900_000 + index));
    const answers = await Promise.all(guesses.map((guess) => redeem(mfa_token, guess)));
    const statuses = answers.map((answer) => answer.status);
    expect(statuses.filter((status) => status === 403)).toHaveLength(10);
    expect(statuses.filter((status) => status === 429)).toHaveLength(5);
    const right = await redeem(mfa_token, t.totp());
    expect(right.status).toBe(429);
    expect(right.json.error).toBe('too_many_attempts');
    expect(t.logTypes()).toContain('gd_otp_rate_limit_exceed');
    t.clock.offsetS += 361;
    expect((await redeem(mfa_token, t.totp())).status).toBe(200);
  });

  it('right codes do not consume attempts', async () => {
    for (let round = 0; round < 12; round += 1) {
      t.nextStep();
      expect((await redeem(await t.mfaToken('own-8'), t.totp())).status).toBe(200);
    }
  });

  it.each(['mfa_token', 'otp'])('%s is required', async (name) => {
    const answer = await t.token('factors', {
      grant_type: otpGrant,
      mfa_token: 'x',
      otp: '1',
      [name]: undefined,
    });
    expect(answer.status).toBe(400);
    expect(answer.json.error_description).toBe(`Missing required parameter: ${name}`);
  });

  it('a public client signs in with its second factor too', async () => {
    t.nextStep();
    const mfa_token = await t.mfaToken('own-9', {}, 'app');
    expect((await redeem(mfa_token, t.totp(), 'app')).status).toBe(200);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { type FactorTenant, otpGrant, startFactorTenant, totpSecret } from './support/mfa.ts';
import { claimsOf, fresh, stores } from './support/start-test-tenant.ts';

const passwordless = 'http://auth0.com/oauth/grant-type/passwordless/otp';

describe.each(stores)("the tenant's MFA policy on %s", (store) => {
  let t: FactorTenant;
  const start = async (guardian?: object) => {
    t = await startFactorTenant(store, guardian);
  };
  afterEach(() => t.close());

  const requirementsOf = async (name: string) => {
    const answer = await t.signIn('factors', { username: `${name}@example.com` });
    return answer.json.mfa_requirements;
  };
  const off = { enabled: false };

  it('without a policy only enrolled users are asked', async () => {
    await start();
    expect(await requirementsOf('plain')).toBeUndefined();
    expect(await requirementsOf('totp')).toEqual({ challenge: [{ type: 'otp' }, { type: 'recovery-code' }] });
    expect(await requirementsOf('texted')).toEqual({ challenge: [{ type: 'phone' }] });
    expect(await requirementsOf('mailed')).toEqual({ challenge: [{ type: 'otp' }, { type: 'email' }] });
  });

  it('confidence-score asks users whose address has changed since the last sign-in', async () => {
    await start({ policies: ['confidence-score'] });
    const from = (ip: string) =>
      t.token(
        'host',
        {
          grant_type: 'password',
          username: 'totp@example.com',
          password: 'Correct-Horse-1',
          scope: 'openid',
        },
        { 'auth0-forwarded-for': ip },
      );
    const first = await from('192.0.2.1');
    expect(first.json.error).toBe('mfa_required');
    const { mfa_token } = first.json;
    const proven = await t.token(
      'host',
      { grant_type: otpGrant, mfa_token, otp: t.totp() },
      { 'auth0-forwarded-for': '192.0.2.1' },
    );
    expect(proven.status).toBe(200);
    expect((await from('192.0.2.1')).status).toBe(200);
    expect((await from('192.0.2.2')).json.error).toBe('mfa_required');
    expect(await requirementsOf('plain')).toBeUndefined();
  });

  it('a disabled factor can be neither used nor enrolled', async () => {
    await start({ policies: ['all-applications'], factors: { otp: off, 'push-notification': off } });
    expect(await requirementsOf('totp')).toEqual({ enroll: [{ type: 'phone' }, { type: 'email' }] });
    const mfa_token = await t.mfaToken('totp');
    const answer = await t.token('factors', { grant_type: otpGrant, mfa_token, otp: t.totp() });
    expect(answer.status).toBe(403);
    const enrolment = await t.associate(mfa_token, { authenticator_types: ['otp'] });
    expect(enrolment.json.error).toBe('unsupported_challenge_type');
    expect(enrolment.headers.get('x-tenant-hint')).toContain('Multi-factor Auth');
  });

  it('with every factor disabled no user is asked', async () => {
    const factors = { otp: off, sms: off, email: off, 'push-notification': off };
    await start({ policies: ['all-applications'], factors });
    expect(await requirementsOf('totp')).toBeUndefined();
  });

  it('phones use the tenant’s message types', async () => {
    await start({ policies: ['all-applications'], phone_message_types: ['voice'] });
    const mfa_token = await t.mfaToken('plain');
    const ask = { authenticator_types: ['oob'], phone_number: '+15550130001' };
    const sms = await t.associate(mfa_token, { ...ask, oob_channels: ['sms'] });
    expect(sms.status).toBe(400);
    const voice = await t.associate(mfa_token, { ...ask, oob_channels: ['sms', 'voice'] });
    expect(voice.json.oob_channel).toBe('voice');
    expect((await t.list(mfa_token)).list.map((own) => own.oob_channel)).toEqual([undefined, 'voice']);
  });

  it('with recovery codes disabled none is issued', async () => {
    await start({ policies: ['all-applications'], factors: { 'recovery-code': off } });
    const mfa_token = await t.mfaToken('plain');
    const made = await t.associate(mfa_token, { authenticator_types: ['otp'] });
    expect(made.json).not.toHaveProperty('recovery_codes');
    expect(await requirementsOf('own-0')).toEqual({ challenge: [{ type: 'otp' }] });
  });

  it('a code that was sent by mail does not replace the second factor', async () => {
    await start({ policies: ['all-applications'] });
    const email = `${fresh('mail')}@example.com`;
    const signIn = async () => {
      await t.as('factors', '/passwordless/start', { connection: 'email', email, send: 'code' });
      const answer = await t.token('factors', {
        grant_type: passwordless,
        realm: 'email',
        username: email,
        otp: t.lastCode(email),
        audience: 'urn:maps',
        scope: 'openid',
      });
      expect(answer.json.error).toBe('mfa_required');
      return String(answer.json.mfa_token);
    };
    const mfa_token = await signIn();
    const { json } = await t.associate(mfa_token, { authenticator_types: ['otp'] });
    const otp = t.totp(String(json.secret));
    const answer = await t.token('factors', { grant_type: otpGrant, mfa_token, otp });
    expect(answer.status).toBe(200);
    expect(claimsOf(answer)).not.toHaveProperty('gty');
    expect(claimsOf(answer).sub).toMatch(/^email\|/);
  });

  it('an access token for the MFA API can be refreshed', async () => {
    await start();
    const audience = `${t.tenant.issuer}mfa/`;
    const scope = 'read:authenticators offline_access';
    const granted = await t.signIn('factors', { username: 'plain@example.com', audience, scope });
    expect(granted.status).toBe(200);
    t.clock.offsetS += 600;
    expect((await t.list(String(granted.json.access_token))).status).toBe(401);
    const { refresh_token } = granted.json;
    const renewed = await t.token('factors', { grant_type: 'refresh_token', refresh_token });
    expect((await t.list(String(renewed.json.access_token))).status).toBe(200);
  });

  it('the control API shows the codes of authenticator apps', async () => {
    await start();
    const answer = await t.get('/_tenant/totp?user=totp@example.com');
    expect(JSON.parse(answer.text)).toEqual([
      {
        user_id: 'auth0|totp-id',
        email: 'totp@example.com',
        authenticator_id: expect.stringMatching(/^totp\|dev_/),
        active: true,
        code: t.totp(totpSecret),
        expires_in_s: expect.any(Number),
      },
    ]);
    expect(answer.text).not.toContain(totpSecret);
    const everybody: unknown = JSON.parse((await t.get('/_tenant/totp')).text);
    expect(everybody).toHaveLength(15);
    expect(JSON.parse((await t.get('/_tenant/totp?user=nobody')).text)).toEqual([]);
  });
});

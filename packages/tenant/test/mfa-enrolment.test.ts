import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type FactorTenant,
  oobGrant,
  otpGrant,
  phone,
  recoveryGrant,
  startFactorTenant,
  statusesOf,
} from './support/mfa.ts';
import { claimsOf, stores } from './support/start-test-tenant.ts';

const enrolScopes = 'enroll read:authenticators remove:authenticators';

describe.each(stores)('enrolment of second factors on %s', (store) => {
  let t: FactorTenant;
  let next = 0;
  beforeAll(async () => {
    t = await startFactorTenant(store, { policies: ['all-applications'] });
  });
  afterAll(() => t.close());

  /** A user without a factor. */
  const newcomer = () => `new-${next++}`;
  const confirmOtp = (mfa_token: string, otp: string) =>
    t.token('factors', { grant_type: otpGrant, mfa_token, otp });
  const confirmOob = (mfa_token: string, oob_code: unknown, binding_code?: string) =>
    t.token('factors', { grant_type: oobGrant, mfa_token, oob_code, binding_code });
  /** A new user with a confirmed app, and the app's secret. */
  const enrolled = async (name: string) => {
    const mfa_token = await t.mfaToken(name);
    const { json } = await t.associate(mfa_token, { authenticator_types: ['otp'] });
    const secret = String(json.secret);
    expect((await confirmOtp(mfa_token, t.totp(secret))).status).toBe(200);
    return { secret, recovery: String(json.recovery_codes) };
  };

  it('with the policy all-applications a user without a factor must enrol one', async () => {
    const answer = await t.signIn('factors', { username: `${newcomer()}@example.com` });
    expect(answer.status).toBe(403);
    expect(answer.json).toMatchObject({
      error: 'mfa_required',
      mfa_requirements: {
        enroll: [{ type: 'otp' }, { type: 'phone' }, { type: 'push-notification' }, { type: 'email' }],
      },
    });
    const challenge = await t.as('factors', '/mfa/challenge', { mfa_token: answer.json.mfa_token });
    expect(challenge.status).toBe(400);
    expect(challenge.json.error).toBe('association_required');
    expect((await t.list(String(answer.json.mfa_token))).list).toEqual([]);
  });

  it('an app gets a secret, a QR code and one recovery code, and its first code confirms it', async () => {
    const name = newcomer();
    const mfa_token = await t.mfaToken(name);
    const made = await t.associate(mfa_token, { authenticator_types: ['otp'] });
    expect(made.status).toBe(200);
    const secret = String(made.json.secret);
    expect(made.json).toEqual({
      authenticator_type: 'otp',
      secret: expect.stringMatching(/^[A-Z2-7]{32}$/),
      barcode_uri: `otpauth://totp/Acme:${name}%40example.com?secret=${secret}&issuer=Acme&algorithm=SHA1&digits=6&period=30`,
      recovery_codes: [expect.stringMatching(/^[A-Z0-9]{24}$/)],
    });
    const waiting = await t.list(mfa_token);
    expect(waiting.list.map(({ authenticator_type, active }) => [authenticator_type, active])).toEqual([
      ['recovery-code', false],
      ['otp', false],
    ]);
    expect((await confirmOtp(mfa_token, t.totp(secret))).status).toBe(200);
    const again = await t.mfaToken(name);
    expect((await t.list(again)).list).toEqual([
      {
        id: expect.stringMatching(/^recovery-code\|dev_\w{16}$/),
        authenticator_type: 'recovery-code',
        active: true,
        type: 'recovery-code',
      },
      {
        id: expect.stringMatching(/^totp\|dev_\w{16}$/),
        authenticator_type: 'otp',
        active: true,
        type: 'otp',
      },
    ]);
    expect(t.logTypes()).toEqual(expect.arrayContaining(['gd_start_enroll', 'gd_enrollment_complete']));
  });

  it('an enrolment that was not confirmed is replaced by the next, with a new recovery code', async () => {
    const name = newcomer();
    const first = await t.mfaToken(name);
    const abandoned = await t.associate(first, { authenticator_types: ['otp'] });
    const made = await t.associate(first, { authenticator_types: ['otp'] });
    expect(made.json.recovery_codes).not.toEqual(abandoned.json.recovery_codes);
    expect((await confirmOtp(first, t.totp(String(abandoned.json.secret)))).status).toBe(403);
    expect((await confirmOtp(first, t.totp(String(made.json.secret)))).status).toBe(200);
    const token = await t.mfaToken(name);
    expect((await t.list(token)).list).toHaveLength(2);
    const recover = await t.token('factors', {
      grant_type: recoveryGrant,
      mfa_token: token,
      recovery_code: String(abandoned.json.recovery_codes),
    });
    expect(recover.status).toBe(403);
  });

  it('a phone gets a code by text, and the list masks its number', async () => {
    const name = newcomer();
    const mfa_token = await t.mfaToken(name);
    const number = '+15550109167';
    const made = await t.associate(mfa_token, {
      authenticator_types: ['oob'],
      oob_channels: ['sms'],
      phone_number: number,
    });
    expect(made.json).toEqual({
      authenticator_type: 'oob',
      oob_channel: 'sms',
      oob_code: expect.any(String),
      binding_method: 'prompt',
      recovery_codes: [expect.any(String)],
    });
    expect(t.tenant.context.inbox.list({ to: number })).toMatchObject([{ kind: 'mfa_code' }]);
    const wrong = await confirmOob(mfa_token, made.json.oob_code, 'x');
    expect(wrong.status).toBe(403);
    expect(wrong.json).toEqual({ error: 'invalid_grant', error_description: 'Invalid binding_code.' });
    expect((await confirmOob(mfa_token, made.json.oob_code, t.lastCode(number))).status).toBe(200);
    const listed = (await t.list(await t.mfaToken(name))).list;
    expect(listed.map((own) => [own.oob_channel, own.name, own.type, own.active])).toEqual([
      [undefined, undefined, 'recovery-code', true],
      ['sms', 'XXXXXXXX9167', 'phone', true],
      ['voice', 'XXXXXXXX9167', 'phone', true],
    ]);
  });

  it('an e-mail address gets a code by mail', async () => {
    const name = newcomer();
    const mfa_token = await t.mfaToken(name);
    const ask = { authenticator_types: ['oob'], oob_channels: ['email'] };
    const made = await t.associate(mfa_token, ask);
    expect(made.json).toMatchObject({ oob_channel: 'email', binding_method: 'prompt' });
    const code = t.lastCode(`${name}@example.com`);
    expect((await confirmOob(mfa_token, made.json.oob_code, code)).status).toBe(200);
    const [, email] = (await t.list(await t.mfaToken(name))).list;
    expect(email).toMatchObject({ oob_channel: 'email', name: `${'*'.repeat(name.length)}@exam*******` });
  });

  it('a password alone cannot add a factor to a confirmed one', async () => {
    const name = newcomer();
    const early = await t.mfaToken(name);
    const pending = await t.associate(early, { authenticator_types: ['otp'] });
    const own = await t.mfaToken(name);
    const made = await t.associate(own, {
      authenticator_types: ['oob'],
      oob_channels: ['sms'],
      phone_number: '+15550101111',
    });
    expect((await confirmOob(own, made.json.oob_code, t.lastCode('+15550101111'))).status).toBe(200);
    const refused = await t.associate(await t.mfaToken(name), { authenticator_types: ['otp'] });
    expect(refused.status).toBe(403);
    expect(refused.json.error_description).toBe('User is already enrolled.');
    // The pending enrolment from before is invalid too.
    expect((await confirmOtp(early, t.totp(String(pending.json.secret)))).status).toBe(403);
  });

  it('of two parallel first enrolments of one user, one succeeds', async () => {
    const name = newcomer();
    const tokens = await Promise.all([t.mfaToken(name), t.mfaToken(name)]);
    const made = await Promise.all(
      tokens.map((token, index) =>
        t.associate(token, {
          authenticator_types: ['oob'],
          oob_channels: [index === 0 ? 'sms' : 'email'],
          phone_number: '+15550102222',
        }),
      ),
    );
    const codes = [t.lastCode('+15550102222'), t.lastCode(`${name}@example.com`)];
    const answers = await Promise.all(
      tokens.map((token, index) => confirmOob(token, made[index]?.json.oob_code, codes[index])),
    );
    expect(statusesOf(answers)).toEqual([200, 403]);
  });

  it('with an access token for the MFA API a further factor is added, without another recovery code', async () => {
    const name = newcomer();
    const { secret } = await enrolled(name);
    t.nextStep();
    const asked = { audience: `${t.tenant.issuer}mfa/`, scope: enrolScopes };
    const mfa_token = await t.mfaToken(name, asked);
    const granted = await confirmOtp(mfa_token, t.totp(secret));
    expect(granted.json).toMatchObject({ expires_in: 600, scope: enrolScopes });
    expect(claimsOf(granted).aud).toBe(asked.audience);
    const access = String(granted.json.access_token);
    const made = await t.associate(access, {
      authenticator_types: ['oob'],
      oob_channels: ['voice'],
      phone_number: '+15550103333',
    });
    expect(made.json).not.toHaveProperty('recovery_codes');
    const confirmed = await confirmOob(access, made.json.oob_code, t.lastCode('+15550103333'));
    expect(confirmed.status).toBe(200);
    expect(confirmed.json).toMatchObject({ expires_in: 600, scope: enrolScopes });
    const types = (await t.list(access)).list.map((own) => own.type);
    expect(types).toEqual(['recovery-code', 'otp', 'phone', 'phone']);
  });

  it('an access token does not replace a second factor', async () => {
    const name = newcomer();
    const { secret, recovery } = await enrolled(name);
    t.nextStep();
    const asked = { audience: `${t.tenant.issuer}mfa/`, scope: 'enroll' };
    const granted = await confirmOtp(await t.mfaToken(name, asked), t.totp(secret));
    t.nextStep();
    const access = String(granted.json.access_token);
    expect((await confirmOtp(access, t.totp(secret))).status).toBe(403);
    const recover = await t.token('factors', {
      grant_type: recoveryGrant,
      mfa_token: access,
      recovery_code: recovery,
    });
    expect(recover.status).toBe(403);
    expect((await t.as('factors', '/mfa/challenge', { mfa_token: access })).status).toBe(403);
  });

  it.each([
    [{}, 'invalid_request'],
    [{ authenticator_types: 'otp' }, 'invalid_request'],
    [{ authenticator_types: [] }, 'invalid_request'],
    [{ authenticator_types: ['webauthn'] }, 'unsupported_challenge_type'],
    [{ authenticator_types: ['oob'] }, 'invalid_request'],
    [{ authenticator_types: ['oob'], oob_channels: ['pigeon'] }, 'unsupported_challenge_type'],
    [{ authenticator_types: ['oob'], oob_channels: ['sms'] }, 'invalid_request'],
    [{ authenticator_types: ['oob'], oob_channels: ['sms'], phone_number: '0123' }, 'invalid_request'],
    [{ authenticator_types: ['oob'], oob_channels: ['email'], email: 'no' }, 'invalid_request'],
    [{ authenticator_types: ['oob'], oob_channels: ['email'], email: ['a@example.com'] }, 'invalid_request'],
  ])('%j answers 400 %s', async (body, error) => {
    const answer = await t.associate(await t.mfaToken('plain'), body);
    expect(answer.status).toBe(400);
    expect(answer.json.error).toBe(error);
  });

  it('a client that sends its id must be the token’s client and authenticate', async () => {
    const mfa_token = await t.mfaToken('plain');
    const ask = { authenticator_types: ['otp'] };
    const own = { ...t.tenant.credentials('factors') };
    expect((await t.associate(mfa_token, { ...ask, ...own })).status).toBe(200);
    expect((await t.associate(mfa_token, { ...ask, ...own, client_secret: 'wrong' })).status).toBe(401);
    expect((await t.associate(mfa_token, { ...ask, ...t.tenant.credentials('other') })).status).toBe(400);
  });

  it('a phone with two channels can be challenged on either', async () => {
    const mfa_token = await t.mfaToken('texted');
    const listed = (await t.list(mfa_token)).list;
    for (const channel of ['sms', 'voice']) {
      const authenticator_id = listed.find((own) => own.oob_channel === channel)?.id;
      const challenge = await t.as('factors', '/mfa/challenge', { mfa_token, authenticator_id });
      expect(challenge.json).toMatchObject({ challenge_type: 'oob', binding_method: 'prompt' });
    }
    expect(t.tenant.context.inbox.list({ to: phone })).toHaveLength(2);
    expect(t.logTypes()).toEqual(expect.arrayContaining(['gd_send_sms', 'gd_send_voice']));
  });
});

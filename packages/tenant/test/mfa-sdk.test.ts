import { AuthClient, isMfaRequiredError } from '@auth0/auth0-auth-js';
import { AuthenticationClient } from 'auth0/legacy';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FactorTenant, recoveryCode, startFactorTenant } from './support/mfa.ts';
import { directory, password } from './support/seed.ts';
import { fresh, stores } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

describe.each(stores)('the SDKs, unchanged, on %s', (store) => {
  let t: FactorTenant;
  let client: AuthClient;
  let legacy: AuthenticationClient;
  beforeAll(async () => {
    t = await startFactorTenant(store, { policies: ['all-applications'] });
    const { client_id: clientId, client_secret: clientSecret = '' } = t.tenant.credentials('factors') ?? {
      client_id: '',
    };
    client = new AuthClient({ domain: t.tenant.domain, clientId, clientSecret });
    legacy = new AuthenticationClient({ domain: t.tenant.domain, clientId, clientSecret });
  });
  afterAll(() => t.close());

  /** The `mfa_token` of a sign-in, from the SDK's MFA error. */
  const mfaTokenOf = async (name: string): Promise<string> => {
    const username = `${name}@example.com`;
    const failure: unknown = await client
      .getTokenByPassword({ username, password, realm: directory, scope: 'openid email' })
      .catch((error: unknown) => error);
    if (!isMfaRequiredError(failure)) throw failure;
    return failure.cause.mfa_token;
  };
  const inboxOf = (to: string) => t.tenant.context.inbox.list({ to });

  it('AuthClient.mfa: a code of the app, and the list', async () => {
    const mfaToken = await mfaTokenOf('totp');
    expect(await client.mfa.challengeAuthenticator({ challengeType: 'otp', mfaToken })).toEqual({
      challengeType: 'otp',
    });
    expect(await client.mfa.listAuthenticators({ mfaToken })).toMatchObject([
      { authenticatorType: 'otp', active: true, type: 'otp' },
      { authenticatorType: 'recovery-code', active: true },
    ]);
    const tokens = await client.mfa.verify({ factorType: 'otp', otp: t.totp(), mfaToken });
    expect(tokens.claims).toMatchObject({ sub: 'auth0|totp-id', email: 'totp@example.com' });
  });

  it('AuthClient.mfa: an app is enrolled and confirmed', async () => {
    const mfaToken = await mfaTokenOf('new-0');
    const made = await client.mfa.enrollAuthenticator({ authenticatorTypes: ['otp'], mfaToken });
    expect(made).toMatchObject({ authenticatorType: 'otp', recoveryCodes: [expect.any(String)] });
    const secret = 'secret' in made ? made.secret : '';
    const tokens = await client.mfa.verify({ factorType: 'otp', otp: t.totp(secret), mfaToken });
    expect(tokens.accessToken).toEqual(expect.any(String));
  });

  it('AuthClient.mfa: a phone is enrolled, challenged and used', async () => {
    const to = '+15550120001';
    const first = await mfaTokenOf('new-1');
    const made = await client.mfa.enrollAuthenticator({
      authenticatorTypes: ['oob'],
      oobChannels: ['sms'],
      phoneNumber: to,
      mfaToken: first,
    });
    const enrolCode = 'oobCode' in made ? (made.oobCode ?? '') : '';
    await client.mfa.verify({
      factorType: 'oob',
      oobCode: enrolCode,
      bindingCode: t.lastCode(to),
      mfaToken: first,
    });
    const mfaToken = await mfaTokenOf('new-1');
    const list = await client.mfa.listAuthenticators({ mfaToken });
    const authenticatorId = list.find(({ id }) => id.startsWith('sms|'))?.id ?? '';
    const { oobCode = '' } = await client.mfa.challengeAuthenticator({
      challengeType: 'oob',
      authenticatorId,
      mfaToken,
    });
    const ask = { factorType: 'oob', oobCode, mfaToken } as const;
    await expect(client.mfa.verify({ ...ask, bindingCode: 'x' })).rejects.toMatchObject({
      cause: { error: 'invalid_grant', error_description: 'Invalid binding_code.' },
    });
    const tokens = await client.mfa.verify({ ...ask, bindingCode: t.lastCode(to) });
    expect(tokens.idToken).toEqual(expect.any(String));
  });

  it('AuthClient.mfa: the recovery code returns the next one', async () => {
    const mfaToken = await mfaTokenOf('own-0');
    const tokens = await client.mfa.verify({ factorType: 'recovery-code', recoveryCode, mfaToken });
    expect(tokens.recoveryCode).toMatch(/^[A-Z0-9]{24}$/);
  });

  it('AuthClient.mfa: a factor is removed with an access token, not with an mfa_token', async () => {
    const mfaToken = await mfaTokenOf('own-1');
    const [own] = await client.mfa.listAuthenticators({ mfaToken });
    const authenticatorId = own?.id ?? '';
    await expect(client.mfa.deleteAuthenticator({ authenticatorId, mfaToken })).rejects.toMatchObject({
      statusCode: 403,
    });
    const access = await t.mfaAccess('own-1', 'read:authenticators remove:authenticators');
    await client.mfa.deleteAuthenticator({ authenticatorId, mfaToken: access });
    const left = await client.mfa.listAuthenticators({ mfaToken: access });
    expect(left.map(({ id }) => id)).not.toContain(authenticatorId);
  });

  describe('passwordless', () => {
    beforeAll(() => {
      alter(t.stored.guardian, { policies: [] });
    });

    it('AuthClient.passwordless: code by mail and by text, link', async () => {
      const email = `${fresh('sdk')}@example.com`;
      await client.passwordless.sendEmail({ email });
      await expect(client.getTokenByPasswordlessEmail({ email, code: 'x' })).rejects.toMatchObject({
        cause: { error: 'invalid_grant', error_description: 'Wrong email or verification code.' },
      });
      const tokens = await client.getTokenByPasswordlessEmail({
        email,
        code: t.lastCode(email),
        scope: 'openid email',
      });
      expect(tokens.claims).toMatchObject({ email, email_verified: true });
      const phoneNumber = '+15550120002';
      await client.passwordless.sendSms({ phoneNumber });
      const code = t.lastCode(phoneNumber);
      const bySms = await client.getTokenByPasswordlessSms({ phoneNumber, code });
      expect(bySms.accessToken).toEqual(expect.any(String));
      await client.passwordless.sendEmail({ email, send: 'link', authParams: { scope: 'openid' } });
      expect(inboxOf(email).at(-1)?.link).toContain('/passwordless/verify_redirect?scope=openid');
    });

    it('AuthClient.passwordless: the errors of the start are reported', async () => {
      await expect(client.passwordless.sendEmail({ email: 'nobody' })).rejects.toMatchObject({
        statusCode: 400,
        cause: { error: 'bad.email' },
      });
    });

    it('auth0/legacy: code by mail and by text', async () => {
      const email = `${fresh('legacy')}@example.com`;
      await legacy.passwordless.sendEmail({ email, send: 'code' });
      const { data } = await legacy.passwordless.loginWithEmail({
        email,
        code: t.lastCode(email),
        scope: 'openid email',
      });
      expect(data).toMatchObject({ access_token: expect.any(String), id_token: expect.any(String) });
      const phone_number = '+15550120003';
      await legacy.passwordless.sendSMS({ phone_number });
      const bySms = await legacy.passwordless.loginWithSMS({ phone_number, code: t.lastCode(phone_number) });
      expect(bySms.data.access_token).toEqual(expect.any(String));
      await expect(legacy.passwordless.loginWithEmail({ email, code: 'x' })).rejects.toMatchObject({
        statusCode: 403,
        error: 'invalid_grant',
      });
    });
  });
});

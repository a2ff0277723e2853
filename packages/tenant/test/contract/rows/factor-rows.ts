import { Secret, TOTP } from 'otpauth';
import { expect } from 'vitest';
import { grantType, newUser, signIn, type User } from '../actions.ts';
import { claimsOf, expectError, expectOk, expectTokens, textOf } from '../checks.ts';
import type { ContractRow } from '../contract-row.ts';
import type { Answer, Parameters, Target } from '../target.ts';
import { otherThan } from './passwordless-rows.ts';

const scopes = 'enroll read:authenticators remove:authenticators';
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const recoveryCodes = [expect.stringMatching(/^[A-Z0-9]{24}$/)];

/** An access token for the MFA API, of a user without a factor. */
async function mfaAccess(target: Target, user: User): Promise<string> {
  const asked = { audience: `${target.issuer}mfa/`, scope: scopes };
  return textOf(expectTokens(await signIn(target, user, asked)), 'access_token');
}

const associate = (target: Target, token: string, body: object): Promise<Answer> =>
  target.post('/mfa/associate', body, bearer(token));

async function list(target: Target, token: string): Promise<Record<string, unknown>[]> {
  const { text } = expectOk(await target.get('/mfa/authenticators', bearer(token)));
  const all: unknown = JSON.parse(text);
  expect(all).toBeInstanceOf(Array);
  return all as Record<string, unknown>[];
}

/** The `mfa_token` of a sign-in that needs a second factor. */
async function mfaToken(target: Target, user: User, parameters: Parameters = {}): Promise<string> {
  const answer = await signIn(target, user, parameters, { role: 'mfa' });
  expectError(answer, 403, 'mfa_required', 'Multifactor authentication required');
  return textOf(answer, 'mfa_token');
}

const challenge = (target: Target, body: object): Promise<Answer> =>
  target.post('/mfa/challenge', { ...target.client('mfa'), ...body });

const redeem = (target: Target, factor: 'mfa-otp' | 'mfa-oob' | 'mfa-recovery-code', more: Parameters) =>
  target.token('mfa', { grant_type: grantType(factor), ...more });

const stepS = 30;

/** The current code of an app. */
const codeNow = (target: Target, secret: string): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: target.nowMs() });

/** The code of the next time step, for a user who has used the current one. */
async function nextCode(target: Target, secret: string): Promise<string> {
  await target.pass(stepS + 1 - ((target.nowMs() / 1000) % stepS));
  return codeNow(target, secret);
}

/** A user with a confirmed authenticator app. */
async function userWithApp(target: Target) {
  const user = await newUser(target);
  const access = await mfaAccess(target, user);
  const made = expectOk(await associate(target, access, { authenticator_types: ['otp'] }));
  const secret = textOf(made, 'secret');
  const [recovery] = made.json.recovery_codes as string[];
  const confirmation = { mfa_token: access, otp: codeNow(target, secret) };
  expectOk(await target.token('app', { grant_type: grantType('mfa-otp'), ...confirmation }));
  return { user, access, secret, recovery: String(recovery) };
}

export const factorRows: readonly ContractRow[] = [
  {
    id: 'PW09',
    title: 'a user with a second factor is asked for it: mfa_required, challenge, mfa-otp',
    needs: ['second factor'],
    async run(target) {
      const { user, secret } = await userWithApp(target);
      const mfa_token = await mfaToken(target, user, { scope: 'openid' });
      const asked = await challenge(target, { mfa_token, challenge_type: 'otp' });
      expect(expectOk(asked).json).toEqual({ challenge_type: 'otp' });
      expectError(await redeem(target, 'mfa-otp', { mfa_token, otp: 'wrong' }), 403, 'invalid_grant');
      const otp = await nextCode(target, secret);
      const answer = expectTokens(await redeem(target, 'mfa-otp', { mfa_token, otp }));
      expect((await claimsOf(target, textOf(answer, 'id_token'))).sub).toBe(user.user_id);
    },
  },
  {
    id: 'mfa-associate-otp',
    title: 'an app is enrolled with a secret, a barcode and, the first time, a recovery code',
    needs: ['second factor'],
    async run(target) {
      const access = await mfaAccess(target, await newUser(target));
      const made = expectOk(await associate(target, access, { authenticator_types: ['otp'] }));
      expect(made.json).toEqual({
        authenticator_type: 'otp',
        secret: expect.stringMatching(/^[A-Z2-7]{16,}$/),
        barcode_uri: expect.stringMatching(/^otpauth:\/\/totp\//),
        recovery_codes: recoveryCodes,
      });
      const uri = new URL(textOf(made, 'barcode_uri'));
      expect(uri.searchParams.get('secret')).toBe(made.json.secret);
    },
  },
  {
    id: 'mfa-associate-sms',
    title: 'a phone is enrolled with an oob_code and, the first time, a recovery code',
    needs: ['second factor', 'phone'],
    async run(target) {
      const access = await mfaAccess(target, await newUser(target));
      const body = {
        authenticator_types: ['oob'],
        oob_channels: ['sms'],
        phone_number: target.setting('PHONE_NUMBER'),
      };
      const made = expectOk(await associate(target, access, body));
      expect(made.json).toEqual({
        authenticator_type: 'oob',
        oob_channel: 'sms',
        oob_code: expect.any(String),
        binding_method: 'prompt',
        recovery_codes: recoveryCodes,
      });
    },
  },
  {
    id: 'mfa-oob-sms',
    title: 'a code by text confirms a phone, and signs in',
    controls: ['inbox'],
    async run(target, { inbox }) {
      const user = await newUser(target);
      const access = await mfaAccess(target, user);
      const phone_number = `+1555${String(Math.trunc(target.nowMs())).slice(-7)}`;
      const lastCode = async () => (await inbox.list(phone_number)).at(-1)?.code ?? '';
      const body = { authenticator_types: ['oob'], oob_channels: ['sms'], phone_number };
      const made = expectOk(await associate(target, access, body));
      const confirmation = { oob_code: textOf(made, 'oob_code'), binding_code: await lastCode() };
      const grant_type = grantType('mfa-oob');
      expectOk(await target.token('app', { grant_type, mfa_token: access, ...confirmation }));
      const mfa_token = await mfaToken(target, user);
      const asked = expectOk(await challenge(target, { mfa_token, challenge_type: 'oob' }));
      expect(asked.json).toEqual({
        challenge_type: 'oob',
        oob_code: expect.any(String),
        binding_method: 'prompt',
      });
      const oob_code = textOf(asked, 'oob_code');
      const code = await lastCode();
      const wrong = await redeem(target, 'mfa-oob', { mfa_token, oob_code, binding_code: otherThan(code) });
      expectError(wrong, 403, 'invalid_grant', 'Invalid binding_code.');
      expectTokens(await redeem(target, 'mfa-oob', { mfa_token, oob_code, binding_code: code }));
    },
  },
  {
    id: 'mfa-authenticators',
    title: 'authenticators are listed, and removed with 204',
    needs: ['second factor'],
    async run(target) {
      const { access } = await userWithApp(target);
      const all = await list(target, access);
      const app = all.find(({ authenticator_type }) => authenticator_type === 'otp');
      expect(app).toMatchObject({ id: expect.stringMatching(/^totp\|dev_\w+$/), active: true });
      expect(all.map(({ authenticator_type }) => authenticator_type)).toContain('recovery-code');
      const path = `/mfa/authenticators/${encodeURIComponent(String(app?.id))}`;
      const removed = await target.delete(path, bearer(access));
      expect({ status: removed.status, text: removed.text }).toEqual({ status: 204, text: '' });
      expect((await target.delete(path, bearer(access))).status).toBe(404);
      expect((await list(target, access)).map(({ id }) => id)).not.toContain(app?.id);
    },
  },
  {
    id: 'mfa-oob-pending',
    title: 'a push answers 400 authorization_pending until it is answered, and 400 when it is denied',
    controls: ['factors', 'clock'],
    async run(target, { factors }) {
      const user = await newUser(target);
      const access = await mfaAccess(target, user);
      const body = { authenticator_types: ['oob'], oob_channels: ['auth0'] };
      const made = expectOk(await associate(target, access, body));
      expect(made.json).toMatchObject({
        authenticator_type: 'oob',
        oob_channel: 'auth0',
        oob_code: expect.any(String),
        barcode_uri: expect.any(String),
      });
      expect(made.json).not.toHaveProperty('binding_method');
      const confirm = () =>
        target.token('app', {
          grant_type: grantType('mfa-oob'),
          mfa_token: access,
          oob_code: textOf(made, 'oob_code'),
        });
      expectError(await confirm(), 400, 'authorization_pending');
      await factors.answerPush(user.user_id, 'accept');
      expectOk(await confirm());
      for (const action of ['deny', 'accept'] as const) {
        const mfa_token = await mfaToken(target, user);
        const asked = expectOk(await challenge(target, { mfa_token, challenge_type: 'oob' }));
        expect(asked.json).toEqual({ challenge_type: 'oob', oob_code: expect.any(String) });
        const poll = { mfa_token, oob_code: textOf(asked, 'oob_code') };
        expectError(await redeem(target, 'mfa-oob', poll), 400, 'authorization_pending');
        await factors.answerPush(user.user_id, action);
        await target.pass(5);
        const answer = await redeem(target, 'mfa-oob', poll);
        if (action === 'accept') expectTokens(answer);
        else expectError(answer, 400, 'access_denied', 'MFA Authorization rejected.');
      }
    },
  },
  {
    id: 'mfa-recovery-code',
    title: 'a recovery code signs in once, and returns a new one',
    needs: ['second factor'],
    async run(target) {
      const { user, recovery } = await userWithApp(target);
      const use = async (recovery_code: string): Promise<Answer> =>
        redeem(target, 'mfa-recovery-code', { mfa_token: await mfaToken(target, user), recovery_code });
      const young = textOf(expectTokens(await use(recovery)), 'recovery_code');
      expect(young).not.toBe(recovery);
      expect([young]).toEqual(recoveryCodes);
      expectError(await use(recovery), 403, 'invalid_grant');
      expectTokens(await use(young));
    },
  },
];

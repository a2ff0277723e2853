import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type FactorTenant,
  oobGrant,
  phone,
  recoveryCode,
  recoveryGrant,
  startFactorTenant,
  statusesOf,
} from './support/mfa.ts';
import { stores } from './support/start-test-tenant.ts';

describe.each(stores)('sent codes, pushes and recovery codes on %s', (store) => {
  let t: FactorTenant;
  let next = 0;
  beforeAll(async () => {
    t = await startFactorTenant(store);
  });
  afterAll(() => t.close());

  const redeem = (mfa_token: string, oob_code: unknown, binding_code?: string, client = 'factors') =>
    t.token(client, { grant_type: oobGrant, mfa_token, oob_code, binding_code });
  const challenge = (mfa_token: string, more: object = {}) =>
    t.as('factors', '/mfa/challenge', { mfa_token, ...more });
  /** An `mfa_token`, issued after enough time for one more message. */
  const signIn = (name: string) => {
    t.clock.offsetS += 360;
    return t.mfaToken(name);
  };
  const recover = (mfa_token: string, recovery_code: string) =>
    t.token('factors', { grant_type: recoveryGrant, mfa_token, recovery_code });
  const otherThan = (code: string): string => (code === '111111' ? '222222' : '111111');

  describe('a code by text', () => {
    it('signs in, once', async () => {
      const mfa_token = await signIn('texted');
      const { status, json } = await challenge(mfa_token, { challenge_type: 'oob' });
      expect(status).toBe(200);
      expect(json).toEqual({ challenge_type: 'oob', oob_code: expect.any(String), binding_method: 'prompt' });
      const code = t.lastCode(phone);
      const wrong = await redeem(mfa_token, json.oob_code, otherThan(code));
      expect(wrong.status).toBe(403);
      expect(wrong.json).toEqual({ error: 'invalid_grant', error_description: 'Invalid binding_code.' });
      expect((await redeem(mfa_token, json.oob_code, code)).status).toBe(200);
      expect((await redeem(mfa_token, json.oob_code, code)).status).toBe(403);
      expect(t.logTypes()).toContain('seoobft');
    });

    it('of parallel uses exactly one succeeds', async () => {
      for (let round = 0; round < 5; round += 1) {
        const mfa_token = await signIn('texted');
        const { json } = await challenge(mfa_token);
        const code = t.lastCode(phone);
        const answers = await Promise.all([1, 2, 3].map(() => redeem(mfa_token, json.oob_code, code)));
        expect(statusesOf(answers)).toEqual([200, 403, 403]);
      }
    });

    it('without the code the answer asks for it', async () => {
      const mfa_token = await signIn('texted');
      const { json } = await challenge(mfa_token);
      const answer = await redeem(mfa_token, json.oob_code);
      expect(answer.status).toBe(400);
      expect(answer.json.error_description).toBe('Missing required parameter: binding_code');
    });

    it('is bound to the mfa_token that it was sent for', async () => {
      const [one, two] = [await signIn('texted'), await t.mfaToken('texted')];
      const { json } = await challenge(one);
      const answer = await redeem(two, json.oob_code, t.lastCode(phone));
      expect(answer.status).toBe(400);
      expect(answer.json.error_description).toBe("The oob_code doesn't match the mfa_token");
    });

    it('expires after five minutes; only the latest code is valid', async () => {
      const mfa_token = await signIn('texted');
      const { json } = await challenge(mfa_token);
      const first = t.lastCode(phone);
      const again = await t.as('factors', '/mfa/challenge', { mfa_token });
      expect((await redeem(mfa_token, json.oob_code, first)).json.error).toBe('invalid_grant');
      t.clock.offsetS += 299;
      expect((await redeem(mfa_token, again.json.oob_code)).status).toBe(400);
      t.clock.offsetS += 1;
      const late = await redeem(mfa_token, again.json.oob_code, t.lastCode(phone));
      expect(late.status).toBe(403);
      expect(late.json).toEqual({ error: 'expired_token', error_description: 'oob_code is expired' });
    });

    it('garbage is a malformed oob_code', async () => {
      const answer = await redeem(await signIn('texted'), 'nonsense', '123456');
      expect(answer.status).toBe(403);
      expect(answer.json).toEqual({ error: 'invalid_grant', error_description: 'Malformed oob_code' });
    });

    it('the eleventh code in a row is not sent', async () => {
      t.clock.offsetS += 7200;
      const mfa_token = await signIn('texted');
      const answers = await Promise.all(
        Array.from({ length: 11 }, () => t.as('factors', '/mfa/challenge', { mfa_token })),
      );
      expect(statusesOf(answers).slice(9)).toEqual([200, 429]);
    });
  });

  describe('/mfa/challenge', () => {
    it('a type that the user does not have answers 400 unsupported_challenge_type', async () => {
      const answer = await challenge(await signIn('totp'), { challenge_type: 'oob' });
      expect(answer.status).toBe(400);
      expect(answer.json.error).toBe('unsupported_challenge_type');
    });

    it('another user’s authenticator answers 400 invalid_request', async () => {
      const theirs = (await t.list(await signIn('texted'))).list[0]?.id;
      for (const authenticator_id of [theirs, 'totp|dev_0', 'recovery-code|dev_0']) {
        const answer = await challenge(await signIn('totp'), { authenticator_id });
        expect(answer.status).toBe(400);
        expect(answer.json.error).toBe('invalid_request');
      }
    });

    it('a verified e-mail address works without enrolment', async () => {
      const mfa_token = await signIn('mailed');
      const email = (await t.list(mfa_token)).list.find((own) => own.oob_channel === 'email');
      expect(email).toMatchObject({ active: true, name: '******@exam*******' });
      const { json } = await challenge(mfa_token, { authenticator_id: email?.id });
      const answer = await redeem(mfa_token, json.oob_code, t.lastCode('mailed@example.com'));
      expect(answer.status).toBe(200);
      expect((await t.list(await signIn('mailed'))).list).toHaveLength(2);
    });

    it('without a client secret it answers 401', async () => {
      const mfa_token = await signIn('texted');
      const answer = await t.post('/mfa/challenge', { client_id: 'factors', mfa_token });
      expect(answer.status).toBe(401);
    });

    it('mfa_token is required', async () => {
      const answer = await t.as('factors', '/mfa/challenge', {});
      expect(answer.json.error_description).toBe('Missing required parameter: mfa_token');
    });
  });

  describe('a push', () => {
    const answerPush = (name: string, action: string) => {
      const link = t.tenant.context.inbox.list({ to: `${name}@example.com` }).at(-1)?.link ?? '';
      const { pathname, searchParams } = new URL(link);
      return t.post(pathname, new URLSearchParams({ ticket: searchParams.get('ticket') ?? '', action }));
    };
    /** A user with an enrolled device. */
    const withDevice = async () => {
      const name = `new-${next++}`;
      const access = await t.mfaAccess(name, 'enroll');
      const made = await t.associate(access, { authenticator_types: ['oob'], oob_channels: ['auth0'] });
      expect(made.json).toEqual({
        authenticator_type: 'oob',
        oob_channel: 'auth0',
        oob_code: expect.any(String),
        barcode_uri: expect.stringMatching(
          /^otpauth:\/\/totp\/Acme:new-\d+%40example\.com\?enrollment_tx_id=/,
        ),
        recovery_codes: [expect.any(String)],
      });
      expect((await redeem(access, made.json.oob_code)).json.error).toBe('authorization_pending');
      expect((await answerPush(name, 'accept')).status).toBe(200);
      expect((await redeem(access, made.json.oob_code)).status).toBe(200);
      return name;
    };

    it('is enrolled together with codes of the app, and both are removed together', async () => {
      const name = await withDevice();
      const { list } = await t.list(await signIn(name));
      expect(list.map((own) => [own.type, own.active])).toEqual([
        ['recovery-code', true],
        ['push-notification', true],
        ['otp', true],
      ]);
    });

    it('is pending, answers slow_down to fast polling, and signs in after approval', async () => {
      const name = await withDevice();
      const mfa_token = await signIn(name);
      const { json } = await challenge(mfa_token);
      expect(json).toEqual({ challenge_type: 'oob', oob_code: expect.any(String) });
      const pending = await redeem(mfa_token, json.oob_code);
      expect(pending.status).toBe(400);
      expect(pending.json).toEqual({
        error: 'authorization_pending',
        error_description: 'Authorization pending: please repeat the request in a few seconds.',
      });
      const hasty = await redeem(mfa_token, json.oob_code);
      expect(hasty.status).toBe(400);
      expect(hasty.json.error).toBe('slow_down');
      t.clock.offsetS += 1;
      expect((await redeem(mfa_token, json.oob_code)).json.error).toBe('authorization_pending');
      await answerPush(name, 'accept');
      const answers = await Promise.all([1, 2, 3].map(() => redeem(mfa_token, json.oob_code)));
      expect(statusesOf(answers)).toEqual([200, 403, 403]);
    });

    it('that is rejected answers access_denied, and a later approval has no effect', async () => {
      const name = await withDevice();
      const mfa_token = await signIn(name);
      const { json } = await challenge(mfa_token);
      await answerPush(name, 'deny');
      expect((await answerPush(name, 'accept')).status).toBe(400);
      const answer = await redeem(mfa_token, json.oob_code);
      expect(answer.status).toBe(400);
      expect(answer.json).toEqual({
        error: 'access_denied',
        error_description: 'MFA Authorization rejected.',
      });
      expect(t.logTypes()).toContain('gd_auth_rejected');
    });

    it('opening the link shows the request without approving it', async () => {
      const name = await withDevice();
      const mfa_token = await signIn(name);
      const { json } = await challenge(mfa_token);
      const link = t.tenant.context.inbox.list({ to: `${name}@example.com` }).at(-1)?.link ?? '';
      const page = await t.get(link.slice(t.tenant.origin.length));
      expect(page.status).toBe(200);
      expect(page.text).toContain('value="accept"');
      expect((await redeem(mfa_token, json.oob_code)).json.error).toBe('authorization_pending');
      const forged = await t.post('/u/mfa-push', new URLSearchParams({ ticket: 'x', action: 'accept' }));
      expect(forged.status).toBe(400);
    });

    it('can be answered by the control API', async () => {
      const name = await withDevice();
      const mfa_token = await signIn(name);
      const { json } = await challenge(mfa_token);
      const path = `/_tenant/users/${encodeURIComponent(`auth0|${name}-id`)}/push`;
      expect((await t.post(path, { action: 'accept' })).status).toBe(200);
      expect((await redeem(mfa_token, json.oob_code)).status).toBe(200);
      expect((await t.post(path, { action: 'accept' })).status).toBe(404);
    });

    it('expires after five minutes', async () => {
      const name = await withDevice();
      await challenge(await signIn(name));
      t.clock.offsetS += 300;
      expect((await answerPush(name, 'accept')).status).toBe(400);
      const path = `/_tenant/users/${encodeURIComponent(`auth0|${name}-id`)}/push`;
      expect((await t.post(path, { action: 'accept' })).status).toBe(404);
    });
  });

  describe('a recovery code', () => {
    it('signs in and is replaced by the code in the response', async () => {
      const first = await recover(await signIn('own-0'), recoveryCode);
      expect(first.status).toBe(200);
      const renewed = String(first.json.recovery_code);
      expect(renewed).toMatch(/^[A-Z0-9]{24}$/);
      expect(renewed).not.toBe(recoveryCode);
      const again = await recover(await signIn('own-0'), recoveryCode);
      expect(again.status).toBe(403);
      expect(again.json).toEqual({
        error: 'invalid_grant',
        error_description: 'MFA Authorization rejected.',
      });
      const typed = renewed.toLowerCase().replaceAll(/(.{4})/g, '$1-');
      expect((await recover(await signIn('own-0'), typed)).status).toBe(200);
      expect(t.logTypes()).toEqual(expect.arrayContaining(['sercft', 'fercft', 'gd_recovery_failed']));
    });

    it('of parallel uses, with one mfa_token each, one succeeds', async () => {
      const tokens = await Promise.all([1, 2, 3].map(() => t.mfaToken('own-1')));
      const answers = await Promise.all(tokens.map((token) => recover(token, recoveryCode)));
      expect(statusesOf(answers)).toEqual([200, 403, 403]);
    });

    it('a user without one is refused', async () => {
      expect((await recover(await signIn('texted'), recoveryCode)).status).toBe(403);
    });

    it('after ten wrong ones even the right one must wait', async () => {
      const mfa_token = await signIn('own-2');
      const guesses = Array.from({ length: 11 }, (_, index) => `WRONG${index}`);
      const answers = await Promise.all(guesses.map((guess) => recover(mfa_token, guess)));
      expect(statusesOf(answers).slice(9)).toEqual([403, 429]);
      expect((await recover(mfa_token, recoveryCode)).status).toBe(429);
    });
  });

  describe('DELETE /mfa/authenticators/{id}', () => {
    it('removes both channels of a phone with an access token that has the scope', async () => {
      const name = 'own-10';
      const access = await t.mfaAccess(name, 'enroll read:authenticators remove:authenticators');
      const number = '+15550104444';
      const made = await t.associate(access, {
        authenticator_types: ['oob'],
        oob_channels: ['sms'],
        phone_number: number,
      });
      expect((await redeem(access, made.json.oob_code, t.lastCode(number))).status).toBe(200);
      const sms = (await t.list(access)).list.find((own) => own.oob_channel === 'sms');
      const removed = await t.remove(access, String(sms?.id));
      expect(removed.status).toBe(204);
      expect(removed.text).toBe('');
      expect((await t.list(access)).list.map((own) => own.type)).toEqual(['otp', 'recovery-code']);
      expect((await t.remove(access, String(sms?.id))).status).toBe(404);
      expect(t.logTypes()).toContain('gd_unenroll');
    });

    it('an mfa_token, a token without the scope and one for another API are refused', async () => {
      const mfa_token = await signIn('own-3');
      const id = String((await t.list(mfa_token)).list[0]?.id);
      expect((await t.remove(mfa_token, id)).status).toBe(403);
      const reading = await t.mfaAccess('own-3', 'read:authenticators');
      expect((await t.remove(reading, id)).json.error).toBe('insufficient_scope');
      const elsewhere = await t.signIn('factors', { audience: 'urn:maps' });
      expect((await t.remove(String(elsewhere.json.access_token), id)).status).toBe(401);
      expect((await t.list(mfa_token)).list.map((own) => own.id)).toContain(id);
    });

    it("another user's authenticator answers 404", async () => {
      const theirs = String((await t.list(await signIn('texted'))).list[0]?.id);
      const access = await t.mfaAccess('own-4', 'remove:authenticators');
      expect((await t.remove(access, theirs)).status).toBe(404);
      expect((await t.list(await signIn('texted'))).list).toHaveLength(2);
    });

    it('an address that is only verified cannot be removed', async () => {
      const access = await t.mfaAccess('mailed', 'read:authenticators remove:authenticators');
      const email = (await t.list(access)).list.find((own) => own.oob_channel === 'email');
      expect((await t.remove(access, String(email?.id))).status).toBe(404);
    });
  });

  describe('GET /mfa/authenticators', () => {
    it.each([
      ['', 'access_denied'],
      ['Bearer nonsense', 'invalid_grant'],
      ['Bearer a.b.c', 'invalid_grant'],
    ])('%j answers 401 %s', async (authorization, error) => {
      const answer = await t.get('/mfa/authenticators', { authorization });
      expect(answer.status).toBe(401);
      expect(answer.json.error).toBe(error);
    });

    it('an expired mfa_token answers 401 expired_token', async () => {
      const mfa_token = await signIn('own-5');
      t.clock.offsetS += 600;
      const answer = await t.list(mfa_token);
      expect(answer.status).toBe(401);
      expect(answer.json.error).toBe('expired_token');
    });

    it('an access token expires after ten minutes', async () => {
      const access = await t.mfaAccess('own-6', 'read:authenticators');
      expect((await t.list(access)).status).toBe(200);
      t.clock.offsetS += 600;
      expect((await t.list(access)).status).toBe(401);
    });
  });
});

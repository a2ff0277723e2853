import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../support/world.ts';
import {
  addPerson,
  allFactors,
  answerPush,
  createCaller,
  lastCode,
  nextTotp,
  phone,
  recoveryCode,
  startMfaWorld,
} from './support.ts';

let world: World;
let caller: ReturnType<typeof createCaller>;
beforeAll(async () => {
  world = await startMfaWorld();
  caller = createCaller(world.url);
});
afterAll(() => world.close());

const invalid = (status: 401, code: string) => ({ status, body: { code } });

describe('an enrolled factor', () => {
  it('is listed with its number masked', async () => {
    const handle = await caller.begin(await addPerson(world, allFactors));
    const { status, body } = await caller.authenticators(handle);
    expect(status).toBe(200);
    const byType = Object.fromEntries(
      body.authenticators.map((own: { type: string }) => [own.type, { ...own, id: typeof own }]),
    );
    expect(Object.keys(byType).toSorted()).toEqual(['otp', 'recovery_code', 'sms', 'voice']);
    expect(byType).toMatchObject({ sms: { active: true, name: 'XXXXXXXX0300' }, otp: { active: true } });
    expect(JSON.stringify(body)).not.toContain(phone);
  });

  it('that is an app is challenged and signs in, with other options of the sign-in', async () => {
    const person = await addPerson(world, allFactors);
    const wish = { audience: 'urn:worldmappers', scope: 'openid geocode:location' };
    const handle = await caller.begin(person, wish);
    const challenge = await caller.challenge(handle, { type: 'otp' });
    expect(challenge).toMatchObject({ status: 200, body: { type: 'otp' } });
    const { status, headers, body } = await caller.verify(handle, { otp: await nextTotp(world, person) });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', scope: 'openid geocode:location' });
    expect(headers.get('set-cookie')).toBeNull();
    const places = await caller.send('GET', '/api/location/geocode?q=Oslo', undefined, {
      Authorization: `Bearer ${body.access_token}`,
    });
    expect(places.status).toBe(200);
  });

  it.each(['sms', 'voice'])('by %s is sent a code, which signs in', async (type) => {
    const person = await addPerson(world, { phone_number: '+15550100310' });
    const handle = await caller.begin(person);
    const { status, body } = await caller.challenge(handle, { type });
    expect(status).toBe(200);
    expect(body).toEqual({
      type,
      authenticator_id: expect.stringContaining(type),
      oob_code: expect.any(String),
      binding_method: 'prompt',
    });
    const binding_code = await lastCode(world, '+15550100310');
    const done = await caller.verify(handle, { oob_code: body.oob_code, binding_code });
    expect(decodeJwt(done.body.access_token).sub).toBe(person.id);
  });

  it('by e-mail receives a code, which signs in', async () => {
    const handle = await caller.begin(await addPerson(world, { email: 'own@example.com' }));
    const { body } = await caller.challenge(handle, { type: 'email' });
    const binding_code = await lastCode(world, 'own@example.com');
    expect((await caller.verify(handle, { oob_code: body.oob_code, binding_code })).status).toBe(200);
  });

  it('can be selected by id if there are several of a type', async () => {
    const email = 'first@example.com';
    const person = await addPerson(world, { email, phone_number: '+15550100311' }, { email_verified: true });
    const handle = await caller.begin(person);
    const { body } = await caller.authenticators(handle);
    const mails = body.authenticators.filter((own: { type: string }) => own.type === 'email');
    expect(mails).toHaveLength(2);
    await caller.challenge(handle, { type: 'email', authenticator_id: mails[1].id });
    expect(await lastCode(world, person.email)).toMatch(/^\d{6}$/);
  });

  it('a recovery code signs in once and is replaced by a new one', async () => {
    const person = await addPerson(world, allFactors);
    const done = await caller.verify(await caller.begin(person), { recovery_code: recoveryCode });
    expect(done.status).toBe(200);
    const next = done.body.recovery_code as string;
    expect(next).toMatch(/^[A-Z0-9]{24}$/);
    const handle = await caller.begin(person);
    expect(await caller.verify(handle, { recovery_code: recoveryCode })).toMatchObject(
      invalid(401, 'mfa_invalid_code'),
    );
    const grouped = next.match(/.{4}/g)?.join('-');
    expect((await caller.verify(handle, { recovery_code: grouped })).status).toBe(200);
  });
});

describe('a push', () => {
  const enrolPush = async () => {
    const person = await addPerson(world);
    const handle = await caller.begin(person);
    const { body } = await caller.associate(handle, { type: 'push' });
    await answerPush(world, person, 'accept');
    await caller.verify(handle, { oob_code: body.oob_code });
    const again = await caller.begin(person);
    const { oob_code } = (await caller.challenge(again, { type: 'push' })).body;
    return { person, handle: again, proof: { oob_code } };
  };

  it('is pending at each poll, and signs in when it is approved', async () => {
    const { person, handle, proof } = await enrolPush();
    for (let look = 0; look < 7; look++) {
      const { status, headers, body } = await caller.verify(handle, proof);
      expect([status, body]).toEqual([202, { status: 'pending' }]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
      expect(headers.get('set-cookie')).toBeNull();
    }
    await answerPush(world, person, 'accept');
    expect((await caller.verify(handle, proof)).status).toBe(200);
  });

  it('that is rejected does not sign in', async () => {
    const { person, handle, proof } = await enrolPush();
    await answerPush(world, person, 'deny');
    expect(await caller.verify(handle, proof)).toMatchObject({
      status: 403,
      body: { code: 'access_denied', detail: 'The sign-in was rejected on the device.' },
    });
  });
});

describe('a refused challenge', () => {
  it.each([
    ['of a factor that the user has not', { type: 'sms' }, 'type'],
    ['of a factor that is another', { type: 'email', authenticator_id: 'totp|dev_x' }, 'authenticator_id'],
    ['of another user’s app', { type: 'otp', authenticator_id: 'totp|dev_x' }, 'authenticator_id'],
    ['by a recovery code', { type: 'recovery_code' }, 'type'],
    ['without a type', {}, 'type'],
  ])('%s', async (_what, body, at) => {
    const handle = await caller.begin(await addPerson(world, { totp_secret: allFactors.totp_secret }));
    expect(await caller.challenge(handle, body)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: at }] },
    });
  });

  it('without an enrolled factor', async () => {
    const handle = await caller.begin(await addPerson(world));
    expect(await caller.challenge(handle, { type: 'otp' })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'type' }] },
    });
  });
});

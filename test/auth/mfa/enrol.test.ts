import { decodeJwt } from 'jose';
import { encode } from 'uqr';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../support/world.ts';
import { addPerson, answerPush, createCaller, lastCode, nextTotp, startMfaWorld } from './support.ts';

let world: World;
let caller: ReturnType<typeof createCaller>;
beforeAll(async () => {
  world = await startMfaWorld();
  caller = createCaller(world.url);
});
afterAll(() => world.close());

/** The dark modules of a QR code, by their column and row. */
const darkModules = (rows: readonly (readonly boolean[])[]): string[] =>
  rows.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`${x},${y}`] : [])));

describe('a first factor', () => {
  it('is requested if the user has none, with the factors that can be enrolled', async () => {
    const { status, body } = await caller.signIn(await addPerson(world));
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'mfa_required', expires_in: 300 });
    expect(body.factors).toEqual(
      expect.arrayContaining([
        { type: 'otp', enrolled: false },
        { type: 'phone', enrolled: false },
        { type: 'push', enrolled: false },
        { type: 'email', enrolled: false },
      ]),
    );
    expect(body.access_token).toBeUndefined();
  });

  it('that is an app has a secret, a QR code and a recovery code, and its first code signs in', async () => {
    const person = await addPerson(world);
    const handle = await caller.begin(person);
    const { status, headers, body } = await caller.associate(handle, { type: 'otp' });
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toMatchObject({ type: 'otp', recovery_codes: [expect.stringMatching(/^[A-Z0-9]{24}$/)] });
    expect(new URL(body.otpauth_uri).searchParams.get('secret')).toBe(body.secret);
    expect((await caller.authenticators(handle)).body.authenticators).toEqual(
      expect.arrayContaining([{ id: expect.any(String), type: 'otp', active: false }]),
    );

    const done = await caller.verify(handle, { otp: await nextTotp(world, person) });
    expect(done.status).toBe(200);
    expect(decodeJwt(done.body.access_token)).toMatchObject({ sub: person.id });

    const again = await caller.begin(person);
    expect((await caller.authenticators(again)).body.authenticators).toEqual(
      expect.arrayContaining([
        { id: expect.any(String), type: 'otp', active: true },
        { id: expect.any(String), type: 'recovery_code', active: true },
      ]),
    );
    const byRecovery = await caller.verify(again, { recovery_code: body.recovery_codes[0] });
    expect(byRecovery.status).toBe(200);
  });

  it('that is an app has its URI in the QR code, whose document contains nothing else', async () => {
    const handle = await caller.begin(await addPerson(world));
    const { body } = await caller.associate(handle, { type: 'otp' });
    const svg = body.qr_svg as string;
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 \d+ \d+">/);
    expect(svg.replaceAll(/<(svg|rect|path)\b[^<>]*\/?>|<\/svg>/g, '')).toBe('');
    expect(svg).not.toMatch(/href|script|on\w+=/i);
    const drawn = [...svg.matchAll(/M(\d+),(\d+)h(\d+)/g)].map(([, x, y, side]) => {
      const pixels = Number(side);
      return `${Number(x) / pixels},${Number(y) / pixels}`;
    });
    expect(drawn.toSorted()).toEqual(darkModules(encode(body.otpauth_uri, { border: 1 }).data).toSorted());
  });

  it.each([
    ['sms', { type: 'sms', phone_number: '+15550100401' }, '+15550100401'],
    ['voice', { type: 'voice', phone_number: '+15550100402' }, '+15550100402'],
    ['email', { type: 'email', email: 'second@example.com' }, 'second@example.com'],
  ])('by %s gets a code, which signs in', async (type, wanted, to) => {
    const handle = await caller.begin(await addPerson(world));
    const { status, body } = await caller.associate(handle, wanted);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      type,
      oob_code: expect.any(String),
      binding_method: 'prompt',
      recovery_codes: [expect.any(String)],
    });
    expect(body.secret).toBeUndefined();
    const { oob_code } = body;
    const wrong = await caller.verify(handle, { oob_code, binding_code: '0000' });
    expect(wrong).toMatchObject({ status: 401, body: { code: 'mfa_invalid_code' } });
    const done = await caller.verify(handle, { oob_code, binding_code: await lastCode(world, to) });
    expect(done.status).toBe(200);
  });

  it('by e-mail uses the address of the account by default', async () => {
    const person = await addPerson(world);
    const handle = await caller.begin(person);
    const { body } = await caller.associate(handle, { type: 'email' });
    const binding_code = await lastCode(world, person.email);
    expect((await caller.verify(handle, { oob_code: body.oob_code, binding_code })).status).toBe(200);
  });

  it('by push has a QR code for the device, and is confirmed there', async () => {
    const person = await addPerson(world);
    const handle = await caller.begin(person);
    const { body } = await caller.associate(handle, { type: 'push' });
    expect(body).toMatchObject({ type: 'push', oob_code: expect.any(String) });
    expect(body.otpauth_uri).toMatch(/^otpauth:\/\//);
    expect(body.qr_svg).toMatch(/^<svg /);
    const { oob_code } = body;
    expect(await caller.verify(handle, { oob_code })).toMatchObject({
      status: 202,
      body: { status: 'pending' },
    });
    await answerPush(world, person, 'accept');
    expect((await caller.verify(handle, { oob_code })).status).toBe(200);
  });

  it('is recorded in the audit log, without its secrets', async () => {
    const person = await addPerson(world);
    const handle = await caller.begin(person);
    const { body } = await caller.associate(handle, { type: 'otp' });
    const otp = await nextTotp(world, person);
    await caller.verify(handle, { otp });
    const events = world.lines.map(({ event }) => event);
    expect(events).toEqual(expect.arrayContaining(['auth.mfa_enrolment.succeeded', 'auth.mfa.succeeded']));
    for (const secret of [handle, body.secret, body.recovery_codes[0], person.email])
      expect(world.logText()).not.toContain(secret);
    expect(world.logText()).not.toContain(`"${otp}"`);
  });
});

describe('a refused enrolment', () => {
  it('with an enrolled factor: a password alone cannot add another', async () => {
    const person = await addPerson(world, { totp_secret: 'JBSWY3DPEHPK3PXP' });
    const handle = await caller.begin(person);
    expect(await caller.associate(handle, { type: 'sms', phone_number: '+15550100403' })).toMatchObject({
      status: 403,
      body: { code: 'mfa_already_enrolled' },
    });
  });

  it('of a factor that the tenant does not offer', async () => {
    const policies = ['all-applications'];
    const factors = { sms: { enabled: false }, 'push-notification': { enabled: false } };
    const poor = await startMfaWorld({}, { policies, factors });
    const poorCaller = createCaller(poor.url);
    const handle = await poorCaller.begin(await addPerson(poor));
    for (const wanted of [{ type: 'sms', phone_number: '+15550100404' }, { type: 'push' }]) {
      expect(await poorCaller.associate(handle, wanted)).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ path: 'type' }] },
      });
    }
    await poor.close();
  });

  it.each([
    ['without a type', {}, 'type'],
    ['of an unknown type', { type: 'oob' }, 'type'],
    ['by sms without a number', { type: 'sms' }, 'phone_number'],
    ['to a number that is none', { type: 'sms', phone_number: '555 0100' }, 'phone_number'],
    ['to an invalid address', { type: 'email', email: 'nobody' }, 'email'],
    ['of an app with a number', { type: 'otp', phone_number: '+15550100405' }, 'phone_number'],
    ['with a channel of the tenant', { type: 'push', oob_channels: ['sms'] }, 'oob_channels'],
  ])('%s', async (_what, body, at) => {
    const handle = await caller.begin(await addPerson(world));
    const answer = await caller.associate(handle, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(at);
  });
});

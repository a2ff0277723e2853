import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../../support/browser.ts';
import { startGatewayUnderTest } from '../../support/gateway.ts';
import { navigate } from '../../support/navigate.ts';
import type { World } from '../../support/world.ts';
import {
  addPerson,
  allFactors,
  createCaller,
  lastCode,
  nextTotp,
  otherThan,
  type Person,
  startMfaWorld,
} from './support.ts';

let world: World;
let caller: ReturnType<typeof createCaller>;
beforeAll(async () => {
  world = await startMfaWorld({
    ALLOWED_ORIGINS: 'https://app.example,https://native.example',
    TOKEN_MODE_ORIGINS: 'https://native.example',
  });
  caller = createCaller(world.url);
});
afterAll(() => world.close());

const expired = { status: 401, body: { code: 'mfa_expired' } };
const wrongCode = { status: 401, body: { code: 'mfa_invalid_code' } };
const twoFactors = (): Promise<Person> => addPerson(world, allFactors);

describe('a browser', () => {
  it('has no session before the second factor, and one after it, without a token in any response', async () => {
    const person = await twoFactors();
    const browser = createBrowser(world.url);
    const { email, password } = person;
    const first = await browser.send('POST', '/v1/auth/signin', { body: { email, password } });
    expect(first).toMatchObject({ status: 403, body: { code: 'mfa_required' } });
    expect(browser.cookies.size).toBe(0);
    const { mfa_handle } = first.body;
    const listed = await browser.send('GET', '/v1/auth/mfa/authenticators', {
      headers: { 'X-MFA-Handle': mfa_handle },
    });
    const asked = await browser.send('POST', '/v1/auth/mfa/challenge', { body: { mfa_handle, type: 'sms' } });
    expect(browser.cookies.size).toBe(0);
    expect((await browser.send('GET', '/v1/auth/session')).body).toEqual({ authenticated: false });
    const { oob_code } = asked.body;
    const binding_code = await lastCode(world, allFactors.phone_number);
    const done = await browser.send('POST', '/v1/auth/mfa/verify', {
      body: { mfa_handle, oob_code, binding_code },
    });
    expect(done).toMatchObject({ status: 200, body: { user: { id: person.id, email } } });
    expect(done.headers.get('cache-control')).toBe('no-store');
    expect((await browser.send('GET', '/api/location/geocode?q=Oslo')).status).toBe(200);
    expect((await browser.send('GET', '/v1/auth/session')).body).toMatchObject({ authenticated: true });
    expect(JSON.stringify([first, listed, asked, done].map(({ body }) => body))).not.toMatch(/eyJ/);
    const signOut = await browser.send('POST', '/v1/auth/signout', { body: {} });
    expect(signOut.body).toEqual({ signout_url: null });
  });

  it('that is signed in gets a new session that replaces the old one', async () => {
    const browser = createBrowser(world.url);
    const signIn = async () => {
      const person = await twoFactors();
      const { email, password } = person;
      const { body } = await browser.send('POST', '/v1/auth/signin', { body: { email, password } });
      const otp = await nextTotp(world, person);
      return browser.send('POST', '/v1/auth/mfa/verify', { body: { mfa_handle: body.mfa_handle, otp } });
    };
    await signIn();
    const before = createBrowser(world.url);
    for (const [name, value] of browser.cookies) before.cookies.set(name, value);
    expect((await signIn()).status).toBe(200);
    expect([...browser.cookies.values()]).not.toEqual([...before.cookies.values()]);
    expect((await before.send('GET', '/v1/auth/session')).body).toEqual({ authenticated: false });
  });

  it.each([
    ['of a foreign page', { Origin: 'https://evil.example' }, {}, 'csrf_failed'],
    [
      'of another site',
      { Origin: 'https://app.example', 'Sec-Fetch-Site': 'cross-site' },
      {},
      'cross_site_session',
    ],
    ['that asks for tokens', { Origin: 'https://app.example' }, { mode: 'token' }, 'token_mode_refused'],
  ])('%s is refused, and its code is not consumed', async (_what, headers, more, code) => {
    const person = await twoFactors();
    const mfa_handle = await caller.begin(person);
    const otp = await nextTotp(world, person);
    const refused = await caller.send(
      'POST',
      '/v1/auth/mfa/verify',
      { mfa_handle, otp, ...more },
      { 'Sec-Fetch-Site': 'same-site', ...headers },
    );
    expect(refused).toMatchObject({ status: 403, body: { code } });
    expect((await caller.verify(mfa_handle, { otp })).status).toBe(200);
  });

  it.each([
    ['associate', { type: 'otp' }],
    ['challenge', { type: 'otp' }],
  ])('on a foreign page may not %s', async (path, body) => {
    const mfa_handle = await caller.begin(await twoFactors());
    const headers = { Origin: 'https://evil.example' };
    expect(await caller.send('POST', `/v1/auth/mfa/${path}`, { mfa_handle, ...body }, headers)).toMatchObject(
      { status: 403, body: { code: 'csrf_failed' } },
    );
  });

  it('on a listed token-mode origin gets tokens', async () => {
    const person = await twoFactors();
    const mfa_handle = await caller.begin(person);
    const otp = await nextTotp(world, person);
    const headers = { Origin: 'https://native.example' };
    const done = await caller.send(
      'POST',
      '/v1/auth/mfa/verify',
      { mfa_handle, otp, mode: 'token' },
      headers,
    );
    expect(done).toMatchObject({ status: 200, body: { token_type: 'Bearer' } });
  });

  it('on a listed origin may send the handle: the preflight allows its header', async () => {
    const answer = await caller.send('OPTIONS', '/v1/auth/mfa/authenticators', undefined, {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': 'GET',
      'Access-Control-Request-Headers': 'x-mfa-handle',
    });
    expect(answer.headers.get('access-control-allow-headers')).toContain('X-MFA-Handle');
  });
});

describe('a sign-in for tokens without openid', () => {
  it('can end with tokens but not with a session, which is refused without consuming the code', async () => {
    const person = await twoFactors();
    const handle = await caller.begin(person, { scope: 'geocode:location' });
    const otp = await nextTotp(world, person);
    expect(await caller.verify(handle, { otp, mode: 'session' })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'mode' }] },
    });
    expect(await caller.verify(handle, { otp })).toMatchObject({
      status: 200,
      body: { scope: 'geocode:location' },
    });
  });
});

describe('a code', () => {
  it('is accepted once', async () => {
    const person = await twoFactors();
    const otp = await nextTotp(world, person);
    expect((await caller.verify(await caller.begin(person), { otp })).status).toBe(200);
    expect(await caller.verify(await caller.begin(person), { otp })).toMatchObject(wrongCode);
  });

  it('is accepted once in parallel, over two gateways', async () => {
    const other = await startGatewayUnderTest({ RATE_LIMIT_ENABLED: 'false' }, world.link, world.clock);
    const person = await twoFactors();
    const handle = await caller.begin(person);
    const otp = await nextTotp(world, person);
    const gates = [caller, createCaller(other.url), caller, createCaller(other.url), caller, caller];
    const answers = await Promise.all(gates.map((gate) => gate.verify(handle, { otp })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(5);
    await other.close();
  });

  it('that was sent is valid only for its sign-in, and only the latest one', async () => {
    const person = await addPerson(world, { phone_number: '+15550100320' });
    const [one, other] = [await caller.begin(person), await caller.begin(person)];
    const first = (await caller.challenge(one, { type: 'sms' })).body.oob_code as string;
    const firstCode = await lastCode(world, '+15550100320');
    expect(await caller.verify(other, { oob_code: first, binding_code: firstCode })).toMatchObject({
      status: 400,
      body: { code: 'validation_failed', errors: [{ path: 'oob_code' }] },
    });
    const second = (await caller.challenge(one, { type: 'sms' })).body.oob_code as string;
    const secondCode = await lastCode(world, '+15550100320');
    expect(await caller.verify(one, { oob_code: first, binding_code: firstCode })).toMatchObject(wrongCode);
    expect(await caller.verify(one, { oob_code: second, binding_code: otherThan(secondCode) })).toMatchObject(
      wrongCode,
    );
    expect((await caller.verify(one, { oob_code: second, binding_code: secondCode })).status).toBe(200);
  });

  it.each([
    ['none', {}, 'otp'],
    ['two', { otp: '123456', recovery_code: allFactors.recovery_code }, 'otp'],
    ['letters', { otp: 'secret' }, 'otp'],
    ['a code that goes with nothing', { otp: '123456', binding_code: '123456' }, 'binding_code'],
    ['a list', { otp: ['123456'] }, 'otp'],
    ['a number', { otp: 123456 }, 'otp'],
    ['a grant type', { otp: '123456', grant_type: 'password' }, 'grant_type'],
    ['a token of the tenant', { otp: '123456', mfa_token: 'x' }, 'mfa_token'],
  ])('that is %s is refused', async (_what, body, at) => {
    const handle = await caller.begin(await twoFactors());
    const answer = await caller.verify(handle, body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(at);
  });
});

describe('a handle', () => {
  it('is valid for one sign-in, even if the tenant would accept it again', async () => {
    const person = await twoFactors();
    const handle = await caller.begin(person);
    expect((await caller.verify(handle, { otp: await nextTotp(world, person) })).status).toBe(200);
    expect(await caller.verify(handle, { otp: await nextTotp(world, person) })).toMatchObject(expired);
    expect(await caller.authenticators(handle)).toMatchObject(expired);
    expect(await caller.challenge(handle, { type: 'sms' })).toMatchObject(expired);
    expect(await caller.associate(handle, { type: 'otp' })).toMatchObject(expired);
  });

  it('is valid for five minutes', async () => {
    const person = await twoFactors();
    const handle = await caller.begin(person);
    world.clock.offsetS += 299;
    expect((await caller.authenticators(handle)).status).toBe(200);
    world.clock.offsetS += 1;
    expect(await caller.authenticators(handle)).toMatchObject(expired);
    expect(await caller.challenge(handle, { type: 'otp' })).toMatchObject(expired);
    expect(await caller.associate(handle, { type: 'otp' })).toMatchObject(expired);
    expect(await caller.verify(handle, { otp: await nextTotp(world, person) })).toMatchObject(expired);
  });

  it('does not reveal the tenant’s token, and cannot be forged', async () => {
    const handle = await caller.begin(await twoFactors());
    expect(Buffer.from(handle, 'base64url').toString('latin1')).not.toMatch(/mfaToken|example\.com/);
    const browser = createBrowser(world.url);
    const person = await addPerson(world, allFactors);
    const { body } = await browser.send('POST', '/v1/auth/signin', {
      body: { email: person.email, password: person.password },
    });
    await browser.send('POST', '/v1/auth/mfa/verify', {
      body: { mfa_handle: body.mfa_handle, otp: await nextTotp(world, person) },
    });
    const sealedForOthers = [...browser.cookies.values()];
    expect(sealedForOthers.length).toBeGreaterThan(0);
    const login = await navigate(world.url, '/v1/auth/login');
    expect(login.status).toBe(303);
    sealedForOthers.push(login.headers.getSetCookie()[0]?.split(/[=;]/)[1] ?? '');
    sealedForOthers.push(new URL(login.headers.get('location') ?? '').searchParams.get('state') ?? '');
    const mutants = [handle.slice(0, -2), `${handle}AAAA`, `A${handle.slice(1)}`, 'x', '-'.repeat(8192)];
    for (const text of [...sealedForOthers, ...mutants]) {
      expect(await caller.authenticators(text)).toMatchObject(expired);
      expect(await caller.verify(text, { otp: '123456' })).toMatchObject(expired);
    }
  });

  it('of another gateway, with another secret, is refused', async () => {
    const env = { SESSION_SECRETS: 'another secret of the tests that has 32 bytes' };
    const other = await startGatewayUnderTest(env, world.link, world.clock);
    const handle = await caller.begin(await twoFactors());
    expect(await createCaller(other.url).authenticators(handle)).toMatchObject(expired);
    await other.close();
  });

  it('is required in its header', async () => {
    const handle = await caller.begin(await twoFactors());
    for (const answer of [
      await caller.send('GET', '/v1/auth/mfa/authenticators'),
      await caller.send('GET', '/v1/auth/mfa/authenticators', undefined, {
        'X-MFA-Handle': 'x'.repeat(8193),
      }),
    ]) {
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'validation_failed', errors: [{ path: 'X-MFA-Handle' }] },
      });
    }
    const inQuery = await caller.send('GET', `/v1/auth/mfa/authenticators?mfa_handle=${handle}`);
    expect(inQuery.status).toBe(400);
  });
});

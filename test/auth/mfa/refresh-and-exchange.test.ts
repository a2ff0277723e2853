import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createBrowser as createPageBrowser,
  locationOf,
} from '../../../packages/tenant/test/support/browser.ts';
import { A_DAY_S, callApi, longSessions, watchTenant } from '../../session/support/person.ts';
import { type Browser, createBrowser } from '../../support/browser.ts';
import type { World } from '../../support/world.ts';
import { allowRedirect, fetchCode } from '../redirect/support.ts';
import {
  addPerson,
  createCaller,
  findTenantSid,
  lastCode,
  makeMfaToken,
  nextTotp,
  type Person,
  password,
  setFaults,
  startMfaWorld,
  totpSecret,
} from './support.ts';

const redirectUri = 'http://localhost:8080/done';

let world: World;
let caller: ReturnType<typeof createCaller>;
beforeAll(async () => {
  // A tenant that requires a second factor for unusual sign-ins.
  world = await startMfaWorld(longSessions, { policies: ['confidence-score'] });
  caller = createCaller(world.url);
  allowRedirect(world, redirectUri);
});
afterEach(() => setFaults(world, []));
afterAll(() => world.close());

/** Makes the tenant require a second factor at the next calls of its token endpoint. */
function askFor(person: Person): Promise<unknown> {
  const body = {
    error: 'mfa_required',
    error_description: 'Multifactor authentication required',
    mfa_token: makeMfaToken(world, person),
    mfa_requirements: {
      challenge: [{ type: 'otp' }, { type: 'push-notification' }, { type: 'recovery-code' }],
    },
  };
  return setFaults(world, [
    {
      method: 'POST',
      path: '^/oauth/token$',
      status: 403,
      headers: { 'content-type': 'application/json' },
      body,
    },
  ]);
}

const factors = [
  { type: 'otp', enrolled: true },
  { type: 'push', enrolled: true },
  { type: 'recovery_code', enrolled: true },
];

/** A user whose session started with both factors. */
async function signInByBoth(): Promise<{ browser: Browser; person: Person }> {
  const person = await addPerson(world, {
    totp_secret: totpSecret,
    email: `${randomBytes(6).toString('hex')}@example.com`,
  });
  const browser = createBrowser(world.url);
  const first = await browser.send('POST', '/v1/auth/signin', { body: { email: person.email, password } });
  const otp = await nextTotp(world, person);
  const { mfa_handle } = first.body;
  await browser.send('POST', '/v1/auth/mfa/verify', { body: { mfa_handle, otp } });
  return { browser, person };
}

const isSignedIn = async (browser: Browser) =>
  (await browser.send('GET', '/v1/auth/session')).body.authenticated as boolean;

describe('a session whose refresh needs a second factor', () => {
  it('is kept, and continues under a new id after the factor', async () => {
    const { browser, person } = await signInByBoth();
    const before = [...browser.cookies.values()];
    world.clock.offsetS += A_DAY_S;
    await askFor(person);
    const asked = await callApi(browser);
    expect(asked).toMatchObject({ status: 403, body: { code: 'mfa_required', factors } });
    expect(await isSignedIn(browser)).toBe(true);
    expect([...browser.cookies.values()]).toEqual(before);
    const body = { mfa_handle: asked.body.mfa_handle, otp: await nextTotp(world, person) };
    expect((await browser.send('POST', '/v1/auth/mfa/verify', { body })).status).toBe(200);
    expect([...browser.cookies.values()]).not.toEqual(before);
    const tenant = watchTenant(world);
    expect((await callApi(browser)).status).toBe(200);
    expect(await tenant.refreshes()).toBe(0);
    const { sessions } = (await browser.send('GET', '/v1/auth/sessions')).body;
    expect(sessions).toHaveLength(1);
  });

  it('is kept by POST /v1/auth/refresh too', async () => {
    const { browser, person } = await signInByBoth();
    await askFor(person);
    const asked = await browser.send('POST', '/v1/auth/refresh', { body: {} });
    expect(asked).toMatchObject({ status: 403, body: { code: 'mfa_required', factors } });
    expect(await isSignedIn(browser)).toBe(true);
    expect((await callApi(browser)).status).toBe(200);
    const { mfa_handle } = asked.body;
    for (let guess = 0; guess < 2; guess++) {
      const refused = await browser.send('POST', '/v1/auth/mfa/verify', {
        body: { mfa_handle, otp: '000000' },
      });
      expect(refused).toMatchObject({ status: 401, body: { code: 'mfa_invalid_code' } });
    }
    expect(await isSignedIn(browser)).toBe(true);
    const body = { mfa_handle, otp: await nextTotp(world, person) };
    expect((await browser.send('POST', '/v1/auth/mfa/verify', { body })).status).toBe(200);
  });

  it('stays linked to its original session at the tenant', async () => {
    const person = await addPerson(world);
    const pages = createPageBrowser();
    const login = await pages.get(`${world.gateway.publicUrl}/v1/auth/login`);
    const form = await pages.open(locationOf(login));
    await pages.get(locationOf(await pages.submit(form, { username: person.email, password })));
    const browser = createBrowser(world.url);
    const cookie = pages.cookies.get('gatehouse') ?? '';
    browser.cookies.set('gatehouse', cookie);
    await askFor(person);
    const { mfa_handle } = (await browser.send('POST', '/v1/auth/refresh', { body: {} })).body;
    await browser.send('POST', '/v1/auth/mfa/associate', { body: { mfa_handle, type: 'otp' } });
    const otp = await nextTotp(world, person);
    await browser.send('POST', '/v1/auth/mfa/verify', { body: { mfa_handle, otp } });
    expect(browser.cookies.get('gatehouse')).not.toBe(cookie);
    const response = await fetch(`${world.tenant.origin}/_tenant/backchannel-logout`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({
        user_id: person.id,
        sid: findTenantSid(world, person),
        client_id: world.link.clientId,
      }),
    });
    expect(response.status).toBe(200);
    expect(await isSignedIn(browser)).toBe(false);
  });
});

describe('a refresh token that needs a second factor', () => {
  it('gets a handle, which leads to tokens', async () => {
    const person = await addPerson(world);
    const { body: tokens } = await caller.signIn(person);
    await askFor(person);
    const { refresh_token } = tokens;
    const asked = await caller.send('POST', '/v1/auth/refresh', { refresh_token });
    expect(asked).toMatchObject({ status: 403, body: { code: 'mfa_required', factors } });
    const { mfa_handle } = asked.body;
    await caller.associate(mfa_handle, { type: 'otp' });
    const done = await caller.verify(mfa_handle, { otp: await nextTotp(world, person) });
    expect(done).toMatchObject({ status: 200, body: { refresh_token: expect.any(String) } });
  });
});

describe('an exchanged code that needs a second factor', () => {
  it.each(['session', 'token'])('ends in a %s', async (mode) => {
    const person = await addPerson(world);
    const proof = await fetchCode(world, { redirectUri, person });
    await askFor(person);
    const exchange = { redirect_uri: redirectUri, mode, ...proof };
    const asked = await caller.send('POST', '/v1/auth/exchange', exchange);
    expect(asked).toMatchObject({ status: 403, body: { code: 'mfa_required', factors } });
    expect(asked.headers.get('set-cookie')).toBeNull();
    const { mfa_handle } = asked.body;
    const { oob_code } = (await caller.associate(mfa_handle, { type: 'email' })).body;
    const binding_code = await lastCode(world, person.email);
    const done = await caller.verify(mfa_handle, { oob_code, binding_code, mode });
    expect(done.status).toBe(200);
    if (mode === 'token') expect(done.body).toMatchObject({ token_type: 'Bearer' });
    else expect(done.headers.get('set-cookie')).toMatch(/^gatehouse=/);
  });
});

it('a callback whose code exchange requires a second factor is 502', async () => {
  const person = await addPerson(world);
  const pages = createPageBrowser();
  const form = await pages.open(locationOf(await pages.get(`${world.gateway.publicUrl}/v1/auth/login`)));
  const callback = locationOf(await pages.submit(form, { username: person.email, password }));
  await askFor(person);
  const answer = await pages.get(callback, { accept: 'application/json' });
  expect(answer.status).toBe(502);
  expect(JSON.parse(answer.text)).toMatchObject({ code: 'tenant_error' });
  expect(answer.text).not.toContain('mfa_handle');
});

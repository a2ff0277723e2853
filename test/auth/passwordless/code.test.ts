import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBrowser } from '../../support/browser.ts';
import { startGatewayUnderTest } from '../../support/gateway.ts';
import { startWorld, type World } from '../../support/world.ts';
import { otherThan } from '../mfa/support.ts';
import {
  block,
  codeOf,
  newEmail,
  newPhone,
  sentTo,
  setConnectionOptions,
  shapeOf,
  start,
  verify,
} from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({
    RATE_LIMIT_ENABLED: 'false',
    ALLOWED_ORIGINS: 'https://app.example',
    TOKEN_MODE_ORIGINS: 'https://native.example',
  });
});
afterAll(() => world.close());

const wrongCode = { status: 401, body: { code: 'invalid_code' } };

describe('a code', () => {
  it('signs a browser in by session, without a token in any response', async () => {
    const browser = createBrowser(world.url);
    const email = newEmail();
    const asked = await start(browser, { email });
    expect([asked.status, asked.body, browser.cookies.size]).toEqual([202, '', 0]);
    const done = await verify(browser, { email, code: codeOf(world, email) });
    expect(done).toMatchObject({ status: 200, body: { user: { email, email_verified: true } } });
    expect(done.body.user.id).toMatch(/^email\|/);
    expect(done.headers.get('cache-control')).toBe('no-store');
    expect((await browser.send('GET', '/api/location/geocode?q=Oslo')).status).toBe(200);
    expect((await browser.send('POST', '/v1/auth/refresh')).status).toBe(204);
    expect(JSON.stringify(done.body)).not.toMatch(/eyJ/);
    const out = await browser.send('POST', '/v1/auth/signout', { body: {} });
    expect(out.body).toEqual({ signout_url: null });
  });

  it.each([
    ['an e-mail address', () => ({ email: newEmail() })],
    ['a phone number', () => ({ phone_number: newPhone() })],
  ])('to %s gets any other caller tokens', async (_, make) => {
    const to: { email?: string; phone_number?: string } = make();
    expect((await start(world.url, { ...to, send: 'code' })).status).toBe(202);
    const code = codeOf(world, to.email ?? to.phone_number ?? '');
    const { status, body, headers } = await verify(world.url, { ...to, code });
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: 'Bearer', refresh_token: expect.any(String) });
    expect(body.scope.split(' ')).toContain('geocode:location');
    expect(headers.get('pragma')).toBe('no-cache');
    const called = await fetch(`${world.url}/api/location/geocode?q=Oslo`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(called.status).toBe(200);
  });

  it('is accepted once, also of two parallel uses', async () => {
    const email = newEmail();
    await start(world.url, { email });
    const code = codeOf(world, email);
    const answers = await Promise.all(Array.from({ length: 4 }, () => verify(world.url, { email, code })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 401, 401, 401]);
    expect(await verify(world.url, { email, code })).toMatchObject(wrongCode);
  });

  it('is valid only for its address', async () => {
    const [mine, yours] = [newEmail(), newEmail()];
    await start(world.url, { email: mine });
    await start(world.url, { email: yours });
    const code = codeOf(world, mine);
    expect(await verify(world.url, { email: yours, code })).toMatchObject(wrongCode);
    expect(await verify(world.url, { phone_number: newPhone(), code })).toMatchObject(wrongCode);
    expect((await verify(world.url, { email: mine.toUpperCase(), code })).status).toBe(200);
  });

  it('is valid only if it is the latest', async () => {
    const email = newEmail();
    await start(world.url, { email });
    const old = codeOf(world, email);
    await start(world.url, { email });
    const fresh = codeOf(world, email);
    // In one of a million cases both are equal.
    if (old !== fresh) expect(await verify(world.url, { email, code: old })).toMatchObject(wrongCode);
    expect((await verify(world.url, { email, code: fresh })).status).toBe(200);
  });

  it('that is wrong or expired does not sign in', async () => {
    const browser = createBrowser(world.url);
    const email = newEmail();
    await start(browser, { email });
    const code = codeOf(world, email);
    expect(await verify(browser, { email, code: otherThan(code) })).toMatchObject(wrongCode);
    world.clock.offsetS += 181;
    expect(await verify(browser, { email, code })).toMatchObject(wrongCode);
    expect(browser.cookies.size).toBe(0);
  });

  it('of a user who was blocked meanwhile is refused', async () => {
    const email = newEmail();
    await start(world.url, { email });
    await verify(world.url, { email, code: codeOf(world, email) });
    await start(world.url, { email });
    block(world, email);
    const answer = await verify(world.url, { email, code: codeOf(world, email) });
    expect(answer).toMatchObject({ status: 403, body: { code: 'user_blocked' } });
  });

  it('is sent to the tenant with the user’s address, and not logged', async () => {
    const email = newEmail();
    await start(world.url, { email }, { 'auth0-forwarded-for': '6.6.6.6', 'X-Forwarded-For': '6.6.6.6' });
    const code = codeOf(world, email);
    await verify(world.url, { email, code }, { 'auth0-forwarded-for': '6.6.6.6' });
    const requests = (await (await fetch(`${world.tenant.origin}/_tenant/requests`)).json()) as {
      path: string;
      headers: Record<string, string>;
    }[];
    for (const path of ['/passwordless/start', '/oauth/token'])
      expect(requests.filter((one) => one.path === path).at(-1)?.headers['auth0-forwarded-for']).toBe(
        '127.0.0.1',
      );
    expect(JSON.stringify(requests)).not.toContain('6.6.6.6');
    expect(world.logText()).not.toContain(email);
    expect(world.logText()).not.toContain(`"${code}"`);
    const events = world.lines.map(({ event }) => event);
    expect(events).toEqual(
      expect.arrayContaining(['auth.passwordless_start.succeeded', 'auth.signin.succeeded']),
    );
  });
});

describe('the response to a start', () => {
  it('is the same for every address, whether or not a code was sent', async () => {
    const [known, blocked, unknown] = [newEmail(), newEmail(), newEmail()];
    for (const email of [known, blocked]) {
      await start(world.url, { email });
      await verify(world.url, { email, code: codeOf(world, email) });
    }
    block(world, blocked);
    const sent = sentTo(world, blocked).length;
    const ofKnown = shapeOf(await start(world.url, { email: known }));
    expect(ofKnown.status).toBe(202);
    expect(shapeOf(await start(world.url, { email: blocked }))).toEqual(ofKnown);
    expect(sentTo(world, blocked)).toHaveLength(sent);
    expect(shapeOf(await start(world.url, { email: unknown }))).toEqual(ofKnown);
    setConnectionOptions(world, 'email', { disable_signup: true });
    const closed = newEmail();
    expect(shapeOf(await start(world.url, { email: closed }))).toEqual(ofKnown);
    expect(sentTo(world, closed)).toEqual([]);
    expect(shapeOf(await start(world.url, { email: known }))).toEqual(ofKnown);
    setConnectionOptions(world, 'email', { disable_signup: false });
  });
});

describe('a request', () => {
  const email = 'odd@example.com';
  it.each<[string, object]>([
    ['without an address', {}],
    ['with two', { email, phone_number: '+15551234567' }],
    ['with a list', { email: [email] }],
    ['with a number that is none', { phone_number: '0555 1234' }],
    ['with an address that is none', { email: 'a@b@c.de' }],
    ['for a link to a phone', { phone_number: '+15551234567', send: 'link' }],
    ['for a code that leads somewhere', { email, return_to: '/' }],
    ['for something else', { email, send: 'voice' }],
    ['that names the connection', { email, connection: 'sms' }],
    ['that brings parameters', { email, authParams: { redirect_uri: 'https://evil.example' } }],
  ])('to start %s is refused', async (_, body) => {
    expect(await start(world.url, body)).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
  });

  it.each<[string, object]>([
    ['without a code', { email }],
    ['with a list of codes', { email, code: ['123456'] }],
    ['with a number', { email, code: 123456 }],
    ['with a code of spaces', { email, code: '123 456' }],
    ['with two addresses', { email, phone_number: '+15551234567', code: '123456' }],
    ['with a realm', { email, code: '123456', realm: 'sms' }],
    ['with a scope', { email, code: '123456', scope: 'openid' }],
  ])('to verify %s is refused', async (_, body) => {
    expect(await verify(world.url, body)).toMatchObject({
      status: 400,
      body: { code: 'validation_failed' },
    });
  });

  it.each([
    ['/v1/auth/passwordless/start', { email }],
    ['/v1/auth/passwordless/verify', { email, code: '123456' }],
  ])('to %s from a foreign page is refused', async (path, body) => {
    const headers = { Origin: 'https://evil.example' };
    const answer = await createBrowser(world.url).send('POST', path, { body, headers });
    expect(answer).toMatchObject({ status: 403, body: { code: 'csrf_failed' } });
    expect(sentTo(world, email)).toEqual([]);
  });

  it('for tokens is refused for a browser, and one for a session for a page of another site', async () => {
    const headers = { Origin: 'https://app.example' };
    expect(await verify(world.url, { email, code: '123456', mode: 'token' }, headers)).toMatchObject({
      status: 403,
      body: { code: 'token_mode_refused' },
    });
    const crossSite = { ...headers, 'Sec-Fetch-Site': 'cross-site' };
    expect(await verify(world.url, { email, code: '123456' }, crossSite)).toMatchObject({
      status: 403,
      body: { code: 'cross_site_session' },
    });
  });
});

it('sign-in by code works with PASSWORD_SIGNIN=false', async () => {
  const env = { PASSWORD_SIGNIN: 'false', RATE_LIMIT_ENABLED: 'false' };
  const under = await startGatewayUnderTest(env, world.link, world.clock);
  const email = newEmail();
  expect((await start(under.url, { email })).status).toBe(202);
  expect((await verify(under.url, { email, code: codeOf(world, email) })).status).toBe(200);
  await under.close();
});

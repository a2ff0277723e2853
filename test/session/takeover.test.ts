import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GatewayError } from '../../src/errors.ts';
import type { Browser } from '../support/browser.ts';
import { startWorld, type World } from '../support/world.ts';
import { longSessions, password, restoreTenant, signInUser, tokenFault } from './support/person.ts';
import {
  audience,
  createSessionsUnderTest,
  type SessionsUnderTest,
  toToken,
} from './support/session-module.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld(longSessions);
});
afterAll(() => world.close());
afterEach(() => restoreTenant(world));

const whoIs = async (browser: Browser): Promise<unknown> =>
  (await browser.send('GET', '/v1/auth/session')).body.user?.email;

describe('a failed sign-in with an active session', () => {
  it.each<[string, number, object | undefined]>([
    ['because the password is wrong', 401, undefined],
    [
      'because a second factor is asked for',
      403,
      { status: 403, body: { error: 'mfa_required', mfa_token: 'x' } },
    ],
    ['because the tenant is down', 503, { status: 503 }],
    ['because an Action refuses', 403, { status: 403, body: { error: 'access_denied' } }],
  ])('%s leaves it unchanged', async (_, status, fault) => {
    const email = `stays${status}${fault ? '' : 'x'}@example.com`;
    const browser = await signInUser(world.url, email);
    const held = browser.cookies.get('gatehouse');
    if (fault) await tokenFault(world, fault);
    const body = { email, password: fault ? password : 'Wrong-Horse-9' };
    const refused = await browser.send('POST', '/v1/auth/signin', { body });
    expect([refused.status, refused.headers.getSetCookie()]).toEqual([status, []]);
    await restoreTenant(world);
    expect(browser.cookies.get('gatehouse')).toBe(held);
    expect(await whoIs(browser)).toBe(email);
  });

  it('by code or by redirect leaves it unchanged', async () => {
    const browser = await signInUser(world.url, 'redirects@example.com');
    const exchanged = { code: 'x', redirect_uri: `${world.gateway.publicUrl}/cb`, nonce: 'n' };
    expect((await browser.send('POST', '/v1/auth/exchange', { body: exchanged })).status).toBe(401);
    const login = await browser.go('/v1/auth/login');
    const state = new URL(login.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const callback = await browser.go(`/v1/auth/callback?code=x&state=${state}`);
    expect(callback.status).toBe(401);
    expect(await whoIs(browser)).toBe('redirects@example.com');
  });
});

describe('a sign-in with an active session of another user', () => {
  it('belongs to the new user, and the old ticket is invalid', async () => {
    const browser = await signInUser(world.url, 'old-user@example.com');
    const old = browser.cookies.get('gatehouse') ?? '';
    await signInUser(world.url, 'new-user@example.com');
    const body = { email: 'new-user@example.com', password };
    expect((await browser.send('POST', '/v1/auth/signin', { body })).status).toBe(200);
    expect(await whoIs(browser)).toBe('new-user@example.com');
    browser.cookies.set('gatehouse', old);
    expect(await whoIs(browser)).toBeUndefined();
  });

  it('in token mode changes no session', async () => {
    const browser = await signInUser(world.url, 'both-ways@example.com');
    const headers = { 'Sec-Fetch-Site': undefined };
    const body = { email: 'both-ways@example.com', password, mode: 'token' };
    const answer = await browser.send('POST', '/v1/auth/signin', { body, headers });
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
    expect(await whoIs(browser)).toBe('both-ways@example.com');
  });
});

describe('a failure of the store during a sign-in', () => {
  const user = (name: string) => ({
    tokens: { access_token: toToken(name), expires_in: 600, scope: 'read', refresh_token: `rt of ${name}` },
    claims: { sub: `auth0|${name}` },
    audience,
    method: 'password' as const,
  });
  const failAt = (under: SessionsUnderTest, wanted: string, times = Number.POSITIVE_INFINITY) => {
    let failed = 0;
    under.fail = (call) => {
      if (call === wanted && failed++ < times) throw new GatewayError('store_unavailable');
    };
  };

  it('before the new session is stored keeps the old one', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    failAt(under, 'insert');
    const beginning = under.sessions.begin(user('2'), { id: 'r', ip: '127.0.0.1', headers });
    await expect(beginning).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(under.revoked).toEqual(['rt of 2']);
    expect((await under.enter(headers)).subject).toBe('auth0|1');
  });

  it('before the old session has ended leaves no new one, whose cookie would be lost', async () => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin();
    failAt(under, 'remove', 1);
    const beginning = under.sessions.begin(user('2'), { id: 'r', ip: '127.0.0.1', headers });
    await expect(beginning).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(under.revoked).toEqual(['rt of 2']);
    expect(await under.sessions.list('auth0|2')).toEqual([]);
    expect((await under.enter(headers)).subject).toBe('auth0|1');
  });
});

describe('tokens that arrive after the end of the session', () => {
  it.each<[string, (under: SessionsUnderTest) => Promise<unknown>]>([
    ['by the tenant', (under) => under.sessions.endBySid('sid-1')],
    ['with all others of the user', (under) => under.sessions.endAll('auth0|1')],
    [
      'from another session of the user',
      async (under) => {
        const [listed] = await under.sessions.list('auth0|1');
        return under.sessions.endOne('auth0|1', listed?.id ?? '');
      },
    ],
  ])('%s are revoked, and it stays ended', async (_, end) => {
    const under = createSessionsUnderTest();
    const { headers } = await under.begin({ sid: 'sid-1' });
    under.clock.offsetS += 700;
    let answer: (() => void) | undefined;
    under.refresh = () =>
      new Promise((resolve) => {
        answer = () => resolve({ access_token: toToken('late'), expires_in: 600, refresh_token: 'late' });
      });
    const entering = [under.enter(headers), under.enter(headers), under.sessions.renew(headers)];
    const settled = Promise.allSettled(entering);
    await expect.poll(() => answer !== undefined).toBe(true);
    await end(under);
    answer?.();
    for (const outcome of await settled)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'session_expired' } });
    expect(under.revoked).toEqual(['late']);
    expect(await under.sessions.read(headers)).toBeUndefined();
    expect(await under.sessions.list('auth0|1')).toEqual([]);
  });
});

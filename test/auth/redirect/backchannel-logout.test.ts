import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../../../packages/tenant/test/support/browser.ts';
import { storedIn } from '../../../packages/tenant/test/support/stored.ts';
import { endByLogoutToken } from '../../../src/auth/sessions/backchannel-logout.ts';
import { GatewayError } from '../../../src/errors.ts';
import { createTravelClock, nowS } from '../../../src/lib/clock.ts';
import { createSqliteStore } from '../../../src/store/sqlite-store.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../../support/gateway.ts';
import { startWorld, type World } from '../../support/world.ts';
import { readSession, signInByRedirect, signUp } from './support.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  await signUp(world);
});
afterAll(() => world.close());

const sids = (): string[] =>
  storedIn(world.tenant)
    .browserSessions.list()
    .map(({ sid }) => sid);

async function signedIn(): Promise<Browser & { readonly sid: string }> {
  const before = new Set(sids());
  const browser = createBrowser();
  await signInByRedirect(browser, world);
  expect(await readSession(browser, world)).toMatchObject({ authenticated: true });
  return { ...browser, sid: sids().find((sid) => !before.has(sid)) ?? '' };
}
const isSignedIn = async (browser: Browser): Promise<unknown> =>
  (await readSession(browser, world))['authenticated'];

const userId = (): string => {
  const [found] = storedIn(world.tenant).users.list();
  return found?.user_id ?? '';
};

/** Makes the tenant send a logout token, and returns the gateway's response. */
async function sendLogout(body: object): Promise<number[]> {
  const answer = await fetch(`${world.tenant.origin}/_tenant/backchannel-logout`, {
    method: 'POST',
    body: JSON.stringify({ user_id: userId(), client_id: world.link.clientId, ...body }),
    headers: { 'content-type': 'application/json' },
  });
  const { sent } = (await answer.json()) as { sent: { status?: number }[] };
  return sent.map(({ status = 0 }) => status);
}

const post = (logout_token: string) =>
  fetch(`${world.url}/v1/auth/backchannel-logout`, {
    method: 'POST',
    body: new URLSearchParams({ logout_token }),
  });

const sign = async (jti: string, more: object = {}): Promise<string> => {
  const { kid, privateKey } = world.tenantContext.keys.current();
  return new SignJWT({
    jti,
    exp: nowS(world.clock) + 120,
    events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
    sub: userId(),
    ...more,
  })
    .setProtectedHeader({ alg: 'RS256', kid, typ: 'logout+jwt' })
    .setIssuer(world.tenant.issuer)
    .setAudience(world.link.clientId)
    .setIssuedAt(nowS(world.clock))
    .sign(privateKey);
};

describe('a logout by the tenant', () => {
  it('ends all sessions of the user', async () => {
    const browsers = [await signedIn(), await signedIn()];
    expect(await sendLogout({})).toContain(200);
    expect(await Promise.all(browsers.map(isSignedIn))).toEqual([false, false]);
  });

  it('of one session ends only that one', async () => {
    const [one, other] = [await signedIn(), await signedIn()];
    expect(await sendLogout({ sid: one.sid })).toEqual([200]);
    expect(await isSignedIn(one)).toBe(false);
    expect(await isSignedIn(other)).toBe(true);
  });

  it('is answered with an empty body', async () => {
    const answer = await post(await sign('empty'));
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe('');
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('is accepted once: repeated, it ends no session', async () => {
    const token = await sign('once');
    expect((await post(token)).status).toBe(200);
    const browser = await signedIn();
    const again = await post(token);
    expect(again.status).toBe(400);
    expect(again.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await again.json()).toMatchObject({ error: 'invalid_request' });
    expect(await isSignedIn(browser)).toBe(true);
  });

  it.each<[string, () => Promise<string>]>([
    ['with a nonce', () => sign('n', { nonce: 'x' })],
    ['without exp', () => sign('x', { exp: undefined })],
    ['without events', () => sign('e', { events: {} })],
    ['that is none', () => Promise.resolve('x')],
  ])('%s is refused, and ends no session', async (_, make) => {
    const browser = await signedIn();
    const answer = await post(await make());
    expect(answer.status).toBe(400);
    expect(await isSignedIn(browser)).toBe(true);
  });

  it('with another content type is refused', async () => {
    const answer = await fetch(`${world.url}/v1/auth/backchannel-logout`, {
      method: 'POST',
      body: JSON.stringify({ logout_token: await sign('json') }),
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(415);
  });
});

describe('the limit of logout tokens', () => {
  let limited: GatewayUnderTest;
  beforeAll(async () => {
    limited = await startGatewayUnderTest({ RATE_LIMIT_AUTH_IP: '5/1m' }, world.link, world.clock);
  });
  afterAll(() => limited.close());

  const send = async (logout_token: string): Promise<number> => {
    const body = new URLSearchParams({ logout_token });
    return (await fetch(`${limited.url}/v1/auth/backchannel-logout`, { method: 'POST', body })).status;
  };

  it('refuses no valid one, even with many tokens and other requests from the address', async () => {
    const good = await Promise.all(Array.from({ length: 80 }, (_, i) => sign(`many ${i}`)));
    const sent = await Promise.all(good.map(send));
    expect(sent.filter((status) => status !== 200)).toEqual([]);
    for (let i = 0; i < 5; i++) expect(await send(`false ${i}`)).toBe(400);
    expect(await send('false 5')).toBe(429);
    expect(await send(await sign('after all'))).toBe(200);
  });
});

describe('an outage of the store during a logout by the tenant', () => {
  const outage = () => Promise.reject(new GatewayError('store_unavailable'));

  it.each(['isRemembered', 'end', 'consumeOnce'])(
    'is 503 and not a refusal, and the token stays valid for a retry: %s',
    async (failing) => {
      const { replayStore } = createSqliteStore(':memory:', createTravelClock());
      const ended: string[] = [];
      const deps = {
        verify: async () => ({ jti: 'a', sub: 'auth0|1', sid: 's' }),
        sessions: { endAll: outage, endBySid: async (sid: string) => [String(ended.push(sid))] },
        replayStore,
        tokenLifetimeS: 60,
      };
      const broken = {
        ...deps,
        sessions: failing === 'end' ? { ...deps.sessions, endBySid: outage } : deps.sessions,
        replayStore: failing === 'end' ? replayStore : { ...replayStore, [failing]: outage },
      };
      await expect(endByLogoutToken(broken, 'x')).rejects.toMatchObject({
        code: 'store_unavailable',
        status: 503,
      });
      ended.length = 0;
      await endByLogoutToken(deps, 'x');
      expect(ended).toEqual(['s']);
      await expect(endByLogoutToken(deps, 'x')).rejects.toMatchObject({ code: 'invalid_request' });
      expect(ended).toEqual(['s']);
    },
  );
});

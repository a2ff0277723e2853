import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  A_DAY_S,
  breakTenant,
  callApi,
  longSessions,
  password,
  restoreTenant,
  revokeAtTenant,
  signInUser,
  watchTenant,
} from '../session/support/person.ts';
import type { Browser } from '../support/browser.ts';
import { navigate } from '../support/navigate.ts';
import { writeSeedFile } from '../support/seed-file.ts';
import { startWorld, type World } from '../support/world.ts';

let world: World;

const passwordRealm = 'http://auth0.com/oauth/grant-type/password-realm';
const anotherApp = {
  client_id: 'another-app',
  token_endpoint_auth_method: 'none',
  grant_types: [passwordRealm],
};

beforeAll(async () => {
  world = await startWorld(longSessions, writeSeedFile({ clients: [anotherApp] }));
});
afterAll(() => world.close());
afterEach(() => restoreTenant(world));

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

async function signInAgain(email: string, userAgent?: string): Promise<Browser> {
  const browser = await signInUser(world.url, email);
  if (userAgent === undefined) return browser;
  const headers = { 'User-Agent': userAgent };
  await browser.send('POST', '/v1/auth/signin', { body: { email, password }, headers });
  return browser;
}

async function tokensOf(email: string): Promise<{ access_token: string; refresh_token: string }> {
  await signInUser(world.url, email);
  const response = await fetch(`${world.url}/v1/auth/signin`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return (await response.json()) as { access_token: string; refresh_token: string };
}

const send = (method: string, path: string, token?: string, body?: object) =>
  fetch(`${world.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(token !== undefined && { Authorization: `Bearer ${token}` }),
      ...(body && { 'Content-Type': 'application/json' }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });

describe('GET session', () => {
  it('returns the claims of a bearer token', async () => {
    const { access_token } = await tokensOf('bearer@example.com');
    const response = await send('GET', '/v1/auth/session', access_token);
    expect(await response.json()).toEqual({
      authenticated: true,
      user: { id: expect.stringMatching(/^auth0\|/) },
      scope: expect.stringContaining('geocode:location'),
      expires_at: expect.stringMatching(/^\d{4}-.*Z$/),
      client_id: world.link.clientId,
    });
  });

  it('refuses an invalid bearer token, and reports other callers without a session as signed out', async () => {
    expect((await send('GET', '/v1/auth/session', 'nonsense')).status).toBe(401);
    const nobody = await send('GET', '/v1/auth/session');
    expect([nobody.status, await nobody.json()]).toEqual([200, { authenticated: false }]);
    expect(nobody.headers.get('cache-control')).toBe('no-store');
    expect(nobody.headers.get('vary')).toContain('Cookie');
    expect(nobody.headers.getSetCookie()).toEqual([]);
  });
});

describe('POST refresh', () => {
  it('renews the session at the tenant', async () => {
    const browser = await signInAgain('renew@example.com');
    const tenant = watchTenant(world);
    const answer = await browser.send('POST', '/v1/auth/refresh');
    expect([answer.status, answer.body, answer.headers.getSetCookie()]).toEqual([204, '', []]);
    expect(await tenant.refreshes()).toBe(1);
  });

  it('combines parallel calls', async () => {
    const browser = await signInAgain('renew-all@example.com');
    const tenant = watchTenant(world);
    // Slow enough for all to have asked before it answers: one that asks later gets another new token.
    await breakTenant(world, [{ method: 'POST', path: '^/oauth/token$', delay_ms: 1_500 }]);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browser.send('POST', '/v1/auth/refresh')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await tenant.refreshes()).toBe(1);
  });

  it('ends the session if the tenant has ended it, and clears the cookie; the response without a session is the same', async () => {
    const browser = await signInAgain('revoked@example.com');
    const { body } = await browser.send('GET', '/v1/auth/session');
    await revokeAtTenant(world, body.user.id);
    const ended = await browser.send('POST', '/v1/auth/refresh');
    expect([ended.status, ended.body.code]).toEqual([401, 'session_expired']);
    expect(ended.headers.getSetCookie()[0]).toMatch(/^gatehouse=; Max-Age=0;/);
    expect(browser.cookies.size).toBe(0);
    expect((await browser.send('POST', '/v1/auth/refresh')).body.code).toBe('session_expired');
  });

  it('is limited per address', async () => {
    const limited = await startWorld({ RATE_LIMIT_AUTH_IP: '3/1m' });
    const browser = await signInUser(limited.url, 'often@example.com');
    const statuses = [];
    for (let i = 0; i < 4; i++) statuses.push((await browser.send('POST', '/v1/auth/refresh')).status);
    expect(statuses).toEqual([204, 204, 204, 429]);
    await limited.close();
  });
});

describe('POST signout', () => {
  it('ends the session during an outage of the tenant, and revokes its tokens afterwards', async () => {
    const browser = await signInAgain('leaver@example.com');
    const held = new Map(browser.cookies);
    const tenant = watchTenant(world);
    await breakTenant(world, [{ method: 'POST', path: '^/oauth/revoke$', status: 503, times: 2 }]);
    const answer = await browser.send('POST', '/v1/auth/signout', { body: { return_to: '/elsewhere' } });
    expect([answer.status, answer.body]).toEqual([200, { signout_url: null }]);
    for (const [name, value] of held) browser.cookies.set(name, value);
    expect((await callApi(browser)).status).toBe(401);
    await expect.poll(tenant.revocations, { timeout: 15_000 }).toBe(3);
  });

  it('answers 204 again when repeated', async () => {
    const browser = await signInAgain('twice@example.com');
    await browser.send('POST', '/v1/auth/signout');
    expect((await browser.send('POST', '/v1/auth/signout')).status).toBe(204);
    expect((await send('POST', '/v1/auth/signout')).status).toBe(204);
  });

  it('revokes the refresh token of a token-mode caller', async () => {
    const { refresh_token } = await tokensOf('native@example.com');
    const tenant = watchTenant(world);
    expect((await send('POST', '/v1/auth/signout', undefined, { refresh_token })).status).toBe(204);
    await expect.poll(tenant.revocations).toBe(1);
    const refused = await send('POST', '/v1/auth/refresh', undefined, { refresh_token });
    expect(refused.status).toBe(401);
  });

  it('refuses a refresh token from a browser', async () => {
    const browser = await signInAgain('page@example.com');
    const { body } = await browser.send('POST', '/v1/auth/signout', { body: { refresh_token: 'v1.some' } });
    expect(body).toMatchObject({ status: 403, code: 'token_mode_refused' });
    expect((await callApi(browser)).status).toBe(200);
  });
});

describe('GET signout', () => {
  it('requires the sid of the session, which GET session returns, and ends it', async () => {
    const browser = await signInAgain('link@example.com');
    for (const query of ['', '?sid=', '?sid=guess', '?sid=a&sid=b']) {
      const refused = await browser.go(`/v1/auth/signout${query}`, { accept: 'application/json' });
      expect([query, refused.status, refused.body.code]).toEqual([query, 400, 'invalid_sid']);
    }
    const other = await signInAgain('link2@example.com');
    const theirs = (await other.send('GET', '/v1/auth/session')).body.signout_url;
    expect((await browser.go(theirs)).status).toBe(400);
    const { signout_url: mine } = (await browser.send('GET', '/v1/auth/session')).body;
    const answer = await browser.go(`${mine}&return_to=/bye`);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe(`${world.gateway.publicUrl}/bye`);
    expect(browser.cookies.size).toBe(0);
  });

  it('without a session redirects to the tenant’s logout, and back to an allowed URL', async () => {
    for (const [asked, wanted] of [
      ['/bye', '/bye'],
      ['https://evil.example/', '/'],
      ['//evil.example', '/'],
    ] as const) {
      const response = await navigate(world.url, `/v1/auth/signout?return_to=${encodeURIComponent(asked)}`);
      expect(response.status).toBe(303);
      const location = new URL(response.headers.get('location') ?? '');
      expect(location.pathname).toBe('/v2/logout');
      expect([...location.searchParams.keys()].toSorted()).toEqual(['client_id', 'returnTo']);
      const back = new URL(location.searchParams.get('returnTo') ?? '');
      expect(back.origin + back.pathname).toBe(`${world.gateway.publicUrl}/v1/auth/signed-out`);
      const landed = await navigate(world.url, `${back.pathname}${back.search}`);
      expect(landed.status).toBe(303);
      expect(landed.headers.get('location')).toBe(`${world.gateway.publicUrl}${wanted}`);
    }
  });

  it('returns to the default URL for a value that was not sealed for this purpose', async () => {
    const { mfa_handle } = await mfaHandle();
    for (const to of ['', 'x', 'https://evil.example', mfa_handle]) {
      const response = await navigate(world.url, `/v1/auth/signed-out?to=${encodeURIComponent(to)}`);
      expect(response.headers.get('location')).toBe(`${world.gateway.publicUrl}/`);
    }
  });
});

/** A value that was sealed for another purpose. */
async function mfaHandle(): Promise<{ mfa_handle: string }> {
  await breakTenant(world, [
    { method: 'POST', path: '^/oauth/token$', status: 403, body: { error: 'mfa_required', mfa_token: 'x' } },
  ]);
  const response = await send('POST', '/v1/auth/signin', undefined, { email: 'mfa@example.com', password });
  return (await response.json()) as { mfa_handle: string };
}

describe('the sessions of a user', () => {
  it('are listed newest first, by ids that are not credentials', async () => {
    const email = 'lists@example.com';
    const first = await signInAgain(email);
    world.clock.offsetS += 60;
    const second = await signInAgain(email, firefox);
    const { body } = await second.send('GET', '/v1/auth/sessions');
    expect(body.sessions).toHaveLength(2);
    expect(body.sessions[0]).toEqual({
      id: expect.stringMatching(/^[\w-]{16}$/),
      device: 'Firefox on Linux',
      ip: '127.0.0.1',
      created_at: expect.stringMatching(/Z$/),
      last_seen_at: expect.stringMatching(/Z$/),
      current: true,
    });
    expect(body.sessions[1]).toMatchObject({ device: 'node', current: false });
    const cookies = [...first.cookies.values(), ...second.cookies.values()];
    for (const { id } of body.sessions) for (const cookie of cookies) expect(cookie).not.toContain(id);
    const [listed] = (await first.send('GET', '/v1/auth/sessions')).body.sessions;
    expect(listed.current).toBe(false);
  });

  it('end one by one; those of another user are not found', async () => {
    const email = 'ends-one@example.com';
    const [here, there] = [await signInAgain(email), await signInAgain(email)];
    const stranger = await signInAgain('stranger@example.com');
    const idOf = async (browser: Browser): Promise<string> =>
      (await browser.send('GET', '/v1/auth/sessions')).body.sessions.find(
        ({ current }: { current: boolean }) => current,
      ).id;
    const [hereId, thereId] = [await idOf(here), await idOf(there)];
    const refused = await stranger.send('DELETE', `/v1/auth/sessions/${thereId}`);
    expect([refused.status, refused.body.code]).toEqual([404, 'not_found']);
    expect((await here.send('DELETE', '/v1/auth/sessions/no-such-id')).status).toBe(404);
    expect((await callApi(there)).status).toBe(200);
    expect((await here.send('DELETE', `/v1/auth/sessions/${thereId}`)).status).toBe(204);
    expect((await callApi(there)).status).toBe(401);
    expect((await here.send('DELETE', `/v1/auth/sessions/${thereId}`)).status).toBe(404);
    expect((await callApi(here)).status).toBe(200);
    expect((await here.send('DELETE', `/v1/auth/sessions/${hereId}`)).status).toBe(204);
    expect(here.cookies.size).toBe(0);
  });

  it('end all together, with or without the current one', async () => {
    const email = 'ends-all@example.com';
    const [here, there, elsewhere] = [
      await signInAgain(email),
      await signInAgain(email),
      await signInAgain(email),
    ];
    expect((await here.send('DELETE', '/v1/auth/sessions?keep=current')).status).toBe(204);
    expect([(await callApi(here)).status, (await callApi(there)).status]).toEqual([200, 401]);
    expect((await callApi(elsewhere)).status).toBe(401);
    const back = await signInAgain(email);
    expect((await here.send('DELETE', '/v1/auth/sessions')).status).toBe(204);
    expect(here.cookies.size).toBe(0);
    expect((await callApi(back)).status).toBe(401);
    expect((await back.send('DELETE', '/v1/auth/sessions?keep=other')).status).toBe(401);
  });

  it('can be listed and ended with a bearer token', async () => {
    const { access_token } = await tokensOf('bearer-ends@example.com');
    const listed = (await (await send('GET', '/v1/auth/sessions', access_token)).json()) as {
      sessions: { current: boolean }[];
    };
    expect(listed.sessions.map(({ current }) => current)).toEqual([false]);
    expect((await send('DELETE', '/v1/auth/sessions', access_token)).status).toBe(204);
    expect((await send('GET', '/v1/auth/sessions')).status).toBe(401);
  });

  it('cannot be listed or ended with a token of another client', async () => {
    const email = 'lent@example.com';
    const browser = await signInAgain(email);
    const answer = await fetch(`${world.tenant.origin}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: passwordRealm,
        client_id: anotherApp.client_id,
        realm: 'Username-Password-Authentication',
        username: email,
        password,
        audience: 'urn:worldmappers',
        scope: 'openid geocode:location',
      }),
    });
    const { access_token } = (await answer.json()) as { access_token: string };
    expect((await send('GET', '/api/location/geocode?q=Oslo', access_token)).status).toBe(200);
    const { sessions } = (await browser.send('GET', '/v1/auth/sessions')).body;
    for (const [method, path] of [
      ['GET', '/v1/auth/sessions'],
      ['DELETE', '/v1/auth/sessions'],
      ['DELETE', '/v1/auth/sessions?keep=current'],
      ['DELETE', `/v1/auth/sessions/${sessions[0].id}`],
    ] as const) {
      const refused = await send(method, path, access_token);
      expect([refused.status, await refused.json()], path).toMatchObject([
        403,
        { code: 'insufficient_scope', detail: expect.stringContaining('sign-in at this gateway') },
      ]);
    }
    expect((await callApi(browser)).status).toBe(200);
  });

  it('that have expired are not listed', async () => {
    const email = 'lapsed@example.com';
    await signInAgain(email);
    world.clock.offsetS += 15 * A_DAY_S;
    const now = await signInAgain(email);
    expect((await now.send('GET', '/v1/auth/sessions')).body.sessions).toHaveLength(1);
  });
});

describe('the log', () => {
  it('contains sign-outs and ended sessions, but no cookie and no token', async () => {
    const browser = await signInAgain('logged@example.com');
    const [id = '', secret = ''] = browser.cookies.get('gatehouse')?.split('.') ?? [];
    await browser.send('POST', '/v1/auth/refresh');
    await browser.send('DELETE', '/v1/auth/sessions?keep=current');
    await browser.send('POST', '/v1/auth/signout');
    const events = world.lines.map(({ event }) => event);
    for (const event of [
      'auth.refresh.succeeded',
      'auth.session_revoked.succeeded',
      'auth.signout.succeeded',
    ])
      expect(events).toContain(event);
    expect(world.logText()).not.toContain(secret);
    expect(world.logText()).not.toContain(id);
    expect(world.logText()).not.toMatch(/eyJ[\w-]{10,}\.|v1\.[\w-]{30}|logged@example\.com/);
  });
});

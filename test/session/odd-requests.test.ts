import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser } from '../support/browser.ts';
import { navigate } from '../support/navigate.ts';
import { sendRawRequest } from '../support/raw-http.ts';
import { startWorld, type World } from '../support/world.ts';
import {
  breakTenant,
  longSessions,
  password,
  restoreTenant,
  signInUser,
  watchTenant,
} from './support/person.ts';

let world: World;
let browser: Browser;
beforeAll(async () => {
  world = await startWorld(longSessions);
  browser = await signInUser(world.url, 'odd@example.com');
});
afterAll(() => world.close());

const ticket = (): string => browser.cookies.get('gatehouse') ?? '';

/** Sends raw bytes, which an HTTP library would correct or refuse. */
async function readRaw(...lines: string[]): Promise<{ status: number; body: string }> {
  const [answer] = await sendRawRequest(
    world.gateway.port,
    `GET /v1/auth/session HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-CSRF: 1\r\n${lines.join('\r\n')}\r\n\r\n`,
  );
  return { status: answer?.status ?? 0, body: answer?.body ?? '' };
}

describe('the cookie of a session', () => {
  it('with a bearer token is refused on every row that reads it', async () => {
    const tenant = watchTenant(world);
    const calls: [string, string, unknown?][] = [
      ['POST', '/v1/auth/refresh'],
      ['POST', '/v1/auth/signout'],
      ['POST', '/v1/auth/signin', { email: 'odd@example.com', password }],
      ['DELETE', '/v1/auth/sessions'],
      ['GET', '/v1/auth/session'],
    ];
    for (const [method, path, body] of calls) {
      const headers = { Authorization: 'Bearer x' };
      const answer = await browser.send(method, path, { headers, ...(body !== undefined && { body }) });
      expect([path, answer.status, answer.body.code]).toEqual([path, 400, 'ambiguous_credentials']);
    }
    expect(await tenant.tokenCalls()).toBe(0);
    expect((await browser.send('GET', '/v1/auth/session')).body.authenticated).toBe(true);
  });

  it('with other credentials is treated and reported as a session', async () => {
    for (const Authorization of ['Basic eDp5', '']) {
      const { status, body } = await browser.send('GET', '/v1/auth/session', { headers: { Authorization } });
      expect(status).toBe(200);
      expect(body.signout_url).toMatch(/^\/v1\/auth\/signout\?sid=/);
    }
  });

  it('with a name that a browser treats as different is ignored', async () => {
    for (const space of [Buffer.of(0xa0), Buffer.of(0x85), '\u00a0', '\u2000', '\ufeff']) {
      const bytes = Buffer.from(space).toString('latin1');
      for (const name of [`${bytes}gatehouse`, `gatehouse${bytes}`]) {
        const { status, body } = await readRaw(`Cookie: ${name}=${ticket()}`);
        expect([name, status, body]).toEqual([name, 200, '{"authenticated":false}']);
        // It does not make the real cookie ambiguous either.
        const both = await readRaw(`Cookie: ${name}=x; gatehouse=${ticket()}`);
        expect(both.body).toContain('"authenticated":true');
      }
    }
  });

  it('in two Cookie headers is refused like twice in one', async () => {
    const line = `Cookie: gatehouse=${ticket()}`;
    expect((await readRaw(line, line)).body).toBe('{"authenticated":false}');
    expect((await readRaw('Cookie: a=b', line)).body).toContain('"authenticated":true');
  });

  it('requires the CSRF header on HEAD as on GET, and not on OPTIONS', async () => {
    const headers = { 'X-CSRF': undefined };
    for (const path of ['/v1/auth/session', '/v1/auth/sessions', '/api/location/geocode?q=Oslo'])
      expect((await browser.send('HEAD', path, { headers })).status).toBe(403);
    expect((await browser.send('OPTIONS', '/v1/auth/sessions', { headers })).status).toBe(204);
    expect((await browser.send('HEAD', '/v1/auth/session')).status).toBe(200);
  });

  it('causes Vary on every response that depends on it, also on errors', async () => {
    for (const [path, status] of [
      ['/v1/auth/session', 200],
      ['/v1/auth/session?odd=1', 400],
      ['/api/location/geocode?q=Oslo', 200],
      ['/api/location/geocode?odd=1', 400],
    ] as const) {
      const answer = await browser.send('GET', path);
      expect([path, answer.status]).toEqual([path, status]);
      expect([path, answer.headers.get('vary')]).toEqual([path, expect.stringContaining('Cookie')]);
    }
  });
});

describe('a sign-out link', () => {
  it('ends nothing when it is prefetched', async () => {
    const { signout_url } = (await browser.send('GET', '/v1/auth/session')).body;
    for (const headers of [{ 'Sec-Purpose': 'prefetch;prerender' }, { Purpose: 'prefetch' }]) {
      const answer = await browser.go(signout_url, headers);
      expect([answer.status, answer.headers.getSetCookie()]).toEqual([204, []]);
    }
    expect((await browser.send('GET', '/v1/auth/session')).body.authenticated).toBe(true);
    const wrong = await browser.go('/v1/auth/signout?sid=x');
    expect([wrong.status, wrong.headers.get('vary')]).toEqual([400, expect.stringContaining('Cookie')]);
  });
});

describe('a value sealed for one purpose', () => {
  it('is invalid for any other', async () => {
    const login = await browser.go('/v1/auth/login');
    const state = new URL(login.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const [txName = '', tx = ''] = [...browser.cookies].find(([name]) => name.includes('-tx-')) ?? [];
    const signout = await navigate(world.url, '/v1/auth/signout?return_to=/bye');
    const back = new URL(new URL(signout.headers.get('location') ?? '').searchParams.get('returnTo') ?? '');
    await breakTenant(world, [
      {
        method: 'POST',
        path: '^/oauth/token$',
        status: 403,
        body: { error: 'mfa_required', mfa_token: 'x' },
      },
    ]);
    const asked = await browser.send('POST', '/v1/auth/signin', {
      body: { email: 'odd@example.com', password },
    });
    await restoreTenant(world);
    const sealed = { tx, to: back.searchParams.get('to') ?? '', handle: asked.body.mfa_handle as string };
    for (const value of Object.values(sealed)) expect(value).toMatch(/^[\w-]{40,}$/);

    for (const [name, value] of Object.entries(sealed)) {
      const landed = await navigate(world.url, `/v1/auth/signed-out?to=${value}`);
      const wanted = name === 'to' ? '/bye' : '/';
      expect([name, landed.headers.get('location')]).toEqual([name, `${world.gateway.publicUrl}${wanted}`]);
      for (const cookie of [value, `${value.slice(0, 24)}.${value.slice(-44)}`]) {
        const { body } = await readRaw(`Cookie: gatehouse=${cookie}`);
        expect([name, body]).toEqual([name, '{"authenticated":false}']);
      }
      const called = await navigate(world.url, `/v1/auth/callback?code=x&state=${state}`, {
        accept: 'application/json',
        cookie: `${txName}=${value}`,
      });
      const { code } = JSON.parse(called.text) as { code: string };
      // Its own transaction is consumed, and the code is refused.
      expect([name, code]).toEqual([name, name === 'tx' ? 'invalid_code' : 'state_mismatch']);
    }
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createBrowser } from './support/browser.ts';
import { browserSeed } from './support/browser-seed.ts';
import { answerOf, exchange, signInBy } from './support/sign-in-flow.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

interface Call {
  readonly path: string;
  readonly type: string | undefined;
  readonly token: string;
}

describe.each(stores)('back-channel logout on %s', (store) => {
  let t: TestTenant;
  let server: Server;
  let url: string;
  let calls: Call[];

  beforeAll(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', () => {
        const token = new URLSearchParams(body).get('logout_token') ?? '';
        calls.push({ path: String(request.url), type: request.headers['content-type'], token });
        response.writeHead(request.url === '/bad' ? 400 : 200).end();
      });
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    t = await startTestTenant(store, browserSeed);
  });
  beforeEach(() => {
    calls = [];
  });
  afterAll(async () => {
    await t.close();
    await new Promise((done) => server.close(done));
  });

  function listen(client_id: string, paths: string[], initiators?: object): void {
    const { clients } = t.stored;
    const client = clients.get(client_id);
    if (!client) throw new Error('no client');
    clients.put({
      ...client,
      oidc_logout: {
        backchannel_logout_urls: paths.map((path) => `${url}${path}`),
        ...(initiators && { backchannel_logout_initiators: initiators }),
      },
    });
  }

  async function signInTo(browser: ReturnType<typeof createBrowser>, client_id: string): Promise<string> {
    const answer = await exchange(t, client_id, answerOf(await signInBy(browser, t, { client_id })).code);
    return String(claimsOf(answer, 'id_token').sid);
  }

  const verify = async (token: string) => {
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', t.tenant.origin));
    return jwtVerify(token, keys, { issuer: t.tenant.issuer, requiredClaims: ['jti', 'iat', 'exp'] });
  };

  it('a logout notifies every client of the session with its own token', async () => {
    listen('web', ['/web']);
    listen('mixed', ['/mixed']);
    listen('plain', ['/plain']);
    const browser = createBrowser();
    const sid = await signInTo(browser, 'web');
    expect(await signInTo(browser, 'mixed')).toBe(sid);
    await browser.get(`${t.tenant.origin}/v2/logout`);
    await vi.waitFor(() => expect(calls).toHaveLength(2), { timeout: 5000 });
    for (const [path, aud] of [
      ['/web', 'web'],
      ['/mixed', 'mixed'],
    ]) {
      const call = calls.find((one) => one.path === path);
      expect(call?.type).toContain('application/x-www-form-urlencoded');
      const { payload, protectedHeader } = await verify(String(call?.token));
      expect(protectedHeader).toMatchObject({ alg: 'RS256', typ: 'JWT' });
      expect(payload).toEqual({
        iss: t.tenant.issuer,
        sub: 'auth0|ann-id',
        aud,
        iat: expect.any(Number),
        exp: Number(payload.iat) + 120,
        jti: expect.any(String),
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        sid,
        trace_id: expect.stringMatching(/^[0-9a-f]{16}$/),
      });
    }
  });

  it('a revoked user’s sessions end; only clients configured for it are notified', async () => {
    listen('web', ['/all'], { mode: 'all' });
    listen('mixed', ['/chosen'], { mode: 'custom', selected_initiators: ['session-revoked'] });
    listen('plain', ['/default']);
    const browser = createBrowser();
    for (const client of ['web', 'mixed', 'plain']) await signInTo(browser, client);
    const revoked = await t.post('/_tenant/users/auth0%7Cann-id/revoke', {});
    expect(revoked.status).toBe(200);
    await vi.waitFor(() => expect(calls).toHaveLength(2), { timeout: 5000 });
    expect(calls.map(({ path }) => path).toSorted()).toEqual(['/all', '/chosen']);
    const page = await signInBy(browser, t, { prompt: 'none' });
    expect(answerOf(page).error).toBe('login_required');
  });

  it('a client that fails or does not respond is reported and does not delay the others', async () => {
    listen('web', ['/bad', '/good']);
    const { clients } = t.stored;
    const mixed = clients.get('mixed');
    if (!mixed) throw new Error('no client');
    clients.put({
      ...mixed,
      oidc_logout: { backchannel_logout_urls: ['http://127.0.0.1:1/nobody', 'file:///x'] },
    });
    const browser = createBrowser();
    await signInTo(browser, 'mixed');
    await signInTo(browser, 'web');
    const before = t.warnings.length;
    const answer = await browser.get(`${t.tenant.origin}/v2/logout`);
    expect(answer.status).toBe(200);
    await vi.waitFor(() => expect(t.warnings.length - before).toBe(2), { timeout: 5000 });
    expect(calls.map(({ path }) => path).toSorted()).toEqual(['/bad', '/good']);
    expect(t.warnings.join()).not.toContain('eyJ');
  });

  describe('POST /_tenant/backchannel-logout', () => {
    const send = (body: object) => t.post('/_tenant/backchannel-logout', body);

    it('sends a token for a session, or for all of a user, and returns the responses', async () => {
      listen('web', ['/one', '/bad']);
      const answer = await send({ user_id: 'auth0|ann-id', client_id: 'web', sid: 'a-sid' });
      expect(answer.status).toBe(200);
      expect(answer.json).toEqual({
        sent: [
          { url: `${url}/one`, status: 200 },
          { url: `${url}/bad`, status: 400 },
        ],
      });
      const { payload } = await verify(String(calls[0]?.token));
      expect(payload).toMatchObject({ sub: 'auth0|ann-id', sid: 'a-sid' });
      calls = [];
      await send({ user_id: 'auth0|ann-id', client_id: 'web' });
      expect((await verify(String(calls[0]?.token))).payload).not.toHaveProperty('sid');
    });

    it('an unknown user or client, and a client without a logout URL, answer 404', async () => {
      listen('web', ['/one']);
      for (const body of [
        { user_id: 'auth0|nobody', client_id: 'web' },
        { user_id: 'auth0|ann-id', client_id: 'nobody' },
        { user_id: 'auth0|ann-id', client_id: 'spa' },
      ])
        expect((await send(body)).status).toBe(404);
      expect((await send({ client_id: 'web' })).status).toBe(400);
      expect(calls).toEqual([]);
    });
  });
});

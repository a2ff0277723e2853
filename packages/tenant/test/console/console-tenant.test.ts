import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createBrowser } from '../support/browser.ts';
import { api } from '../support/seed.ts';
import { claimsOf, startTestTenant, stores, type TestTenant } from '../support/start-test-tenant.ts';
import { consoleSeed, pagePaths, userPath } from './console-seed.ts';
import { noticeOf, press } from './press.ts';

describe.each(stores)('the console, without scripts, on %s', (store) => {
  let t: TestTenant;

  beforeEach(async () => {
    t = await startTestTenant(store, consoleSeed);
  });
  afterEach(() => t.close());

  const act = (path: string, action: string, typed = {}, hidden = {}) =>
    press(createBrowser(), `${t.tenant.origin}${path}`, action, typed, hidden);
  const machineToken = (headers = {}) =>
    t.token('courier', { grant_type: 'client_credentials', audience: api }, headers);

  it('shows the tenant’s address and how to configure an SDK', async () => {
    await t.close();
    t = await startTestTenant(store, consoleSeed, { quick: false });
    const { text } = await t.get('/');
    expect(text).toContain(t.tenant.issuer);
    expect(text).toContain(`AUTH0_DOMAIN=${t.tenant.domain}`);
    expect((await t.get('/console/tenant-ca.pem')).text).toBe(t.tenant.caPem);
    expect(text.includes('tenant-ca.pem</code>')).toBe(store === 'sqlite');
  });

  it('the clock moves forward and ages tokens; a time too far ahead is refused', async () => {
    const before = Number(claimsOf(await machineToken()).iat);
    expect(noticeOf(await act('/', 'forward', { count: '2', unit: 'days' }))).toBe(
      'The clock has been moved forward.',
    );
    expect(t.clock.offsetS).toBe(172_800);
    expect(Number(claimsOf(await machineToken()).iat) - before).toBeGreaterThanOrEqual(172_800);
    for (const typed of [
      { count: '9999999999', unit: 'days' },
      { count: '-1', unit: 'days' },
      { count: '1', unit: 'toString' },
    ])
      expect((await act('/', 'forward', typed)).status).toBe(400);
    expect(t.clock.offsetS).toBe(172_800);
  });

  it('a fault applies as many times as configured, not to the console, and can be removed', async () => {
    const typed = {
      method: '*',
      path: '.',
      kind: 'status',
      status: '503',
      retry_after: '7',
      body: '{"a":1}',
      times: '2',
    };
    expect(noticeOf(await act('/console/faults', 'add', typed))).toBe('The fault has been added.');
    const answer = await machineToken();
    expect([answer.status, answer.headers.get('retry-after'), answer.json]).toEqual([503, '7', { a: 1 }]);
    for (const path of pagePaths) expect((await t.get(path)).status, path).toBe(200);
    const { text } = await t.get('/console/faults');
    expect(text).toContain('1 time left');
    expect(noticeOf(await act('/console/faults', 'clear'))).toBe('All faults have been removed.');
    expect((await machineToken()).status).toBe(200);
  });

  it('one fault of several is removed', async () => {
    await act('/console/faults', 'add', { method: 'POST', path: '^/first$', kind: 'reset' });
    await act('/console/faults', 'add', { method: 'POST', path: '^/second$', kind: 'delay', delay_ms: '5' });
    await act(
      '/console/faults',
      'remove',
      {},
      { fault: JSON.stringify({ method: 'POST', path: '^/first$', reset: true }) },
    );
    expect((await t.get('/_tenant/faults')).text).toBe(
      JSON.stringify([{ method: 'POST', path: '^/second$', delay_ms: 5, times: 1 }]),
    );
  });

  it('an invalid fault is refused, and stays in the form', async () => {
    const page = await act('/console/faults', 'add', {
      method: 'POST',
      path: '(((',
      kind: 'status',
      status: '503',
    });
    expect(page.status).toBe(400);
    expect(noticeOf(page)).toContain('must be a regular expression');
    expect(page.text).toContain('value="((("');
    expect((await t.get('/_tenant/faults')).text).toBe('[]');
  });

  it('keys are rotated and revoked', async () => {
    const kids = async () => (await t.get('/.well-known/jwks.json')).text;
    const { keys } = t.tenant.context;
    const [first, next] = keys.list();
    await act('/console/keys', 'rotate');
    expect(keys.current().kid).toBe(next?.kid);
    expect(await kids()).toContain(first?.kid);
    await act('/console/keys', 'remove', {}, { kid: first?.kid });
    expect(await kids()).not.toContain(first?.kid);
  });

  it('a secret is shown only on request, and rotation invalidates the old one', async () => {
    const path = '/console/applications/shop';
    const secret = t.tenant.credentials('shop')?.client_secret ?? '';
    expect(secret).not.toBe('');
    expect((await t.get(path)).text).not.toContain(secret);
    const shown = await act(path, 'show-secret');
    expect([shown.status, shown.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(shown.text).toContain(`<code class="secret">${secret}</code>`);
    expect(shown.url.href).not.toContain(secret);
    const rotated = await act(path, 'rotate-secret');
    const after = t.tenant.credentials('shop')?.client_secret;
    expect(after).not.toBe(secret);
    expect(rotated.text).not.toContain(after);
  });

  it('an application gets the submitted URLs, one per line, or none', async () => {
    const path = '/console/applications/shop';
    const callbacks = ['http://localhost:3000/callback', 'https://shop.example/callback'];
    await act(path, 'set-addresses', { callbacks: callbacks.join('\r\n') });
    expect(t.stored.clients.get('shop')?.callbacks).toEqual(callbacks);
    await act(path, 'set-addresses', { callbacks: '' });
    expect(t.stored.clients.get('shop')?.callbacks).toEqual([]);
  });

  it('the inbox shows sent messages, their codes and links, and authenticator codes', async () => {
    await t.post('/dbconnections/signup', {
      client_id: 'shop',
      email: 'new@example.com',
      password: 'Correct-Horse-9',
      connection: 'Username-Password-Authentication',
    });
    const [mail] = t.tenant.context.inbox.list({ to: 'new@example.com' });
    const { text } = await t.get('/console/inbox');
    expect(text).toContain(`href="${mail?.link}"`);
    const codes = await t.get('/_tenant/totp?user=bob@example.com');
    const [{ code } = { code: 'none' }] = JSON.parse(codes.text) as { code: string }[];
    expect(text).toContain(code);
    expect((await t.get('/console/inbox?to=nobody@example.com')).text).not.toContain('new@example.com');
  });

  it('the log finds events by code, label and user', async () => {
    await t.signIn('shop', { username: 'ann@example.com', password: 'wrong' });
    await machineToken();
    const rowsOf = async (query: string) =>
      [...(await t.get(`/console/log?q=${query}`)).text.matchAll(/class="mark \w+">([a-z_]+)</g)].map(
        ([, type]) => type,
      );
    expect(await rowsOf('')).toEqual(['seccft', 'fp']);
    expect(await rowsOf('wrong+password')).toEqual(['fp']);
    expect(await rowsOf('seccft')).toEqual(['seccft']);
    expect(await rowsOf('ANN%40example')).toEqual(['fp']);
    expect(await rowsOf('nothing-of-it')).toEqual([]);
  });

  it('requests are shown with their secrets masked, without those of the console', async () => {
    await machineToken();
    const { text } = await t.get('/console/requests');
    expect(text).toContain('/oauth/token');
    expect(text).not.toContain(t.tenant.credentials('courier')?.client_secret);
    expect(text).not.toContain('/console/requests&quot;');
  });

  it('an import restores deleted data, and a reset deletes it', async () => {
    const state = t.stored;
    const download = await t.get('/console/tenant-export.json');
    expect(download.headers.get('content-disposition')).toContain('attachment');
    state.users.remove('auth0|ann-id');
    expect((await act('/console/data', 'import', { export: '{"no": "export"}' })).status).toBe(400);
    await act('/console/data', 'import', { export: download.text });
    expect(state.users.get('auth0|ann-id')).toBeDefined();
    await act('/console/data', 'seed', {
      text: 'users: [{ user_id: zoe-id, email: zoe@example.com, password: Correct-Horse-9 }]',
    });
    expect(state.users.get('auth0|zoe-id')).toBeDefined();
    expect((await act('/console/data', 'reset')).status).toBe(400);
    expect(state.users.get('auth0|zoe-id')).toBeDefined();
    await act('/console/data', 'reset', { sure: 'yes' });
    expect([state.users.get('auth0|zoe-id'), state.users.get('auth0|ann-id')]).toEqual([
      undefined,
      expect.anything(),
    ]);
  });

  describe('with a back-channel logout receiver', () => {
    let server: Server;
    let tokens: string[];
    let status: number;

    beforeEach(async () => {
      tokens = [];
      status = 200;
      server = createServer((request, response) => {
        let body = '';
        request.on('data', (chunk: Buffer) => {
          body += chunk.toString();
        });
        request.on('end', () => {
          tokens.push(new URLSearchParams(body).get('logout_token') ?? '');
          response.writeHead(status).end();
        });
      });
      await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
      // The server listens on TCP, which the type does not express.
      const { port } = server.address() as AddressInfo;
      const { clients } = t.stored;
      const shop = clients.get('shop');
      if (!shop) throw new Error('no client');
      clients.put({ ...shop, oidc_logout: { backchannel_logout_urls: [`http://127.0.0.1:${port}/out`] } });
    });
    afterEach(() => new Promise((done) => server.close(done)));

    it('a logout token arrives, and a refusing response is reported', async () => {
      const typed = { client_id: 'shop', sid: '' };
      expect(noticeOf(await act(userPath('ann-id'), 'send-logout', typed))).toBe(
        'The logout token has been sent.',
      );
      expect(decodeJwt(tokens[0] ?? '')).toMatchObject({ sub: 'auth0|ann-id', aud: 'shop' });
      status = 400;
      const refused = await act(userPath('ann-id'), 'send-logout', typed);
      expect([refused.status, tokens.length]).toEqual([502, 2]);
      expect(noticeOf(refused)).toContain('responded with 400');
    });
  });
});

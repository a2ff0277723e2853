import * as openid from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf, type Page } from './support/browser.ts';
import { askingApi, browserSeed } from './support/browser-seed.ts';
import { api, password } from './support/seed.ts';
import {
  type Answer,
  claimsOf,
  startTestTenant,
  statusesOf,
  stores,
  type TestTenant,
  textOf,
} from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

const seed = {
  ...browserSeed,
  clients: [
    ...browserSeed.clients,
    {
      client_id: 'tv',
      name: 'Television',
      app_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: [GRANT, 'refresh_token'],
    },
    { client_id: 'printer', name: 'Printer', grant_types: [GRANT] },
  ],
};

describe.each(stores)('the device flow on %s', (store) => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant(store, seed);
  });
  afterAll(() => t.close());

  const begin = (parameters: Record<string, string> = {}): Promise<Answer> =>
    t.post('/oauth/device/code', new URLSearchParams({ client_id: 'tv', scope: 'openid', ...parameters }));
  const poll = (device: Answer, parameters: Record<string, string> = {}): Promise<Answer> =>
    t.post(
      '/oauth/token',
      new URLSearchParams({
        grant_type: GRANT,
        client_id: 'tv',
        device_code: textOf(device, 'device_code'),
        ...parameters,
      }),
    );

  /** Opens the link of a device and confirms its code; returns the next page. */
  async function confirm(browser: Browser, device: Answer): Promise<Page> {
    const page = await browser.open(textOf(device, 'verification_uri_complete'));
    return browser.submit(page, { action: 'confirm' });
  }

  async function connect(device: Answer, browser = createBrowser(), username = 'ann@example.com') {
    const page = await confirm(browser, device);
    return page.url.pathname === '/u/login' ? browser.submit(page, { username, password }) : page;
  }

  it('a device gets tokens after its user has entered the code, confirmed it and signed in', async () => {
    const device = await begin({ scope: 'openid email offline_access geocode:location', audience: api });
    expect(device.status).toBe(200);
    expect(device.headers.get('cache-control')).toBe('no-store');
    expect(device.json).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[B-Z]{4}-[B-Z]{4}$/),
      verification_uri: `${t.tenant.origin}/activate`,
      verification_uri_complete: `${t.tenant.origin}/activate?user_code=${textOf(device, 'user_code')}`,
      expires_in: 900,
      interval: 5,
    });
    const browser = createBrowser();
    const entry = await browser.open(textOf(device, 'verification_uri'));
    // Lower case and without the dash is accepted too.
    const typed = textOf(device, 'user_code').toLowerCase().replace('-', ' ');
    const question = await browser.submit(entry, { user_code: typed });
    expect(question.text).toContain(textOf(device, 'user_code'));
    expect(question.text).toContain('Television');
    const login = await browser.submit(question, { action: 'confirm' });
    expect(login.url.pathname).toBe('/u/login');
    const end = await browser.submit(login, { username: 'ann@example.com', password });
    expect([end.url.pathname, end.status]).toEqual(['/device/success', 200]);
    const tokens = await poll(device);
    expect(tokens.json).toMatchObject({
      scope: 'openid email offline_access geocode:location',
      token_type: 'Bearer',
      refresh_token: expect.any(String),
    });
    expect(claimsOf(tokens)).toMatchObject({ sub: 'auth0|ann-id', azp: 'tv' });
    expect(claimsOf(tokens, 'id_token')).toMatchObject({
      aud: 'tv',
      email: 'ann@example.com',
      sid: expect.any(String),
    });
    const renewed = await t.post('/oauth/token', {
      grant_type: 'refresh_token',
      client_id: 'tv',
      refresh_token: textOf(tokens, 'refresh_token'),
    });
    expect(renewed.status).toBe(200);
    expect(t.logTypes()).toEqual(expect.arrayContaining(['s', 'sede']));
  });

  it('openid-client polls until the user has signed in', async () => {
    const config = await openid.discovery(
      new URL(t.tenant.issuer),
      'printer',
      t.tenant.credentials('printer')?.client_secret,
    );
    const device = await openid.initiateDeviceAuthorization(config, { scope: 'openid email' });
    let polls = 0;
    config[openid.customFetch] = async (url, options) => {
      // The tenant's clock advances by more than the interval between two polls.
      t.clock.offsetS += 6;
      polls += 1;
      if (polls === 3) {
        const browser = createBrowser();
        const question = await browser.open(String(device.verification_uri_complete));
        const login = await browser.submit(question, { action: 'confirm' });
        await browser.submit(login, { username: 'ann@example.com', password });
      }
      return fetch(url, options as RequestInit);
    };
    const tokens = await openid.pollDeviceAuthorizationGrant(config, { ...device, interval: 0.001 });
    expect(polls).toBe(3);
    expect(tokens.claims()).toMatchObject({ sub: 'auth0|ann-id', email: 'ann@example.com' });
  });

  it('a poll before the user has answered is pending, and one before the interval is too fast', async () => {
    const device = await begin();
    const first = await poll(device);
    expect([first.status, first.json]).toEqual([
      403,
      {
        error: 'authorization_pending',
        error_description: 'User has yet to authorize device code.',
      },
    ]);
    t.clock.offsetS += 4;
    const early = await poll(device);
    expect([early.status, early.json.error, early.headers.get('retry-after')]).toEqual([
      429,
      'slow_down',
      '5',
    ]);
    t.clock.offsetS += 5;
    expect((await poll(device)).json.error).toBe('authorization_pending');
  });

  it('a user who cancels, or who declines the consent, denies the device', async () => {
    const device = await begin();
    const browser = createBrowser();
    const question = await browser.open(textOf(device, 'verification_uri_complete'));
    const end = await browser.submit(question, { action: 'cancel' });
    expect(end.url.pathname).toBe('/device/failure');
    const denied = await poll(device);
    expect([denied.status, denied.json]).toEqual([
      403,
      { error: 'access_denied', error_description: 'User cancelled the confirmation prompt.' },
    ]);
    expect(t.logTypes()).toContain('fdecc');

    const other = await begin({ audience: askingApi, scope: 'read' });
    const consent = await connect(other, browser);
    expect(consent.url.pathname).toBe('/u/consent');
    expect(consent.text).not.toContain('You will be sent to');
    expect((await browser.submit(consent, { action: 'deny' })).url.pathname).toBe('/device/failure');
    expect((await poll(other)).json.error).toBe('access_denied');
  });

  it('a blocked user is refused on the page, and the device gets the reason', async () => {
    const device = await begin();
    expect((await connect(device, createBrowser(), 'blocked@example.com')).url.pathname).toBe(
      '/device/failure',
    );
    expect((await poll(device)).json).toEqual({
      error: 'access_denied',
      error_description: 'user is blocked',
    });
  });

  it('a device gets expired_token once for an expired code; then the code is unknown', async () => {
    const device = await begin();
    t.clock.offsetS += 901;
    const page = await createBrowser().open(textOf(device, 'verification_uri_complete'));
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('it has expired')]);
    const first = await poll(device);
    expect([first.status, first.json.error]).toEqual([403, 'expired_token']);
    const second = await poll(device);
    expect([second.status, second.json]).toEqual([
      403,
      { error: 'invalid_grant', error_description: 'Invalid or expired device code.' },
    ]);
  });

  it('a code that expires while its user signs in connects no device', async () => {
    const device = await begin();
    const browser = createBrowser();
    const login = await confirm(browser, device);
    t.clock.offsetS += 901;
    const page = await browser.submit(login, { username: 'ann@example.com', password });
    expect([page.status, page.text]).toEqual([400, expect.stringContaining('has expired')]);
    expect((await poll(device)).json.error).toBe('expired_token');
  });

  it('of parallel polls exactly one gets tokens', async () => {
    const device = await begin();
    await connect(device);
    const polls = await Promise.all(Array.from({ length: 6 }, () => poll(device)));
    expect(statusesOf(polls)).toEqual([200, 403, 403, 403, 403, 403]);
    expect(polls.filter(({ status }) => status === 403).map(({ json }) => json.error)).toEqual(
      Array.from({ length: 5 }, () => 'invalid_grant'),
    );
  });

  it('of two users who confirm one code in parallel exactly one connects the device', async () => {
    const device = await begin();
    const people = ['ann@example.com', 'bob@example.com'].map((username) => ({
      username,
      browser: createBrowser(),
    }));
    const logins = await Promise.all(
      people.map(async ({ username, browser }) => ({
        username,
        browser,
        page: await confirm(browser, device),
      })),
    );
    const ends = await Promise.all(
      logins.map(({ browser, page, username }) => browser.submit(page, { username, password })),
    );
    expect(ends.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 400]);
    const winner = ends[0]?.status === 200 ? 'auth0|ann-id' : 'auth0|bob-id';
    expect(claimsOf(await poll(device), 'id_token').sub).toBe(winner);
  });

  it('a signed-in browser only confirms the code', async () => {
    const browser = createBrowser();
    await connect(await begin(), browser);
    const device = await begin();
    expect((await confirm(browser, device)).url.pathname).toBe('/device/success');
    expect((await poll(device)).status).toBe(200);
  });

  it('a page of another origin cannot confirm a code', async () => {
    const device = await begin();
    const fields = { user_code: textOf(device, 'user_code'), action: 'confirm' };
    const page = await createBrowser().post(`${t.tenant.origin}/activate`, fields, {
      origin: 'https://evil.example',
    });
    expect(page.status).toBe(400);
    expect((await poll(device)).json.error).toBe('authorization_pending');
  });

  it('a link with a code only shows the code', async () => {
    const device = await begin();
    const browser = createBrowser();
    const page = await browser.get(textOf(device, 'verification_uri_complete'));
    expect([page.status, [...browser.cookies]]).toEqual([200, []]);
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('a wrong code shows the form again, and attempts are limited by address', async () => {
    const browser = createBrowser();
    const entry = await browser.open(`${t.tenant.origin}/activate`);
    const wrong = await browser.submit(entry, { user_code: 'BBBB-BBBB' });
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('The code is wrong')]);
    expect(t.logTypes()).toContain('fdeac');
    const empty = await browser.submit(entry, { user_code: '' });
    expect([empty.status, empty.text]).toEqual([400, expect.stringContaining('Enter the code.')]);
    const undo = alter(t.stored.limits, { profile: 'auth0' });
    const before = t.clock.offsetS;
    try {
      // The other profile has used up the limit.
      t.clock.offsetS += 3600;
      const tries = await Promise.all(
        Array.from({ length: 12 }, () => browser.post(`${t.tenant.origin}/activate`, { user_code: 'B' })),
      );
      expect(tries.filter(({ status }) => status === 400)).toHaveLength(10);
      expect(tries.filter(({ status }) => status === 429)).toHaveLength(2);
    } finally {
      undo();
      t.clock.offsetS = before + 7200;
    }
  });

  it('a client without the grant is refused with the setting that adds it', async () => {
    const refused = await begin({ client_id: 'spa' });
    expect([refused.status, refused.json]).toEqual([
      403,
      {
        error: 'unauthorized_client',
        error_description: `Grant type '${GRANT}' not allowed for the client.`,
        error_uri: 'https://auth0.com/docs/clients/client-grant-types',
      },
    ]);
    expect(refused.headers.get('x-tenant-hint')).toContain('enable Device Code');
    const exchanged = await t.post('/oauth/token', { grant_type: GRANT, client_id: 'spa', device_code: 'x' });
    expect(exchanged.headers.get('x-tenant-hint')).toContain('enable Device Code');
    expect(t.logTypes()).toEqual(expect.arrayContaining(['fdeaz', 'fede']));
  });

  it('bad requests for a code are refused', async () => {
    const refusals = await Promise.all([
      begin({ client_id: 'nobody' }),
      begin({ client_id: 'printer' }),
      begin({ audience: 'urn:unknown' }),
      begin({ organization: 'org_acme000000000000' }),
      t.post('/oauth/device/code', new URLSearchParams()),
    ]);
    expect(refusals.map(({ status, json }) => [status, json.error])).toEqual([
      [401, 'access_denied'],
      [401, 'access_denied'],
      [403, 'access_denied'],
      [400, 'invalid_request'],
      [400, 'invalid_request'],
    ]);
  });

  it("another client's device code and an unknown one are invalid", async () => {
    const device = await begin();
    await connect(device);
    const { client_secret = '' } = t.tenant.credentials('printer') ?? {};
    const foreign = await poll(device, { client_id: 'printer', client_secret });
    expect([foreign.status, foreign.json.error]).toEqual([403, 'invalid_grant']);
    expect((await poll(device, { device_code: 'nothing' })).json.error).toBe('invalid_grant');
    expect((await poll(device)).status).toBe(200);
  });

  it('the revocation of all grants of a user ends a device flow that has not fetched its tokens', async () => {
    const device = await begin();
    await connect(device, createBrowser(), 'bob@example.com');
    expect((await t.post('/_tenant/users/auth0%7Cbob-id/revoke', {})).status).toBeLessThan(300);
    expect((await poll(device)).json.error).toBe('invalid_grant');
  });

  it('the tenant setting device_flow sets the format of user codes', async () => {
    const undo = alter(t.stored.settings, {
      extra: { device_flow: { charset: 'digits', mask: '*** ***' } },
    });
    try {
      const device = await begin();
      expect(device.json.user_code).toMatch(/^\d{3} \d{3}$/);
      expect((await connect(device)).url.pathname).toBe('/device/success');
    } finally {
      undo();
    }
  });

  it('a tenant whose user codes are all in use refuses a device', async () => {
    const undo = alter(t.stored.settings, { extra: { device_flow: { charset: 'digits', mask: '*' } } });
    try {
      const answers: Answer[] = [];
      for (let count = 0; count < 40; count += 1) answers.push(await begin());
      expect(answers.at(-1)?.status).toBe(503);
    } finally {
      undo();
    }
  });

  it('the answer to a signed-in browser redirects to a page without parameters', async () => {
    const browser = createBrowser();
    await connect(await begin(), browser);
    const device = await begin();
    const question = await browser.open(textOf(device, 'verification_uri_complete'));
    const form = question.forms[0];
    const reply = await browser.post(`${t.tenant.origin}/activate`, { ...form?.fields, action: 'confirm' });
    expect(locationOf(reply).href).toBe(`${t.tenant.origin}/device/success`);
  });
});

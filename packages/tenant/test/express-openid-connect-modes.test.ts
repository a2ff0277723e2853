import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request, type RequestHandler } from 'express';
import openidConnect, { type ConfigParams } from 'express-openid-connect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf, type Page } from './support/browser.ts';
import { password } from './support/seed.ts';
import { startTestTenant, type TestTenant } from './support/start-test-tenant.ts';
import { alter } from './support/stored.ts';

/** The library's session store and its store of received logouts. */
function createSessionStore() {
  const kept = new Map<string, unknown>();
  type Done = (error?: unknown, value?: unknown) => void;
  return {
    get: (id: string, done: Done) => done(null, kept.get(id)),
    set: (id: string, value: unknown, done: Done) => {
      kept.set(id, value);
      done(null);
    },
    destroy: (id: string, done: Done) => {
      kept.delete(id);
      done(null);
    },
  };
}

/** Modes of Auth0's middleware other than the code flow: its default, the legacy logout, back-channel logout. */
describe('express-openid-connect in its other modes', () => {
  let t: TestTenant;
  let server: Server;
  let origin: string;
  let serve: RequestHandler;

  beforeAll(async () => {
    server = createServer(express().use((...all) => serve(...all)));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    // The server listens on TCP, which the type does not express.
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    t = await startTestTenant('memory', {
      clients: [
        {
          client_id: 'express',
          callbacks: [`${origin}/callback`],
          allowed_logout_urls: [origin],
          oidc_logout: { backchannel_logout_urls: [`${origin}/backchannel-logout`] },
        },
      ],
      users: [{ user_id: 'ann-id', email: 'ann@example.com', password }],
    });
  });
  afterAll(async () => {
    await t.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  /** The application of these tests, with the given settings. */
  function use(settings: ConfigParams): void {
    const app = express.Router();
    app.use(
      openidConnect.auth({
        issuerBaseURL: t.tenant.issuer,
        baseURL: origin,
        clientID: 'express',
        secret: 'a long enough secret for the session of this test',
        authRequired: false,
        idpLogout: true,
        ...settings,
      }),
    );
    app.get('/', (request: Request, response) => {
      response.json({ user: request.oidc.user ?? null });
    });
    serve = app;
  }

  /** Follows redirects across origins like a browser, and submits self-submitting forms. */
  async function travel(browser: Browser, url: string | URL): Promise<Page> {
    let page = await browser.open(url);
    for (;;) {
      const form = page.forms.find(({ action }) => action.origin === origin);
      if (page.headers.has('location')) page = await browser.open(locationOf(page));
      else if (form) page = await browser.post(form.action, { ...form.fields }, { origin: page.url.origin });
      else return page;
    }
  }

  async function signIn(browser: Browser): Promise<Page> {
    const page = await travel(browser, `${origin}/login`);
    expect(page.url.pathname).toBe('/u/login');
    const sent = await browser.submit(page, { username: 'ann@example.com', password });
    const form = sent.forms.find(({ action }) => action.origin === origin);
    if (!form) return travel(browser, locationOf(sent));
    const landed = await browser.post(form.action, { ...form.fields }, { origin: sent.url.origin });
    return travel(browser, locationOf(landed));
  }

  const userOf = (page: Page): unknown => Reflect.get(Object(JSON.parse(page.text)), 'user');

  it('the default mode, an ID token by form_post', async () => {
    use({});
    const home = await signIn(createBrowser());
    expect(userOf(home)).toMatchObject({ sub: 'auth0|ann-id', email: 'ann@example.com' });
  });

  it('the logout of Auth0, /v2/logout, ends the session at both', async () => {
    use({ auth0Logout: true });
    const browser = createBrowser();
    expect(userOf(await signIn(browser))).not.toBeNull();
    const out = await travel(browser, `${origin}/logout`);
    expect(out.url.origin).toBe(origin);
    expect(userOf(out)).toBeNull();
    expect((await travel(browser, `${origin}/login`)).url.pathname).toBe('/u/login');
  });

  it('a pushed authorization request', async () => {
    alter(t.stored.settings, { pushed_authorization_requests_supported: true });
    use({
      clientSecret: String(t.tenant.credentials('express')?.client_secret),
      pushedAuthorizationRequests: true,
      authorizationParams: { response_type: 'code', scope: 'openid email' },
    });
    expect(userOf(await signIn(createBrowser()))).toMatchObject({ sub: 'auth0|ann-id' });
  });

  it('a logout token by the back channel ends the session of the application', async () => {
    // The library's types name the store of another package, which has the same shape.
    const store = createSessionStore() as never;
    use({ session: { store }, backchannelLogout: true });
    const browser = createBrowser();
    expect(userOf(await signIn(browser))).toMatchObject({ sub: 'auth0|ann-id' });
    const order = await t.post('/_tenant/backchannel-logout', {
      user_id: 'auth0|ann-id',
      client_id: 'express',
    });
    expect(order.json).toMatchObject({ sent: [{ status: 204 }] });
    expect(userOf(await travel(browser, origin))).toBeNull();
  });
});

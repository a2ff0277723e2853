import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import openidConnect from 'express-openid-connect';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser, locationOf, type Page } from './support/browser.ts';
import { password } from './support/seed.ts';
import { startTestTenant, stores, type TestTenant } from './support/start-test-tenant.ts';

/** Auth0's own middleware, unchanged, in a typical application. */
describe.each(stores)('express-openid-connect against the tenant on %s', (store) => {
  let t: TestTenant;
  let server: Server;
  let origin: string;
  let browser: Browser;

  beforeAll(async () => {
    const app = express();
    server = createServer(app);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    t = await startTestTenant(store, {
      clients: [
        {
          client_id: 'express',
          callbacks: [`${origin}/callback`],
          allowed_logout_urls: [origin],
        },
      ],
      users: [{ user_id: 'ann-id', email: 'ann@example.com', password }],
    });
    app.use(
      openidConnect.auth({
        issuerBaseURL: t.tenant.issuer,
        baseURL: origin,
        clientID: 'express',
        clientSecret: String(t.tenant.credentials('express')?.client_secret),
        secret: 'a long enough secret for the session of this test',
        authRequired: false,
        idpLogout: true,
        authorizationParams: {
          response_type: 'code',
          scope: 'openid profile email',
          audience: 'urn:maps',
        },
      }),
    );
    app.get('/', (request, response) => {
      response.json({ user: request.oidc.user ?? null });
    });
    browser = createBrowser();
  });
  afterAll(async () => {
    await t.close();
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  /** Follows redirects across origins, like a browser. */
  async function travel(url: string | URL): Promise<Page> {
    let page = await browser.open(url);
    while (page.headers.has('location')) page = await browser.open(locationOf(page));
    return page;
  }

  it('login, user info, and logout at both', async () => {
    const page = await travel(`${origin}/login`);
    expect(page.url.pathname).toBe('/u/login');
    const back = await browser.submit(page, { username: 'ann@example.com', password });
    const home = await travel(locationOf(back));
    expect(JSON.parse(home.text).user).toMatchObject({ sub: 'auth0|ann-id', email: 'ann@example.com' });
    const out = await travel(`${origin}/logout`);
    expect(out.url.origin).toBe(origin);
    expect(JSON.parse(out.text).user).toBeNull();
    expect((await travel(`${origin}/login`)).url.pathname).toBe('/u/login');
  });
});

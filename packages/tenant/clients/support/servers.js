import assert from 'node:assert/strict';
import { createBrowser, locationOf } from '../../test/support/browser.ts';
import { openServer } from './open-server.js';
import { API, openTenant, USER } from './tenant.js';

/**
 * A web application that signs in with the client. A user opens it, signs in on the tenant's page, and returns. The module's
 * `createApp` returns a listener; after the sign-in, the last page is JSON with the user's `sub`. The module can also export
 * `login` and `callback` (paths), `client` (members of the registered client), and `openLogin`, if a sign-in does not
 * begin with a GET.
 */
export async function run({
  createApp,
  login = '/login',
  callback = '/callback',
  client = {},
  openLogin = (browser, origin) => browser.open(`${origin}${login}`),
}) {
  const server = await openServer();
  const tenant = await openTenant([
    {
      client_id: 'app',
      name: 'Application',
      app_type: 'regular_web',
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      callbacks: [`${server.origin}${callback}`],
      allowed_logout_urls: [server.origin],
      ...client,
    },
  ]);
  try {
    const { clientId, clientSecret } = tenant.client('app');
    server.use(
      await createApp({
        issuer: tenant.issuer,
        domain: new URL(tenant.issuer).host,
        origin: server.origin,
        callback: `${server.origin}${callback}`,
        audience: API,
        clientId,
        clientSecret,
      }),
    );
    const browser = createBrowser({ trustsLoopback: true });
    const travel = async (first) => {
      let page = first;
      while (page.headers.has('location')) page = await browser.open(locationOf(page));
      return page;
    };
    const page = await travel(await openLogin(browser, server.origin));
    assert.equal(page.url.pathname, '/u/login', `${page.status} ${page.text.slice(0, 2000)}`);
    const { email: username, password } = USER;
    const back = await travel(await browser.submit(page, { username, password }));
    assert.equal(back.url.origin, server.origin, `${back.url}: ${back.text.slice(0, 2000)}`);
    assert.equal(back.status, 200, back.text.slice(0, 2000));
    assert.equal(JSON.parse(back.text).sub, USER.sub, back.text.slice(0, 2000));
  } finally {
    await Promise.all([server.close(), tenant.close()]);
  }
}

import assert from 'node:assert/strict';
import { openServer } from './open-server.js';
import { API, openTenant, USER } from './tenant.js';

/**
 * An API that the client guards: a token of a user is accepted; no token, a changed one, one for another API and an ID token
 * are refused. The module's `createApi` returns a listener that sends the claims of the token as JSON.
 */
export async function run({ createApi }) {
  const tenant = await openTenant();
  const server = await openServer();
  try {
    const domain = new URL(tenant.issuer).host;
    server.use(await createApi({ issuer: tenant.issuer, domain, audience: API }));
    const ask = (token) =>
      fetch(server.origin, { headers: token === undefined ? {} : { authorization: `Bearer ${token}` } });

    const { access_token, id_token } = await tenant.signInAs('ada', { client: 'spa', audience: API });
    const accepted = await ask(access_token);
    assert.equal(accepted.status, 200, await accepted.clone().text());
    assert.equal((await accepted.json()).sub, USER.sub);

    const other = await tenant.signInAs('ada', { client: 'spa', audience: 'https://other.example.com' });
    const [head, body, signature] = access_token.split('.');
    const changed = [head, body, `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`].join('.');
    const refused = { none: undefined, changed, 'of another API': other.access_token, 'ID token': id_token };
    for (const [name, token] of Object.entries(refused))
      assert.equal((await ask(token)).status, 401, `token: ${name}`);
  } finally {
    await Promise.all([server.close(), tenant.close()]);
  }
}

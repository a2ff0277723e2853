import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { makeFolder } from '../cli/support/run-cli.ts';
import { startTenant } from '../cli/support/tenant.ts';
import { password } from '../session/support/person.ts';
import { createBrowser, noBrowser } from '../support/browser.ts';
import { startGatewayProcess } from '../support/gateway-process.ts';
import { ADMIN_AUDIENCE, callAdmin, seed } from './support.ts';

// Two processes and about twenty calls, each with its own token.
vi.setConfig({ testTimeout: 180_000 });

interface Credentials {
  readonly client_id: string;
  readonly client_secret: string;
}

const MACHINE = 'gatehouse-management';
const customer = (name: string, scopes: readonly string[] = []) =>
  ['PUT', '/customers/shop', { name, scopes }] as const;

/** A scope, and those that the tenant accepts instead. */
const toAlike = (scope: string): readonly string[] =>
  scope === 'update:clients' ? [scope, 'update:client_keys'] : [scope];

/** Each Management API scope that the administration API needs, with a call that requires it. */
const calls = (user: string) =>
  [
    ['read:users', 'GET', '/users'],
    ['create:users', 'POST', '/users', { email: 'new@example.com' }],
    ['update:users', 'POST', `${user}/block`],
    ['delete:users', 'DELETE', user],
    ['read:refresh_tokens', 'DELETE', `${user}/sessions`],
    ['delete:refresh_tokens', 'DELETE', `${user}/sessions`],
    ['read:grants', 'GET', `${user}/consents`],
    ['delete:grants', 'DELETE', `${user}/consents`],
    ['read:resource_servers', ...customer('Shop')],
    ['read:clients', 'GET', '/customers'],
    ['create:clients', 'PUT', '/customers/another', { name: 'Another', scopes: [] }],
    ['update:clients', ...customer('Another name')],
    ['update:client_keys', 'POST', '/customers/shop/rotate-secret'],
    ['read:client_grants', 'GET', '/customers/shop'],
    ['create:client_grants', 'PUT', '/customers/another', { name: 'Another', scopes: [] }],
    ['delete:client_grants', ...customer('Shop')],
    ['update:client_grants', ...customer('Shop', ['directions'])],
    ['delete:clients', 'DELETE', '/customers/shop'],
  ] as const;

it('a missing scope of the management credential is named in the response and in the log', async () => {
  const cwd = makeFolder();
  const alone = await startTenant(cwd);
  const at = { tenant: { origin: alone.origin } };
  const control = (method: string, where: string, body?: object) =>
    fetch(`${alone.origin}/_tenant${where}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
  const credentials = async (client: string): Promise<Credentials> => {
    const answer = await control('GET', `/credentials/${client}`);
    // The tenant has these clients, each with a secret.
    return (await answer.json()) as Credentials;
  };
  const [own, machine, administrator] = await Promise.all([
    credentials('gatehouse'),
    credentials(MACHINE),
    credentials('gatehouse-admin'),
  ]);
  const gateway = await startGatewayProcess(
    {
      tenant: {
        caPem: readFileSync(path.join(cwd, 'data/tenant-ca.pem'), 'utf8'),
        domain: alone.ready.domain,
      },
      link: { clientId: own.client_id, credential: { secret: own.client_secret } },
    },
    {
      AUTH0_ADMIN_AUDIENCE: ADMIN_AUDIENCE,
      // The revocation feed would use up the faults.
      REVOCATION_FEED: 'off',
      AUTH0_MGMT_CLIENT_ID: machine.client_id,
      AUTH0_MGMT_CLIENT_SECRET: machine.client_secret,
    },
  );
  onTestFinished(() => gateway.kill());
  const token = await createBrowser(gateway.url).send('POST', '/v1/oauth/token', {
    body: { grant_type: 'client_credentials', ...administrator, audience: ADMIN_AUDIENCE },
    headers: noBrowser,
  });
  const admin = (method: string, where: string, body?: object) =>
    callAdmin(gateway.url, token.body.access_token, method, where, body);

  const email = 'ada@example.com';
  const { id } = (await admin('POST', '/users', { email, password })).body;
  await createBrowser(gateway.url).send('POST', '/v1/auth/signin', {
    body: { email, password, mode: 'token' },
    headers: noBrowser,
  });
  const shop = await admin(...customer('Shop'));
  expect(shop.status).toBe(201);
  await seed(at, {
    client_grants: [{ client_id: shop.body.client_id, audience: 'urn:organizer', scope: ['tasks'] }],
  });

  const all = calls(`/users/${encodeURIComponent(id)}`);
  const needed = [...new Set(all.map(([scope]) => scope))];
  for (const [missing, method, where, body] of all) {
    await seed(at, {
      client_grants: [
        {
          client_id: MACHINE,
          audience: '$mgmt',
          scope: needed.filter((scope) => !toAlike(missing).includes(scope)),
        },
      ],
    });
    // The gateway's cached token still has the scope, so the tenant refuses it.
    await control('PUT', '/faults', [{ method: '*', path: '^/api/v2/', status: 401, body: {}, times: 1 }]);
    const answer = await admin(method, where, body);
    expect([missing, answer.status, answer.body.code]).toEqual([missing, 502, 'tenant_misconfigured']);
    expect(answer.body.detail).toContain(missing);
    const logged = () =>
      gateway.lines.filter((text) => text.includes(answer.body.request_id) && text.includes(missing));
    await expect.poll(() => logged().join(), { timeout: 15_000 }).toContain('AUTH0_MGMT_CLIENT_ID');
  }
  await alone.stop();
});

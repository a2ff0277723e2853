import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { managementRows } from '../../src/management/management-rows.ts';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';

let t: ManagedTenant;
beforeAll(async () => {
  t = await startManagedTenant('memory');
});
afterAll(() => t.close());

const members = `
  name identifier strategy audience client_id scope scopes options enabled_clients
  jwt_configuration refresh_token oidc_logout client_metadata client_authentication_methods
  grant_types is_first_party flags stage shields credentials pem bindings realms user_id email
  connection password roles permissions users app_metadata __proto__
`
  .trim()
  .split(/\s+/);
const body = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.constantFrom(...members), fc.oneof(fc.constant('auth0'), fc.jsonValue({ maxDepth: 3 })), {
    maxKeys: 6,
  }),
);
const ids = ['host', 'urn:maps', 'auth0|ann-id', 'constructor', '%00', '..%2f', 'post-login'];

it('the Management API answers any input in its own format, and never with a 500', async () => {
  const rows = managementRows(t.tenant.context).filter(({ path }) => !path.startsWith('/keys'));
  const state = t.stored;
  const known = [
    state.connections.list()[0]?.id,
    state.clientGrants.list()[0]?.id,
    state.roles.list()[0]?.id,
  ];
  const id = fc.constantFrom(...ids, ...known.map(String));
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...rows), id, body, fc.string(), async (row, name, sent, query) => {
      const path = row.path.replaceAll(/:\w+/g, encodeURIComponent(decodeURIComponent(name)));
      const search = new URLSearchParams({ fields: query, from: query, name: query, strategy: query });
      const answer = await t.manage(
        row.method,
        `${path}?${search.toString()}`,
        row.method === 'GET' ? undefined : sent,
      );
      expect(answer.status, `${row.method} ${path} ${JSON.stringify(sent)} ${answer.text}`).toBeLessThan(500);
      if (answer.status >= 400) expect(answer.json).toMatchObject({ statusCode: answer.status });
    }),
    { numRuns: 600 },
  );
  expect(t.warnings).toEqual([]);
  // Accepted input is accepted again.
  const kept = await t.get('/_tenant/export');
  const imported = await t.post('/_tenant/import', kept.text, { 'content-type': 'application/json' });
  expect(imported.status, imported.text).toBe(200);
});

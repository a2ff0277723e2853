import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CurrentTenant } from '../../../src/cli/provision/current-tenant.ts';
import type { TenantFile } from '../../../src/cli/provision/desired-tenant.ts';
import { diffTenant, type Plan } from '../../../src/cli/provision/diff.ts';
import { isObject } from '../../../src/cli/provision/fields.ts';
import { findMoves } from '../../../src/cli/provision/plan-file.ts';
import { parseTenantFile } from '../../../src/cli/provision/read-tenant-file.ts';
import { toStarterText } from '../../../src/cli/provision/starter.ts';
import type { Fields } from '../../../src/cli/provision/step.ts';
import { SHOP, startStage } from '../support/provision.ts';

const AUDIENCE = 'https://tenant.example.com/api/v2/';

/** Applies the steps in memory like the Management API: members of a body replace those of the resource. */
function simulate(current: CurrentTenant, { steps, clientIds }: Plan): CurrentTenant {
  const ids = new Map(clientIds);
  const idOf = (name: unknown): string => ids.get(String(name)) ?? String(name);
  let { tenant, apis, clients, grants, connections } = current;
  const merge = (before: Fields, body: Fields): Fields => {
    const merged = ['flags', 'client_metadata'].flatMap((name) => {
      const [old, given] = [before[name], body[name]];
      return isObject(old) && isObject(given) ? [[name, { ...old, ...given }]] : [];
    });
    return { ...before, ...body, ...Object.fromEntries(merged) };
  };
  const change = (list: readonly Fields[], id: string, name: string, body: Fields) =>
    list.map((each) => (each[name] === id ? merge(each, body) : each));
  for (const { action, kind, key, id = '', body } of steps) {
    if (kind === 'tenant') tenant = merge(tenant, body);
    else if (kind === 'api')
      apis = action === 'create' ? [...apis, { ...body, id: key }] : change(apis, id, 'id', body);
    else if (kind === 'client') {
      if (action === 'update') clients = change(clients, id, 'client_id', body);
      else {
        clients = clients.filter(({ client_id }) => client_id !== id);
        grants = grants.filter(({ client_id }) => client_id !== id);
        connections = connections.map((each) => ({
          ...each,
          clients: (each['clients'] as string[]).filter((client) => client !== id),
        }));
        const made = `id-of-${key}`;
        ids.set(key, made);
        clients = [...clients, { ...body, client_id: made }];
      }
    } else if (kind === 'grant')
      grants =
        action === 'create'
          ? [...grants, { ...body, client_id: idOf(body['client_id']), id: key }]
          : change(grants, id, 'id', body);
    else {
      const { clients: enabled, ...rest } = body;
      const names = Array.isArray(enabled) ? { clients: enabled.map(idOf) } : {};
      connections =
        action === 'update'
          ? change(connections, id, 'id', { ...rest, ...names })
          : [...connections.filter((each) => each['id'] !== id), { clients: [], ...rest, ...names, id: key }];
    }
  }
  return { ...current, tenant, apis, clients, grants, connections };
}

const words = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 });
const leaf = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.boolean(), fc.constantFrom('x', 'y'));
const anySettings = fc.dictionary(
  fc.constantFrom('one', 'two', 'web_origins'),
  fc.oneof(leaf, fc.dictionary(fc.constantFrom('m', 'n'), leaf)),
);
const key = fc.constantFrom('k1', 'k2', 'k3');
const audience = fc.constantFrom('api-1', 'api-2', '$mgmt');

const desired: fc.Arbitrary<TenantFile> = fc.record({
  version: fc.constant(1 as const),
  tenant: fc.record({ flags: fc.dictionary(fc.constantFrom('f', 'g'), fc.boolean()), settings: anySettings }),
  apis: fc.uniqueArray(
    fc.record({
      identifier: fc.constantFrom('api-1', 'api-2'),
      name: fc.constantFrom('First', 'Second'),
      scopes: fc.uniqueArray(
        fc.record({ value: fc.constantFrom('r', 'w'), description: fc.constantFrom('read', 'write') }),
        { selector: ({ value }) => value },
      ),
      settings: anySettings,
    }),
    { selector: ({ identifier }) => identifier },
  ),
  clients: fc.uniqueArray(
    fc.record({
      key,
      name: fc.constantFrom('N', 'M'),
      kind: fc.constantFrom('web', 'machine', 'third-party'),
      callbacks: words,
      grant_types: words,
      settings: anySettings,
      grants: fc.uniqueArray(fc.record({ audience, scopes: words }), { selector: (grant) => grant.audience }),
    }),
    { selector: (client) => client.key },
  ),
  connections: fc.uniqueArray(
    fc.record({ name: fc.constantFrom('c1', 'c2'), settings: fc.record({ options: anySettings }) }),
    { selector: ({ name }) => name },
  ),
});

const empty: CurrentTenant = {
  audience: AUDIENCE,
  ownClientId: 'operator',
  tenant: {},
  apis: [],
  clients: [],
  grants: [],
  connections: [],
};

it('the result of the steps needs no further step, from any tenant to any desired one', () => {
  fc.assert(
    fc.property(fc.array(desired, { minLength: 1, maxLength: 4 }), (files) => {
      let current = empty;
      for (const file of files) {
        const enabled = (file.clients ?? []).map((client) => client.key);
        const wanted = {
          ...file,
          connections: (file.connections ?? []).map((each) => ({ ...each, clients: enabled })),
        };
        current = simulate(current, diffTenant(current, wanted, { allowReplace: true }));
        expect(diffTenant(current, wanted, { allowReplace: true }).steps).toEqual([]);
      }
    }),
    { numRuns: 300 },
  );
});

it('a plan names changes since its creation, and nothing without changes', () => {
  const before = diffTenant(empty, SHOP).steps;
  expect(findMoves(before, before)).toEqual([]);
  const flags = { enable_public_signup_user_exists_error: false };
  const now = { ...empty, tenant: { flags }, apis: [{ id: '1', identifier: 'https://orders.example.com' }] };
  expect(findMoves(before, diffTenant(now, SHOP).steps)).toEqual([
    'api https://orders.example.com: planned to create, would now update',
    'tenant settings: flags was nothing, is {"enable_public_signup_user_exists_error":false}',
  ]);
  expect(findMoves(before, before.slice(1))).toEqual(['api https://orders.example.com: is as wanted by now']);
});

it.each([
  ['version: 2', 'version', '1'],
  ['version: 1\nclients: [{ key: A b, name: x, kind: web }]', 'clients[0].key', 'lower-case words'],
  ['version: 1\nclients: [{ key: a, name: x, kind: robot }]', 'clients[0].kind', 'third-party'],
  ['version: 1\nsecrets: {}', 'secrets', 'no such key'],
  [
    'version: 1\nclients: [{ key: a, name: x, kind: web }, { key: a, name: y, kind: spa }]',
    'clients[1].key',
    'no other entry',
  ],
  [
    'version: 1\napis: [{ identifier: i, scopes: [{ value: r }] }]\nclients: [{ key: a, name: x, kind: machine, grants: [{ audience: i, scopes: [w] }] }]',
    'clients[0].grants[0].scopes[0]',
    'a scope of i',
  ],
  ['version: 1\nconnections: [{ name: c, clients: [b] }]', 'connections[0].clients[0]', 'key of a client'],
  [
    'version: 1\nconnections: [{ name: c, settings: { options: { client_secret: hidden-value } } }]',
    'connections[0].settings.options.client_secret',
    'no secret',
  ],
])('the file %j is refused at the place of its error', (text, name, wanted) => {
  const parsed = parseTenantFile(text, 'tenant.yaml');
  const faults = parsed.ok ? [] : parsed.faults;
  expect(faults).toEqual([{ name, seen: expect.any(String), wanted: expect.stringContaining(wanted) }]);
  expect(JSON.stringify(faults)).not.toContain('hidden-value');
});

const configured = {
  publicUrl: 'http://localhost:3000',
  apiAudiences: ['urn:worldmappers'],
  adminAudience: 'urn:gatehouse:admin',
  connection: 'Username-Password-Authentication',
  passwordSignin: true,
  isEmbedded: true,
};
const SCOPES = new Map([['urn:worldmappers', ['geocode:location', 'reverse-geocode:location']]]);

function readStarter(settings: typeof configured, scopes: ReadonlyMap<string, readonly string[]>) {
  const parsed = parseTenantFile(toStarterText({ settings, scopes }), 'starter');
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults));
  return parsed.file;
}

it('a new embedded tenant matches the starter of its configuration', async () => {
  const stage = await startStage();
  const file = readStarter(configured, SCOPES);
  const { steps, notes } = await stage.plan(file);
  expect({ steps, notes }).toEqual({ steps: [], notes: [] });
  expect(file.clients?.map(({ key: each }) => each)).toContain('calendar-app');
});

it('the starter of another tenant has only the URLs, the API and the scopes of the configuration', async () => {
  const settings = {
    ...configured,
    publicUrl: 'https://api.acme.example',
    apiAudiences: ['https://acme.example'],
    adminAudience: 'https://acme.example/admin',
    passwordSignin: false,
    isEmbedded: false,
  };
  const scopes = new Map([['https://acme.example', ['geocode:location', 'read:orders']]]);
  const file = readStarter(settings, scopes);
  expect(file.apis).toMatchObject([
    { identifier: 'https://acme.example/admin', settings: { enforce_policies: true } },
    {
      identifier: 'https://acme.example',
      scopes: [
        { value: 'geocode:location', description: 'Find places by name' },
        { value: 'read:orders', description: 'Read orders' },
      ],
    },
  ]);
  expect(file.clients).toMatchObject([
    { key: 'gatehouse', kind: 'web', callbacks: ['https://api.acme.example/v1/auth/callback'] },
  ]);
  expect(file.clients?.[0]?.grant_types).not.toContain('password');
  const stage = await startStage();
  expect((await stage.apply(file, { adopt: true })).failure).toBeUndefined();
  expect((await stage.plan(file)).steps).toEqual([]);
});

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { storedIn } from '../../packages/tenant/test/support/stored.ts';
import { breakTenant, restoreTenant } from '../session/support/person.ts';
import { asBearer, createBrowser, noBrowser } from '../support/browser.ts';
import { makeFolder } from '../support/folder.ts';
import { startGatewayUnderTest } from '../support/gateway.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Admin, createAdmin } from './support.ts';

let world: World;
let admin: Admin;
let key: string;
let made = 0;
beforeAll(async () => {
  world = await startWorld({ RATE_LIMIT_ENABLED: 'false' });
  admin = await createAdmin(world);
});
beforeEach(() => {
  key = `customer-${++made}`;
});
afterEach(() => restoreTenant(world));
afterAll(() => world.close());

const wish = { name: 'Gift Deliveries', scopes: ['geocode:location'] };
const put = (body: object = wish, by = admin) => by.send('PUT', `/customers/${key}`, body);
const clientsOf = (wanted = key) =>
  storedIn(world.tenant)
    .clients.list()
    .filter(({ client_metadata }) => client_metadata['gatehouse_customer'] === wanted);
const grantsOf = (clientId: string) =>
  storedIn(world.tenant)
    .clientGrants.list()
    .filter(({ client_id }) => client_id === clientId);
const tokenFor = (client_id: string, client_secret: string, more: object = {}) =>
  createBrowser(world.url).send('POST', '/v1/oauth/token', {
    body: { grant_type: 'client_credentials', client_id, client_secret, ...more },
    headers: noBrowser,
  });

describe('a customer', () => {
  it('gets a machine client and a grant, and can call the API immediately', async () => {
    const { status, body } = await put();
    expect(status).toBe(201);
    expect(body).toEqual({
      key,
      ...wish,
      client_id: expect.any(String),
      client_secret: expect.any(String),
    });
    const token = await tokenFor(body.client_id, body.client_secret);
    expect(token).toMatchObject({ status: 200, body: { scope: 'geocode:location' } });
    const called = await createBrowser(world.url).send('GET', '/api/location/geocode?q=Oslo', {
      headers: asBearer(token.body.access_token),
    });
    expect(called.status).toBe(200);
    const beyond = await tokenFor(body.client_id, body.client_secret, { scope: 'directions' });
    expect(beyond.body.error).toBe('invalid_scope');
  });

  it('put again is unchanged, and the response has no secret', async () => {
    const first = (await put()).body;
    const before = [clientsOf(), grantsOf(first.client_id)];
    const again = await put();
    const { client_secret: _secret, ...shown } = first;
    expect(again).toMatchObject({ status: 200, body: shown });
    expect(again.body).not.toHaveProperty('client_secret');
    expect([clientsOf(), grantsOf(first.client_id)]).toEqual(before);
    expect((await admin.send('GET', `/customers/${key}`)).body).toEqual(shown);
    expect((await tokenFor(first.client_id, first.client_secret)).status).toBe(200);
  });

  it('is created once by parallel calls at two replicas', async () => {
    const env = { RATE_LIMIT_ENABLED: 'false', STORE_URL: `sqlite:${makeFolder()}/store.db` };
    const start = () => startGatewayUnderTest(env, world.link, world.clock);
    const replicas = await Promise.all([start(), start()]);
    try {
      const [here, there] = await Promise.all(replicas.map(({ url }) => createAdmin(world, url)));
      const answers = await Promise.all([here, there, here, there, here, there].map((by) => put(wish, by)));
      expect(answers.filter(({ status }) => status === 201).length).toBe(1);
      expect(answers.filter(({ status }) => status === 200).length).toBe(5);
      expect(new Set(answers.map(({ body }) => body.client_id)).size).toBe(1);
      const client_id = clientsOf()[0]?.client_id ?? '';
      expect([clientsOf().length, grantsOf(client_id).length]).toEqual([1, 1]);
    } finally {
      await Promise.all(replicas.map((replica) => replica.close()));
    }
  });

  it('is restored: name, type of client, scopes, and additional grants', async () => {
    const { client_id } = (await put()).body;
    const { clients, clientGrants } = storedIn(world.tenant);
    const client = clients.get(client_id);
    if (!client) throw new Error('no client');
    clients.put({ ...client, name: 'Changed', grant_types: ['client_credentials', 'password'] });
    const [grant] = grantsOf(client_id);
    if (!grant) throw new Error('no grant');
    clientGrants.put({ ...grant, scope: ['directions'] });
    const management = `${world.tenant.issuer}api/v2/`;
    clientGrants.put({ ...grant, id: 'cgr_tampered', audience: management, scope: ['read:users'] });
    expect(await put()).toMatchObject({ status: 200, body: { client_id, ...wish } });
    expect(clients.get(client_id)).toMatchObject({
      name: wish.name,
      app_type: 'non_interactive',
      grant_types: ['client_credentials'],
    });
    expect(grantsOf(client_id).map(({ audience, scope }) => [audience, scope])).toEqual([
      ['urn:worldmappers', wish.scopes],
    ]);
  });

  it('whose grant was removed gets it again', async () => {
    const { client_id } = (await put()).body;
    for (const { id } of grantsOf(client_id)) storedIn(world.tenant).clientGrants.remove(id);
    expect((await put()).status).toBe(200);
    expect(grantsOf(client_id)).toMatchObject([{ audience: 'urn:worldmappers', scope: wish.scopes }]);
  });

  it('leaves no client behind if its grant cannot be created, and is created by the next call', async () => {
    await breakTenant(world, [{ method: 'POST', path: '^/api/v2/client-grants$', status: 503, times: 1 }]);
    expect((await put()).status).toBe(503);
    expect(clientsOf()).toEqual([]);
    expect((await put()).status).toBe(201);
  });

  it('gets a new secret, and the old one is invalid', async () => {
    const first = (await put()).body;
    const rotated = await admin.send('POST', `/customers/${key}/rotate-secret`);
    expect(rotated).toMatchObject({ status: 200, body: { key, client_id: first.client_id } });
    expect(rotated.body.client_secret).not.toBe(first.client_secret);
    expect((await tokenFor(first.client_id, first.client_secret)).body.error).toBe('invalid_client');
    expect((await tokenFor(first.client_id, rotated.body.client_secret)).status).toBe(200);
  });

  it('is removed with its client and its grant', async () => {
    const { client_id, client_secret } = (await put()).body;
    expect((await admin.send('DELETE', `/customers/${key}`)).status).toBe(204);
    expect(clientsOf()).toEqual([]);
    expect(grantsOf(client_id)).toEqual([]);
    expect((await tokenFor(client_id, client_secret)).body.error).toBe('invalid_client');
  });

  it.each([
    ['GET', ''],
    ['DELETE', ''],
    ['POST', '/rotate-secret'],
  ])('that does not exist answers 404: %s %s', async (method, rest) => {
    expect(await admin.send(method, `/customers/nobody${rest}`)).toMatchObject({
      status: 404,
      body: { code: 'not_found' },
    });
  });
});

describe('an invalid input of a customer', () => {
  it.each([
    [
      'a scope that the API does not have',
      { ...wish, scopes: ['geocode:location', 'read:users'] },
      'scopes.[1]',
    ],
    ['an audience', { ...wish, audience: 'https://localhost:4400/api/v2/' }, 'audience'],
    ['grant types', { ...wish, grant_types: ['password'] }, 'grant_types'],
    ['a name of markup', { ...wish, name: '<b>' }, 'name'],
    ['no name', { scopes: [] }, 'name'],
  ])('is refused: %s', async (_, body, path) => {
    const answer = await put(body);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed', errors: [{ path }] } });
    expect(clientsOf()).toEqual([]);
  });

  it.each(['UPPER', 'a b', '-a', 'a-', 'a'.repeat(65), 'ä', 'a.b'])(
    'has no key such as %j',
    async (wanted) => {
      const answer = await admin.send('PUT', `/customers/${encodeURIComponent(wanted)}`, wish);
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ path: 'key' }] } });
    },
  );
});

it('the customers are listed with their scopes, without the gateway’s own clients, whatever their metadata contains', async () => {
  const { clients } = storedIn(world.tenant);
  for (const id of ['gatehouse', 'gatehouse-management']) {
    const client = clients.get(id);
    if (client) clients.put({ ...client, client_metadata: { gatehouse_customer: key } });
  }
  const { status, body } = await admin.send('GET', '/customers');
  expect(status).toBe(200);
  expect(body.customers.map((customer: { client_id: string }) => customer.client_id)).not.toContain(
    'gatehouse',
  );
  expect((await admin.send('DELETE', `/customers/${key}`)).status).toBe(404);
  expect(clients.get('gatehouse-management')).toBeDefined();
  const { body: mine } = await put();
  const listed = (await admin.send('GET', '/customers')).body.customers;
  expect(listed).toContainEqual({ key, ...wish, client_id: mine.client_id });
  expect(JSON.stringify(listed)).not.toContain('secret');
});

it('an audit event names the customer, and no secret is logged', async () => {
  const { client_secret } = (await put()).body;
  const [line] = world.lines.filter(({ event }) => event === 'admin.customer_write.succeeded').slice(-1);
  expect(line).toMatchObject({ customer: key, client_id: 'gatehouse-admin', actor: expect.any(String) });
  expect(world.logText()).not.toContain(client_secret);
});

import { expect, it, vi } from 'vitest';
import { toManagementError } from '../../../src/auth0/management-access.ts';
import { MANAGED_BY } from '../../../src/cli/provision/wanted-fields.ts';
import { SHOP, startStage } from '../support/provision.ts';

vi.setConfig({ testTimeout: 120_000 });

it('apply changes a tenant to match the file, and a second apply changes nothing', async () => {
  const stage = await startStage();
  const planned = (await stage.plan(SHOP)).steps.map(({ action, kind, key }) => `${action} ${kind} ${key}`);
  const first = await stage.apply(SHOP);
  expect(first).toMatchObject({ left: [] });
  expect(first.failure).toBeUndefined();
  expect(first.done.map(({ action, kind, key }) => `${action} ${kind} ${key}`)).toEqual(planned);
  expect(planned).toEqual([
    'create api https://orders.example.com',
    'create client shop',
    'create client partner',
    'create client robot',
    'create grant partner https://orders.example.com user',
    'create grant robot https://orders.example.com client',
    'create grant robot $mgmt client',
    'create connection Customers',
    'update tenant settings',
  ]);
  expect((await stage.apply(SHOP)).done).toEqual([]);
  expect((await stage.plan(SHOP)).steps).toEqual([]);
  const { client } = await stage.open();
  const { data } = await client.clients.list();
  expect(data.find(({ name }) => name === 'Shop')).toMatchObject({
    client_metadata: { managed_by: MANAGED_BY, gatehouse_key: 'shop' },
    refresh_token: { leeway: 30, infinite_token_lifetime: false },
  });
});

it('shared lists keep entries of others, exact fields are reset', async () => {
  const stage = await startStage();
  await stage.apply(SHOP);
  const { client } = await stage.open();
  const shop = (await client.clients.list()).data.find(({ name }) => name === 'Shop');
  const id = shop?.client_id ?? '';
  await client.clients.update(id, {
    callbacks: ['https://other.example.com/callback', 'https://shop.example.com/callback'],
    name: 'Renamed',
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 5 },
  });
  const { steps } = await stage.plan(SHOP);
  expect(steps).toMatchObject([
    {
      action: 'update',
      kind: 'client',
      key: 'shop',
      before: { name: 'Renamed', refresh_token: { leeway: 5 } },
      after: { name: 'Shop', refresh_token: { leeway: 30 } },
    },
  ]);
  expect(steps[0]?.after).not.toHaveProperty('callbacks');
  await stage.apply(SHOP);
  expect(await client.clients.get(id)).toMatchObject({
    name: 'Shop',
    callbacks: ['https://other.example.com/callback', 'https://shop.example.com/callback'],
    refresh_token: { leeway: 30 },
  });
});

it('a run that ends after any call is completed by the next run', async () => {
  let isComplete = false;
  for (let last = 1; !isComplete; last += 1) {
    const stage = await startStage();
    let calls = 0;
    const dying: typeof fetch = async (url, init) => {
      calls += 1;
      if (calls > last) throw new Error('the network is gone');
      const answer = await fetch(url, init);
      // The tenant has made the change, but the response of the last call does not arrive.
      if (calls === last) throw new Error('the network is gone');
      return answer;
    };
    const outcome = await stage.apply(SHOP, {}, dying).catch((error: unknown) => toManagementError(error));
    isComplete = !(outcome instanceof Error) && !('failure' in Object(outcome));
    if (isComplete) expect(last).toBe(17);
    const second = await stage.apply(SHOP);
    expect({ last, left: second.left, failure: second.failure }).toEqual({ last, left: [] });
    expect((await stage.plan(SHOP)).steps).toEqual([]);
    const { client } = await stage.open();
    const names = (await client.clients.list()).data.map(({ name }) => name);
    expect(names.filter((name) => name === 'Shop')).toEqual(['Shop']);
  }
});

it.each([
  ['the page of a proxy', 200, '<html>Sign in to the network</html>', 'something other than JSON'],
  ['nothing', 200, '', 'something other than JSON'],
  ['an error', 500, '{"statusCode":500,"message":"Internal"}', '500'],
] as const)(
  'a run that gets %s instead of an answer, at whichever call, says so and takes it for nothing else',
  async (_what, status, text, reason) => {
    const stage = await startStage();
    let rounds = 0;
    for (let failure: Error | undefined = new Error('none yet'); failure; rounds += 1) {
      let calls = 0;
      const network: typeof fetch = async (url, init) => {
        calls += 1;
        return calls === rounds + 1 ? new Response(text, { status }) : fetch(url, init);
      };
      const outcome = await stage.apply(SHOP, {}, network).catch((error: unknown) => ({ failure: error }));
      // What is thrown and what an outcome has are errors.
      failure = outcome.failure as Error | undefined;
      if (failure) expect(failure.message).toContain(reason);
    }
    expect(rounds).toBeGreaterThan(10);
    expect((await stage.plan(SHOP)).steps).toEqual([]);
    const { client } = await stage.open();
    const names = (await client.clients.list()).data.map(({ name }) => name);
    expect(names.filter((name) => name === 'Shop' || name === 'Robot')).toHaveLength(2);
  },
);

it('two runs at once make each thing once: the second says what it met, and the next run finds all made', async () => {
  const stage = await startStage();
  const outcomes = await Promise.all([stage.apply(SHOP), stage.apply(SHOP)]);
  const failures = outcomes.flatMap(({ failure }) => failure?.message ?? []);
  expect(failures).toEqual([expect.stringContaining('the Management API answered 409')]);
  expect((await stage.apply(SHOP)).failure).toBeUndefined();
  expect((await stage.plan(SHOP)).steps).toEqual([]);
  const { client } = await stage.open();
  const names = (await client.clients.list()).data.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
});

it('a client of the same name is adopted with adopt, and refused without it', async () => {
  const stage = await startStage();
  const { client } = await stage.open();
  const made = await client.clients.create({ name: 'Shop', app_type: 'regular_web' });
  await expect(stage.plan(SHOP)).rejects.toThrow(/"Shop" .+ which provision does not own\. Pass --adopt/);
  await stage.apply(SHOP, { adopt: true });
  expect(await client.clients.get(made.client_id ?? '')).toMatchObject({
    client_metadata: { managed_by: MANAGED_BY, gatehouse_key: 'shop' },
  });
  await client.clients.create({
    name: 'Double',
    client_metadata: { managed_by: MANAGED_BY, gatehouse_key: 'shop' },
  });
  await expect(stage.plan(SHOP, { adopt: true })).rejects.toThrow('The tenant has 2 clients with managed_by');
});

it('immutable fields cause a replacement only with allowReplace, with grants and connections', async () => {
  const stage = await startStage();
  await stage.apply(SHOP);
  const clients = (SHOP.clients ?? []).map((client) =>
    client.key === 'robot'
      ? { ...client, settings: { is_first_party: false, third_party_security_mode: 'permissive' } }
      : client,
  );
  const other = { ...SHOP, clients };
  await expect(stage.apply(other)).rejects.toThrow(/client robot has to be deleted .+ Pass --allow-replace/);
  const outcome = await stage.apply(other, { allowReplace: true });
  expect(outcome.failure).toBeUndefined();
  expect(outcome.done.map(({ action, kind, key }) => `${action} ${kind} ${key}`)).toEqual([
    'replace client robot',
    'create grant robot https://orders.example.com client',
    'create grant robot $mgmt client',
    'update connection Customers',
  ]);
  expect((await stage.plan(other)).steps).toEqual([]);
});

it('the client of the credential is not changed', async () => {
  const stage = await startStage();
  const wanted = {
    clients: [{ key: 'gatehouse-management', name: 'Another name', kind: 'machine', grants: [] }],
  } as const;
  const { steps, notes } = await stage.plan({
    clients: [...wanted.clients].map((c) => ({ ...c, grants: [] })),
  });
  expect(steps).toEqual([]);
  expect(notes).toEqual([expect.stringContaining('gatehouse-management owns the credential')]);
});

it('any missing scope is named before a change is made', async () => {
  const stage = await startStage();
  const { client, audience } = await stage.open();
  const made = await client.clients.create({ name: 'Operator', grant_types: ['client_credentials'] });
  const [clientId, clientSecret] = [made.client_id ?? '', made.client_secret ?? ''];
  const needed = ['tenant_settings', 'resource_servers', 'clients', 'client_grants', 'connections'].flatMap(
    (name) =>
      (name === 'tenant_settings' ? ['read', 'update'] : ['read', 'create', 'update']).map(
        (v) => `${v}:${name}`,
      ),
  );
  const grant = await client.clientGrants.create({ client_id: clientId, audience, scope: needed });
  const { applyDesired } = await import('../../../src/cli/provision/apply-desired.ts');
  const before = await stage.exported();
  for (const scope of needed) {
    await client.clientGrants.update(grant.id ?? '', { scope: needed.filter((other) => other !== scope) });
    const management = await stage.open(fetch, { clientId, clientSecret });
    await expect(applyDesired(management, SHOP)).rejects.toThrow(
      new RegExp(`lacks scopes of the Management API: ${scope}\\.\n`),
    );
  }
  await client.clientGrants.update(grant.id ?? '', { scope: ['read:clients'] });
  const management = await stage.open(fetch, { clientId, clientSecret });
  await expect(applyDesired(management, SHOP)).rejects.toThrow(
    'read:tenant_settings, update:tenant_settings, read:resource_servers',
  );
  expect((await stage.exported()).apis).toEqual(before.apis);
  await client.clientGrants.update(grant.id ?? '', { scope: needed });
  const outcome = await applyDesired(await stage.open(fetch, { clientId, clientSecret }), SHOP);
  expect(outcome.failure).toBeUndefined();
});

it('waits as long as a 429 of the tenant requires, and makes one call at a time', async () => {
  const stage = await startStage();
  let [isBusy, running, most, refused] = [false, 0, 0, 0];
  const network: typeof fetch = async (url, init) => {
    running += 1;
    most = Math.max(most, running);
    try {
      isBusy = !isBusy;
      if (isBusy && refused < 2) {
        refused += 1;
        const reset = String(Math.ceil(Date.now() / 1000) + 1);
        return new Response('{}', { status: 429, headers: { 'x-ratelimit-reset': reset } });
      }
      return await fetch(url, init);
    } finally {
      running -= 1;
    }
  };
  const { client } = await stage.open(network);
  const lists = await Promise.all([
    client.clients.list(),
    client.resourceServers.list(),
    client.connections.list(),
  ]);
  expect(lists.map(({ data }) => data.length > 0)).toEqual([true, true, true]);
  expect({ most, refused }).toEqual({ most: 1, refused: 2 });
});

it('an export applied to another tenant produces an equal export', async () => {
  const [one, other] = [await startStage(), await startStage()];
  await one.apply(SHOP);
  const described = await one.exported();
  const outcome = await other.apply(described, { adopt: true });
  expect(outcome.failure).toBeUndefined();
  expect(await other.exported()).toEqual(described);
  expect(JSON.stringify(described)).not.toContain('client_secret"');
});

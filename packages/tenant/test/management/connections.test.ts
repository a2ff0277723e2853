import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { realmGrant } from '../support/seed.ts';
import { fresh, statusesOf, stores } from '../support/start-test-tenant.ts';

const good = 'Correct-Horse-Battery-1';

describe.each(stores)('connections in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  const client = 'lenient';
  const make = (more: object = {}) =>
    t.management.connections.create({
      name: fresh('db'),
      strategy: 'auth0',
      enabled_clients: [client],
      ...more,
    });
  const signUp = (connection: string | undefined, more: object = {}) =>
    t.post('/dbconnections/signup', {
      client_id: client,
      connection,
      email: `${fresh()}@example.com`,
      password: good,
      ...more,
    });
  const signIn = (realm: string | undefined, username: string) =>
    t.token(client, { grant_type: realmGrant, realm, username, password: good });
  const missing = {
    statusCode: 404,
    body: {
      statusCode: 404,
      error: 'Not Found',
      message: 'The connection does not exist',
      errorCode: 'inexistent_connection',
    },
  };

  it("a database is created with Auth0's defaults", async () => {
    const answer = await t.manage('POST', '/connections', { name: 'Plain', strategy: 'auth0' });
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual({
      id: expect.stringMatching(/^con_/),
      name: 'Plain',
      strategy: 'auth0',
      enabled_clients: [],
      realms: ['Plain'],
      is_domain_connection: false,
      authentication: { active: true },
      connected_accounts: { active: false },
      options: {
        mfa: { active: true, return_enroll_settings: true },
        passwordPolicy: 'good',
        strategy_version: 2,
        brute_force_protection: true,
        passkey_options: {
          challenge_ui: 'both',
          local_enrollment_enabled: true,
          progressive_enrollment_enabled: true,
        },
        authentication_methods: {
          passkey: { enabled: false },
          password: { enabled: true, api_behavior: 'required', signup_behavior: 'allow' },
        },
      },
    });
    expect(await t.management.connections.get(String(answer.json.id))).toEqual(answer.json);
  });

  it('given members are stored and returned', async () => {
    const given = {
      display_name: 'People',
      metadata: { team: 'a' },
      show_as_button: true,
      is_domain_connection: true,
      realms: ['people', 'folk'],
    };
    const made = await make(given);
    expect(made).toMatchObject(given);
    const id = made.id ?? '';
    const changed = await t.management.connections.update(id, {
      display_name: 'Folk',
      metadata: { team: null, at: 'b' },
      realms: [],
      show_as_button: false,
    });
    expect(changed).toMatchObject({
      display_name: 'Folk',
      metadata: { at: 'b' },
      realms: [made.name],
      show_as_button: false,
      is_domain_connection: true,
    });
  });

  it('a new database can be used at once for sign-up and sign-in by its realm', async () => {
    const { name } = await make({ realms: ['folk-realm'] });
    const email = `${fresh()}@example.com`;
    expect((await signUp(name, { email })).status).toBe(200);
    expect((await signIn('folk-realm', email)).status).toBe(200);
  });

  it('changes of its password policy and of sign-up apply at once', async () => {
    const { id = '', name } = await make();
    expect((await signUp(name, { password: 'weak' })).json).toMatchObject({ code: 'invalid_password' });
    const changed = await t.management.connections.update(id, { options: { passwordPolicy: 'none' } });
    expect(changed.options).toMatchObject({ passwordPolicy: 'none' });
    // The options are replaced whole.
    expect(Object.keys(changed.options ?? {})).not.toContain('brute_force_protection');
    expect((await signUp(name, { password: 'weak' })).status).toBe(200);
    const options = {
      password_dictionary: { enable: true, dictionary: ['gatehouse-1'] },
      password_history: null,
    };
    await t.manage('PATCH', `/connections/${id}`, { options });
    expect((await signUp(name, { password: 'Gatehouse-1' })).json).toMatchObject({
      code: 'invalid_password',
    });
    await t.management.connections.update(id, { options: { disable_signup: true } });
    expect((await signUp(name)).json).toMatchObject({ error: 'public signup is disabled' });
  });

  it('with password changes disabled, no link is mailed', async () => {
    const { id = '', name } = await make();
    const email = `${fresh()}@example.com`;
    await signUp(name, { email });
    const resets = () =>
      t.tenant.context.inbox.list({ to: email }).filter(({ kind }) => kind === 'reset_password').length;
    const ask = () =>
      t.post('/dbconnections/change_password', { client_id: client, connection: name, email });
    await t.management.connections.update(id, { options: { disable_self_service_change_password: true } });
    expect((await ask()).status).toBe(200);
    expect(resets()).toBe(0);
    await t.management.connections.update(id, { options: {} });
    expect((await ask()).status).toBe(200);
    expect(resets()).toBe(1);
  });

  it('it can be enabled and disabled for clients', async () => {
    const { id = '', name } = await make();
    const email = `${fresh()}@example.com`;
    await signUp(name, { email });
    const clients = async () =>
      (await t.management.connections.clients.get(id)).data.map(({ client_id }) => client_id);
    await t.management.connections.clients.update(id, [
      { client_id: client, status: false },
      { client_id: 'strict', status: true },
    ]);
    expect(await clients()).toEqual(['strict']);
    expect((await signIn(name, email)).json.error_description).toContain('disabled');
    await t.management.connections.clients.update(id, [{ client_id: client, status: true }]);
    expect((await signIn(name, email)).status).toBe(200);
    await t.management.connections.update(id, { enabled_clients: null });
    expect(await clients()).toEqual([]);
  });

  it('its clients, and the list, can be paged by checkpoints', async () => {
    const all = t.stored.clients.list().map(({ client_id }) => client_id);
    const { id = '' } = await make({ enabled_clients: all });
    const seen: string[] = [];
    for await (const { client_id } of await t.management.connections.clients.get(id, { take: 3 }))
      seen.push(client_id);
    expect(seen.toSorted()).toEqual(all.toSorted());
    const names: string[] = [];
    for await (const { name } of await t.management.connections.list({ take: 4 })) names.push(String(name));
    expect(names.toSorted()).toEqual(
      t.stored.connections
        .list()
        .map(({ name }) => name)
        .toSorted(),
    );
  });

  it('lists can be filtered by strategies, name and fields', async () => {
    const { data } = await t.management.connections.list({ strategy: ['email', 'sms'] });
    expect(data.map(({ name }) => String(name)).toSorted()).toEqual(['email', 'sms']);
    const byName = await t.management.connections.list({ name: 'excellent', fields: 'name,options' });
    expect(byName.data).toHaveLength(1);
    expect(Object.keys(byName.data[0] ?? {})).toEqual(['name', 'options']);
    const paged = await t.manage('GET', '/connections?page=0&per_page=1&include_totals=true');
    expect(paged.json).toMatchObject({
      start: 0,
      limit: 1,
      length: 1,
      connections: [{ name: expect.any(String) }],
    });
  });

  it('a duplicate name answers 409, in parallel too', async () => {
    const body = { name: fresh('once'), strategy: 'auth0' };
    const answers = await Promise.all([1, 2, 3].map(() => t.manage('POST', '/connections', body)));
    expect(statusesOf(answers)).toEqual([201, 409, 409]);
    expect(answers.find(({ status }) => status === 409)?.json).toMatchObject({
      error: 'Conflict',
      message: 'A connection with the same name already exists.',
    });
  });

  it('deleting a database deletes its users', async () => {
    const { id = '', name } = await make();
    const email = `${fresh()}@example.com`;
    await signUp(name, { email });
    const answer = await t.manage('DELETE', `/connections/${id}`);
    expect(answer.status).toBe(202);
    expect(answer.json).toEqual({ deleted_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) });
    expect(await t.management.users.listUsersByEmail({ email })).toEqual([]);
    expect((await signIn(name, email)).status).toBe(400);
    await expect(t.management.connections.get(id)).rejects.toMatchObject(missing);
    expect((await t.manage('DELETE', `/connections/${id}`)).status).toBe(204);
    await expect(t.management.connections.clients.get(id)).rejects.toMatchObject(missing);
  });

  it.each([
    [{ strategy: 'auth0' }, "'Missing required property: name'"],
    [{ name: 'x', strategy: 'pigeon' }, "'No enum match for: pigeon' on property strategy"],
    [
      { name: 'no spaces', strategy: 'auth0' },
      "'String does not match pattern: ^[a-zA-Z0-9](-[a-zA-Z0-9]|[a-zA-Z0-9])*$' on property name",
    ],
    [{ name: 'x', strategy: 'auth0', colour: 1 }, "'Additional properties not allowed: colour'"],
    [
      { name: 'x', strategy: 'auth0', options: { passwordPolicy: 'wild' } },
      "'No enum match for: wild' on property options.passwordPolicy",
    ],
  ])('the body %j answers 400 invalid_body', async (body, reason) => {
    const answer = await t.manage('POST', '/connections', body);
    expect(answer.json).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: `Payload validation error: ${reason}.`,
      errorCode: 'invalid_body',
    });
  });

  it('a user whose creation runs while their database is deleted is not stored', async () => {
    const { id = '', name = '' } = await make();
    const making = Array.from({ length: 8 }, () =>
      t.manage('POST', '/users', { connection: name, email: `${fresh()}@example.com`, password: good }),
    );
    const [deleted, ...answers] = await Promise.all([t.manage('DELETE', `/connections/${id}`), ...making]);
    expect(deleted.status).toBe(202);
    for (const { status } of answers) expect([201, 400]).toContain(status);
    const users = t.stored.users.list();
    expect(users.filter(({ identities: [home] }) => home?.connection === name)).toEqual([]);
  });

  it('its name and strategy cannot be changed, and unknown clients are refused', async () => {
    const { id = '' } = await make();
    const path = `/connections/${id}`;
    expect((await t.manage('PATCH', path, { name: 'other' })).json.message).toContain('not allowed: name');
    const nobody = [{ client_id: 'nobody', status: true }];
    expect((await t.manage('PATCH', `${path}/clients`, nobody)).json).toMatchObject({
      statusCode: 400,
      errorCode: 'inexistent_client',
    });
    expect((await t.manage('PATCH', `${path}/clients`, [])).json).toMatchObject({
      errorCode: 'invalid_body',
    });
  });
});

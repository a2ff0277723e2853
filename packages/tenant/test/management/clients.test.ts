import { generateKeyPairSync } from 'node:crypto';
import { importPKCS8, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { api, directory, password, realmGrant } from '../support/seed.ts';
import { fresh, stores, textOf } from '../support/start-test-tenant.ts';

const passwordGrants = ['password', realmGrant, 'refresh_token'];

describe.each(stores)('clients in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  const { keys } = Object;
  const make = (more: object = {}) => t.management.clients.create({ name: fresh('client'), ...more });
  const refused = (message: string, errorCode: string, status = 400) => ({
    statusCode: status,
    body: expect.objectContaining({ statusCode: status, message, errorCode }),
  });

  it("a client is created with Auth0's defaults and a secret", async () => {
    const answer = await t.manage('POST', '/clients', { name: 'Plain' });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({
      name: 'Plain',
      client_id: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
      client_secret: expect.stringMatching(/^[\w-]{64}$/),
      global: false,
      is_first_party: true,
      oidc_conformant: false,
      is_token_endpoint_ip_header_trusted: false,
      grant_types: ['authorization_code', 'implicit', 'refresh_token', 'client_credentials'],
      jwt_configuration: { lifetime_in_seconds: 36_000, secret_encoded: false },
      sso_disabled: false,
      custom_login_page_on: true,
      refresh_token: {
        rotation_type: 'non-rotating',
        expiration_type: 'non-expiring',
        leeway: 0,
        token_lifetime: 2_592_000,
        idle_token_lifetime: 1_296_000,
        infinite_token_lifetime: true,
        infinite_idle_token_lifetime: true,
      },
    });
    for (const unset of ['token_endpoint_auth_method', 'callbacks', 'app_type', 'client_metadata'])
      expect(keys(answer.json)).not.toContain(unset);
  });

  it('the lifetimes of refresh tokens follow the method that was sent and the expiration type', async () => {
    const lifetimes = async (more: object) => (await make(more)).refresh_token;
    expect(await lifetimes({ token_endpoint_auth_method: 'client_secret_post' })).toMatchObject({
      token_lifetime: 31_557_600,
      idle_token_lifetime: 2_592_000,
    });
    const expiring = { rotation_type: 'rotating', expiration_type: 'expiring' };
    expect(await lifetimes({ refresh_token: expiring })).toMatchObject({
      infinite_token_lifetime: false,
      infinite_idle_token_lifetime: false,
      token_lifetime: 2_592_000,
      idle_token_lifetime: 1_296_000,
    });
  });

  it('a new client can sign in users of the default directory at once', async () => {
    const client = await make({ grant_types: passwordGrants });
    const { data } = await t.management.clients.connections.get(client.client_id ?? '');
    expect(data.map(({ name }) => String(name)).toSorted()).toEqual([directory, 'email', 'sms']);
    const signedIn = await t.signIn(client.client_id ?? '', { audience: api, scope: 'openid' });
    expect(signedIn.status).toBe(200);
  });

  it('with the tenant’s flag on, no connection is enabled for a new client', async () => {
    await t.management.tenants.settings.update({ flags: { enable_client_connections: false } });
    const client = await make({ grant_types: passwordGrants });
    await t.management.tenants.settings.update({ flags: { enable_client_connections: true } });
    expect((await t.management.clients.connections.get(client.client_id ?? '')).data).toEqual([]);
    expect((await t.signIn(client.client_id ?? '')).json.error_description).toContain('disabled');
  });

  it('all members of a creation are returned, with or without effect', async () => {
    const given = {
      name: 'Full',
      description: 'All of it',
      logo_uri: 'https://x.example/logo.png',
      callbacks: ['https://x.example/cb', 'com.example.app://cb'],
      allowed_logout_urls: ['https://x.example/bye'],
      web_origins: ['https://x.example'],
      app_type: 'regular_web',
      grant_types: ['authorization_code'],
      client_metadata: { plan: 'gold' },
      organization_usage: 'allow',
      require_pushed_authorization_requests: true,
      sso: true,
      addons: { samlp: {} },
      cross_origin_authentication: false,
    } satisfies Parameters<typeof t.management.clients.create>[0];
    const made = await t.management.clients.create(given);
    expect(made).toMatchObject(given);
    // Only the response to a creation has it.
    const { encrypted, ...rest } = { encrypted: undefined, ...made };
    expect(encrypted).toBe(true);
    expect(await t.management.clients.get(made.client_id ?? '')).toEqual(rest);
  });

  it('back-channel logout is returned by its legacy name too, and accepted by it', async () => {
    const urls = { backchannel_logout_urls: ['https://x.example/logout'] };
    const made = await make({ oidc_backchannel_logout: urls });
    expect(made).toMatchObject({ oidc_logout: urls, oidc_backchannel_logout: urls });
  });

  it('a client is changed member by member; null resets, metadata merges', async () => {
    const id =
      (
        await make({
          client_metadata: { a: '1', b: '2' },
          session_transfer: { can_create_session_transfer_token: true },
        })
      ).client_id ?? '';
    const changed = await t.management.clients.update(id, {
      description: 'changed',
      jwt_configuration: { lifetime_in_seconds: 60 },
      refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring', leeway: 5 },
      client_metadata: { a: null, c: '3' },
      session_transfer: null,
    });
    expect(changed).toMatchObject({
      description: 'changed',
      jwt_configuration: { lifetime_in_seconds: 60 },
      refresh_token: { rotation_type: 'rotating', leeway: 5, token_lifetime: 2_592_000 },
      client_metadata: { b: '2', c: '3' },
    });
    expect(keys(changed)).not.toContain('session_transfer');
    const cleared = await t.management.clients.update(id, { client_metadata: {}, refresh_token: null });
    expect(cleared).toMatchObject({
      client_metadata: {},
      refresh_token: { rotation_type: 'non-rotating', leeway: 0 },
    });
  });

  it('a removed grant type is refused at once', async () => {
    const id = (await make({ grant_types: passwordGrants })).client_id ?? '';
    expect((await t.signIn(id)).status).toBe(200);
    await t.management.clients.update(id, { grant_types: ['authorization_code'] });
    expect((await t.signIn(id)).json).toMatchObject({ error: 'unauthorized_client' });
  });

  it('its secret is returned only with the scope to read keys', async () => {
    const { client_id: id = '', client_secret = '' } = await make();
    const reader = { authorization: `Bearer ${await t.managementToken('read:clients update:clients')}` };
    for (const answer of [
      await t.manage('GET', `/clients/${id}`, undefined, reader),
      await t.manage('GET', '/clients?per_page=100', undefined, reader),
      await t.manage('PATCH', `/clients/${id}`, { description: 'x' }, reader),
    ]) {
      expect(answer.status).toBe(200);
      expect(answer.text).toContain(id);
      expect(answer.text).not.toContain('client_secret"');
      expect(answer.text).not.toContain(client_secret);
    }
    const write = await t.manage('PATCH', `/clients/${id}`, { client_secret: 'mine' }, reader);
    expect(write.json).toMatchObject({ statusCode: 403, errorCode: 'insufficient_scope' });
    expect((await t.management.clients.get(id)).client_secret).toBe(client_secret);
  });

  it('a rotated secret works at once, and the previous one no longer', async () => {
    const made = await make({ grant_types: passwordGrants });
    const { client_id = '', client_secret: old = '' } = made;
    const rotated = await t.management.clients.rotateSecret(client_id);
    expect(rotated.client_secret).not.toBe(old);
    const wish = { grant_type: realmGrant, realm: directory, username: 'ann@example.com', password };
    const by = (client_secret: string) => t.post('/oauth/token', { ...wish, client_id, client_secret });
    expect((await by(old)).status).toBe(401);
    expect((await by(rotated.client_secret ?? '')).status).toBe(200);
  });

  it('deleting a client deletes its grants, connection settings and tokens', async () => {
    const { client_id = '', client_secret = '' } = await make({ grant_types: passwordGrants });
    const grant = await t.management.clientGrants.create({ client_id, audience: api, scope: [] });
    const tokens = await t.signIn(client_id, { scope: 'openid offline_access' });
    await t.management.clients.delete(client_id);
    await expect(t.management.clients.get(client_id)).rejects.toMatchObject(
      refused('The client does not exist', 'inexistent_client', 404),
    );
    await expect(t.management.clientGrants.get(grant.id ?? '')).rejects.toMatchObject({ statusCode: 404 });
    const [home] = t.stored.connections.find('name', directory);
    expect(home?.enabled_clients).not.toContain(client_id);
    const userinfo = await t.get('/userinfo', { authorization: `Bearer ${textOf(tokens, 'access_token')}` });
    expect(userinfo.status).toBe(401);
    expect((await t.post('/oauth/token', { client_id, client_secret, grant_type: 'password' })).status).toBe(
      401,
    );
    expect((await t.manage('DELETE', `/clients/${client_id}`)).status).toBe(204);
  });

  it('lists can be paged and filtered by type', async () => {
    const all: string[] = [];
    for await (const { client_id = '' } of await t.management.clients.list({ per_page: 3 }))
      all.push(client_id);
    expect(all).toEqual(t.stored.clients.list().map(({ client_id }) => client_id));
    const ids = async (query: object) => (await t.management.clients.list({ per_page: 100, ...query })).data;
    const strangers = await ids({ is_first_party: false });
    expect(strangers.map(({ client_id }) => client_id)).toContain('tpc_calendar-app');
    expect(strangers.every((client) => client.is_first_party === false)).toBe(true);
    const types = new Set(
      (await ids({ app_type: 'native,non_interactive' })).map(({ app_type }) => String(app_type)),
    );
    expect([...types].toSorted()).toEqual(['native', 'non_interactive']);
    const [everyApplication] = await ids({ is_global: true });
    expect(everyApplication).toMatchObject({ client_id: 'all-applications', custom_login_page: '' });
    await t.management.clients.update('all-applications', { custom_login_page: '<p>Hello</p>' });
    const { custom_login_page: page } = await t.management.clients.get('all-applications');
    expect(page).toBe('<p>Hello</p>');
    const [first] = await ids({ fields: 'client_id,name', include_fields: true });
    expect(keys(first ?? {})).toEqual(['client_id', 'name']);
  });

  it('a third party is strict, and its id has a prefix', async () => {
    const made = await make({ is_first_party: false });
    expect(made).toMatchObject({
      client_id: expect.stringMatching(/^tpc_[A-Za-z0-9]{22}$/),
      third_party_security_mode: 'strict',
      redirection_policy: 'open_redirect_protection',
      grant_types: ['authorization_code'],
    });
    await expect(make({ is_first_party: false, grant_types: ['password'] })).rejects.toMatchObject(
      refused('Invalid grant types: password', 'invalid_body'),
    );
    const permissive = await make({ is_first_party: false, third_party_security_mode: 'permissive' });
    expect(permissive.client_id).toMatch(/^[A-Za-z0-9]{32}$/);
  });

  it('a client cannot change between first and third party', async () => {
    const id = (await make()).client_id ?? '';
    await expect(t.management.clients.update(id, { is_first_party: false })).rejects.toMatchObject(
      refused(
        'is_first_party cannot be changed after the client has been created',
        'operation_not_supported',
      ),
    );
    expect((await t.management.clients.update(id, { is_first_party: true })).is_first_party).toBe(true);
  });

  it('a public client cannot have client_credentials', async () => {
    const made = await make({ app_type: 'spa', token_endpoint_auth_method: 'none' });
    expect(made.grant_types).toEqual(['authorization_code', 'implicit', 'refresh_token']);
    await expect(
      t.management.clients.update(made.client_id ?? '', { grant_types: ['client_credentials'] }),
    ).rejects.toMatchObject(refused('Invalid grant types: client_credentials', 'invalid_body'));
  });

  it.each([
    [{}, "'Missing required property: name'"],
    [{ name: 'x', colour: 'red' }, "'Additional properties not allowed: colour'"],
    [{ name: 'x', client_id: 'mine' }, "'Additional properties not allowed: client_id'"],
    [
      { name: 'x', jwt_configuration: { typ: 1 } },
      "'Additional properties not allowed: typ' on property jwt_configuration",
    ],
    [{ name: 'x', app_type: 'toaster' }, "'No enum match for: toaster' on property app_type"],
    [
      { name: 'x', callbacks: 'https://x.example' },
      "'Expected type array but found type string' on property callbacks",
    ],
    [{ name: '<script>' }, "'String does not match pattern: ^[^<>]+$' on property name"],
  ])('the body %j answers 400 invalid_body', async (body, reason) => {
    const answer = await t.manage('POST', '/clients', body);
    expect(answer.json).toEqual({
      statusCode: 400,
      error: 'Bad Request',
      message: `Payload validation error: ${reason}.`,
      errorCode: 'invalid_body',
    });
  });

  it('a client switches from its secret to a key, authenticates with it, and switches back', async () => {
    const { publicKey, privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const { client_id = '' } = await make({ grant_types: ['client_credentials'] });
    await t.management.clientGrants.create({ client_id, audience: api, scope: ['directions'] });
    const { credentials } = t.management.clients;
    await expect(
      credentials.create(client_id, { credential_type: 'public_key', pem: privateKey }),
    ).rejects.toMatchObject({ statusCode: 400 });
    const made = await credentials.create(client_id, {
      credential_type: 'public_key',
      name: 'one',
      pem: publicKey,
    });
    expect(await credentials.list(client_id)).toEqual([made]);
    expect(await credentials.get(client_id, made.id ?? '')).toEqual(made);
    expect(JSON.stringify(made)).not.toContain('PUBLIC KEY');

    const byKey = { private_key_jwt: { credentials: [{ id: made.id ?? '' }] } };
    const changed = await t.management.clients.update(client_id, {
      client_authentication_methods: byKey,
      token_endpoint_auth_method: null,
    });
    expect(changed.client_authentication_methods).toEqual(byKey);
    expect(keys(changed)).not.toContain('client_secret');
    const assertion = await new SignJWT({ jti: fresh('jti') })
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(client_id)
      .setSubject(client_id)
      .setAudience(t.tenant.issuer)
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(await importPKCS8(privateKey, 'RS256'));
    const answer = await t.post('/oauth/token', {
      grant_type: 'client_credentials',
      audience: api,
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    expect(answer.json).toMatchObject({ scope: 'directions' });

    await t.management.clients.update(client_id, {
      client_authentication_methods: null,
      token_endpoint_auth_method: 'client_secret_post',
    });
    await credentials.delete(client_id, made.id ?? '');
    expect(await credentials.list(client_id)).toEqual([]);
    const secret = await t.token(client_id, { grant_type: 'client_credentials', audience: api });
    expect(secret.status).toBe(200);
  });

  it('a client can be created with a key in one call', async () => {
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    const made = await make({
      client_authentication_methods: {
        private_key_jwt: { credentials: [{ credential_type: 'public_key', pem }] },
      },
    });
    expect(made.client_authentication_methods?.private_key_jwt?.credentials).toEqual([
      {
        id: expect.stringMatching(/^cred_/),
        credential_type: 'public_key',
        alg: 'RS256',
        kid: expect.any(String),
        created_at: expect.any(String),
        updated_at: expect.any(String),
      },
    ]);
    const read = await t.management.clients.get(made.client_id ?? '');
    expect(keys(read.client_authentication_methods?.private_key_jwt?.credentials[0] ?? {})).toEqual(['id']);
  });
});

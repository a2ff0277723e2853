import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { api } from '../support/seed.ts';
import { claimsOf, fresh, statusesOf, stores } from '../support/start-test-tenant.ts';

describe.each(stores)('APIs and client grants in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  const missing = (message: string, errorCode: string) => ({
    statusCode: 404,
    body: { statusCode: 404, error: 'Not Found', message, errorCode },
  });
  const noApi = missing('The resource server does not exist', 'inexistent_resource_server');
  const noGrant = missing('The grant does not exist.', 'inexistent_client_grant');
  const scopes = [{ value: 'read:a', description: 'Read' }, { value: 'write:a' }];
  const makeApi = (more: object = {}) =>
    t.management.resourceServers.create({
      identifier: `https://${fresh('api')}.example/`,
      name: 'API',
      scopes,
      ...more,
    });
  const makeMachine = async () =>
    (await t.management.clients.create({ name: fresh('machine'), grant_types: ['client_credentials'] }))
      .client_id ?? '';
  const ask = (client: string, audience = '') =>
    t.token(client, { grant_type: 'client_credentials', audience });

  describe('resource servers', () => {
    it("an API is created with Auth0's defaults, and can be read by id or identifier", async () => {
      const identifier = `https://${fresh('plain')}.example/v1`;
      const answer = await t.manage('POST', '/resource-servers', { identifier });
      expect(answer.status).toBe(201);
      expect(answer.json).toEqual({
        id: expect.stringMatching(/^rs_/),
        identifier,
        name: identifier,
        is_system: false,
        scopes: [],
        signing_alg: 'RS256',
        token_lifetime: 86_400,
        token_lifetime_for_web: 7200,
        allow_offline_access: false,
        enforce_policies: false,
        token_dialect: 'access_token',
        skip_consent_for_verifiable_first_party_clients: false,
        subject_type_authorization: {
          user: { policy: 'allow_all' },
          client: { policy: 'require_client_grant' },
        },
      });
      const { resourceServers } = t.management;
      expect(await resourceServers.get(String(answer.json.id))).toEqual(answer.json);
      expect(await resourceServers.get(identifier)).toEqual(answer.json);
    });

    it('an API that signs with a secret returns it', async () => {
      const signing_secret = 'a secret that only the API knows';
      expect(await makeApi({ signing_alg: 'HS256', signing_secret })).toMatchObject({ signing_secret });
      expect(Object.keys(await makeApi({ signing_secret }))).not.toContain('signing_secret');
    });

    it('a duplicate identifier answers 409, in parallel too', async () => {
      const identifier = `urn:${fresh('twice')}`;
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => t.manage('POST', '/resource-servers', { identifier })),
      );
      expect(statusesOf(answers)).toEqual([201, 409, 409, 409, 409]);
      expect(answers.find(({ status }) => status === 409)?.json).toEqual({
        statusCode: 409,
        error: 'Conflict',
        message: 'A resource server with the same identifier already exists.',
      });
    });

    it('a change applies to the next token', async () => {
      const { id = '', identifier } = await makeApi();
      const client_id = await makeMachine();
      await t.management.clientGrants.create({ client_id, audience: identifier ?? '', scope: ['read:a'] });
      const changed = await t.management.resourceServers.update(id, {
        token_lifetime: 60,
        token_dialect: 'rfc9068_profile',
        proof_of_possession: { mechanism: 'dpop', required: false },
        consent_policy: 'standard' as never,
      });
      expect(changed).toMatchObject({ token_lifetime: 60, consent_policy: 'standard' });
      const answer = await ask(client_id, identifier);
      expect(answer.json.expires_in).toBe(60);
      expect(claimsOf(answer)).toMatchObject({ client_id });
      const back = await t.management.resourceServers.update(id, {
        proof_of_possession: null,
        consent_policy: null,
      });
      expect(Object.keys(back)).not.toContain('proof_of_possession');
      expect(Object.keys(back)).not.toContain('consent_policy');
    });

    it('a scope removed from an API is removed from all grants, roles and users', async () => {
      const { id = '', identifier = '' } = await makeApi();
      const client_id = await makeMachine();
      const both = ['read:a', 'write:a'];
      await t.management.clientGrants.create({ client_id, audience: identifier, scope: both });
      const role = await t.management.roles.create({ name: fresh('role') });
      const permissions = both.map((permission_name) => ({
        permission_name,
        resource_server_identifier: identifier,
      }));
      await t.management.roles.permissions.add(role.id ?? '', { permissions });
      await t.management.users.permissions.create('auth0|ann-id', { permissions });

      await t.management.resourceServers.update(id, { scopes: [{ value: 'read:a' }] });
      expect(claimsOf(await ask(client_id, identifier)).scope).toBe('read:a');
      const left = await t.management.roles.permissions.list(role.id ?? '');
      expect(left.data.map(({ permission_name }) => permission_name)).toEqual(['read:a']);
      const held = await t.management.users.permissions.list('auth0|ann-id');
      expect(held.data.filter((one) => one.resource_server_identifier === identifier)).toHaveLength(1);

      await t.management.resourceServers.delete(id);
      await expect(t.management.resourceServers.get(id)).rejects.toMatchObject(noApi);
      expect((await t.management.clientGrants.list({ audience: identifier })).data).toEqual([]);
      expect((await t.management.roles.permissions.list(role.id ?? '')).data).toEqual([]);
      expect((await ask(client_id, identifier)).json).toMatchObject({
        error_description: `Service not enabled within domain: ${identifier}`,
      });
    });

    it('the Management API is listed, cannot be deleted, and keeps its scopes', async () => {
      const identifier = `${t.tenant.issuer}api/v2/`;
      const path = `/resource-servers/${encodeURIComponent(identifier)}`;
      expect(await t.management.resourceServers.get(identifier)).toMatchObject({
        is_system: true,
        name: 'Auth0 Management API',
      });
      expect((await t.manage('DELETE', path)).json).toMatchObject({
        statusCode: 400,
        errorCode: 'operation_not_supported',
      });
      expect((await t.manage('PATCH', path, { scopes: [] })).json).toMatchObject({
        statusCode: 400,
        message: "Payload validation error: 'Additional properties not allowed: scopes'.",
      });
      const changed = await t.manage('PATCH', path, { token_lifetime: 86_400 });
      expect(changed.json).toMatchObject({ token_lifetime: 86_400 });
    });

    it('lists can be paged and filtered by identifier', async () => {
      const seen: (string | undefined)[] = [];
      for await (const { id } of await t.management.resourceServers.list({ per_page: 2 })) seen.push(id);
      expect(seen).toEqual(t.stored.resourceServers.list().map(({ id }) => id));
      const some = await t.management.resourceServers.list({
        identifiers: [api, 'urn:organizer', 'urn:nothing'],
      });
      expect(some.data.map(({ identifier }) => identifier)).toEqual([api, 'urn:organizer']);
    });

    it.each([
      [{}, "'Missing required property: identifier'"],
      [{ identifier: 'x', is_system: true }, "'Additional properties not allowed: is_system'"],
      [
        { identifier: 'x', token_lifetime: 2_592_001 },
        "'Value is greater than maximum 2592000' on property token_lifetime",
      ],
      [{ identifier: 'x', scopes: [{ description: 'y' }] }, "'Missing required property: scopes.0.value'"],
      [
        { identifier: 'x', scopes: [{ value: 'a' }, { value: 'a' }] },
        "'Duplicate scopes' on property scopes",
      ],
    ])('the body %j answers 400 invalid_body', async (body, reason) => {
      const answer = await t.manage('POST', '/resource-servers', body);
      expect(answer.json).toMatchObject({
        errorCode: 'invalid_body',
        message: `Payload validation error: ${reason}.`,
      });
    });

    it('an unknown API answers 404', async () => {
      await expect(t.management.resourceServers.get('rs_none')).rejects.toMatchObject(noApi);
      await expect(t.management.resourceServers.update('rs_none', {})).rejects.toMatchObject(noApi);
      expect((await t.manage('DELETE', '/resource-servers/rs_none')).status).toBe(204);
    });
  });

  describe('client grants', () => {
    it('a grant works at once for its scopes, and ends when it is deleted', async () => {
      const client_id = await makeMachine();
      expect((await ask(client_id, api)).status).toBe(403);
      const grant = await t.management.clientGrants.create({
        client_id,
        audience: api,
        scope: ['directions'],
      });
      expect(grant).toEqual({
        id: expect.stringMatching(/^cgr_/),
        client_id,
        audience: api,
        scope: ['directions'],
        subject_type: 'client',
      });
      expect(claimsOf(await ask(client_id, api)).scope).toBe('directions');
      const scope = ['directions', 'geocode:location'];
      expect(await t.management.clientGrants.update(grant.id ?? '', { scope })).toMatchObject({ scope });
      expect(claimsOf(await ask(client_id, api)).scope).toBe(scope.join(' '));
      await t.management.clientGrants.update(grant.id ?? '', { scope: null, allow_all_scopes: true });
      expect(String(claimsOf(await ask(client_id, api)).scope).split(' ')).toHaveLength(3);
      await t.management.clientGrants.delete(grant.id ?? '');
      expect((await ask(client_id, api)).status).toBe(403);
      await expect(t.management.clientGrants.get(grant.id ?? '')).rejects.toMatchObject(noGrant);
      expect((await t.manage('DELETE', `/client-grants/${grant.id}`)).status).toBe(204);
    });

    it('a client can have one grant for users and one for itself; a second of either answers 409', async () => {
      const client_id = await makeMachine();
      const body = { client_id, audience: api, scope: [] };
      const twice = (more: object) =>
        Promise.all([1, 2].map(() => t.manage('POST', '/client-grants', { ...body, ...more })));
      expect(statusesOf(await twice({}))).toEqual([201, 409]);
      expect(statusesOf(await twice({ subject_type: 'user' }))).toEqual([201, 409]);
      const { data } = await t.management.clientGrants.list({ client_id });
      expect(data.map(({ subject_type }) => subject_type)).toEqual(['client', 'user']);
    });

    it('third parties can share a default grant', async () => {
      const body = {
        default_for: 'third_party_clients',
        audience: 'urn:organizer',
        subject_type: 'user',
      } as const;
      const made = await t.management.clientGrants.create({ ...body, scope: ['tasks'] });
      expect(made).toMatchObject(body);
      const { data } = await t.management.clientGrants.list({ default_for: 'third_party_clients' });
      expect(data).toEqual([made]);
      expect((await t.manage('POST', '/client-grants', { ...body, scope: [] })).status).toBe(409);
    });

    it('a list can be paged by checkpoints', async () => {
      const seen: string[] = [];
      for await (const { id = '' } of await t.management.clientGrants.list({ take: 2 })) seen.push(id);
      const all = t.stored.clientGrants.list().map(({ id }) => id);
      expect(seen.toSorted()).toEqual(all.toSorted());
    });

    it.each([
      [
        { audience: api },
        400,
        "Payload validation error: 'Exactly one of client_id and default_for is required'.",
      ],
      [{ client_id: 'machine' }, 400, "Payload validation error: 'Missing required property: audience'."],
      [{ client_id: 'nobody', audience: api }, 404, 'The client does not exist'],
      [{ client_id: 'machine', audience: 'urn:no' }, 404, 'No resource with identifier urn:no'],
      [
        { client_id: 'lenient', audience: api, colour: 1 },
        400,
        "Payload validation error: 'Additional properties not allowed: colour'.",
      ],
    ])('the body %j answers %i', async (body, status, message) => {
      const answer = await t.manage('POST', '/client-grants', body);
      expect(answer.status).toBe(status);
      expect(answer.json).toMatchObject({ statusCode: status, message });
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { claimsOf, fresh, statusesOf, stores } from '../support/start-test-tenant.ts';

const ann = 'auth0|ann-id';
const read = { resource_server_identifier: 'urn:rbac', permission_name: 'read:x' };
const write = { resource_server_identifier: 'urn:rbac', permission_name: 'write:x' };

describe.each(stores)('roles in the Management API (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  async function createRole(): Promise<string> {
    const { id } = await t.management.roles.create({ name: fresh('role'), description: 'For tests' });
    return id ?? '';
  }

  async function listed<T>(page: Promise<AsyncIterable<T>>): Promise<T[]> {
    const items: T[] = [];
    for await (const item of await page) items.push(item);
    return items;
  }

  it('a role is created with 200, read, changed and removed with {}', async () => {
    const name = fresh('role');
    const made = await t.manage('POST', '/roles', { name });
    expect(made.status).toBe(200);
    const type = 'tenant';
    expect(made.json).toEqual({ id: expect.stringMatching(/^rol_/), name, description: name, type });
    const id = String(made.json.id);
    expect(await t.management.roles.get(id)).toEqual(made.json);
    const changed = await t.management.roles.update(id, { description: 'Other' });
    expect(changed).toEqual({ id, name, description: 'Other', type });
    expect(await listed(t.management.roles.list({ name_filter: name.toUpperCase() }))).toEqual([changed]);
    const removed = await t.manage('DELETE', `/roles/${id}`);
    expect([removed.status, removed.text]).toEqual([200, '{}']);
    expect((await t.manage('GET', `/roles/${id}`)).json).toEqual({
      statusCode: 404,
      error: 'Not Found',
      message: 'The role does not exist.',
    });
  });

  it('of three parallel creations of one name one succeeds', async () => {
    const name = fresh('role');
    const answers = await Promise.all([1, 2, 3].map(() => t.manage('POST', '/roles', { name })));
    expect(statusesOf(answers)).toEqual([200, 409, 409]);
    const other = await createRole();
    expect((await t.manage('PATCH', `/roles/${other}`, { name })).status).toBe(409);
  });

  it('permissions of a role are added once, shown with their API, and removed', async () => {
    const id = await createRole();
    const added = await t.manage('POST', `/roles/${id}/permissions`, { permissions: [read, read, write] });
    expect([added.status, added.text]).toEqual([201, '{}']);
    expect(await listed(t.management.roles.permissions.list(id))).toEqual([
      { ...read, description: '', resource_server_name: 'urn:rbac' },
      { ...write, description: '', resource_server_name: 'urn:rbac' },
    ]);
    await t.management.roles.permissions.delete(id, { permissions: [read] });
    expect(await listed(t.management.roles.permissions.list(id))).toMatchObject([write]);
  });

  it.each([
    [{ ...read, permission_name: 'none' }, 'inexistent_resource_server_permission'],
    [{ ...read, resource_server_identifier: 'urn:none' }, 'inexistent_resource_server'],
  ])('the permission %j answers 404 %s, and none is added', async (unknown, errorCode) => {
    const id = await createRole();
    const body = { permissions: [read, unknown] };
    for (const path of [`/roles/${id}/permissions`, `/users/${encodeURIComponent(ann)}/permissions`])
      expect((await t.manage('POST', path, body)).json).toMatchObject({ statusCode: 404, errorCode });
    expect(await listed(t.management.roles.permissions.list(id))).toEqual([]);
  });

  it('a user with a role has its permissions, with their source, also in tokens', async () => {
    const id = await createRole();
    await t.management.roles.permissions.add(id, { permissions: [write] });
    await t.management.users.roles.assign(ann, { roles: [id] });
    await t.management.users.permissions.create(ann, { permissions: [read] });
    expect(await listed(t.management.users.roles.list(ann))).toMatchObject([
      { id, description: 'For tests' },
    ]);
    const held = (await t.manage('GET', `/users/${encodeURIComponent(ann)}/permissions`)).text;
    expect(JSON.parse(held)).toMatchObject([
      { ...read, sources: [{ source_type: 'DIRECT' }] },
      { ...write, sources: [{ source_type: 'ROLE', source_id: id }] },
    ]);
    expect(await listed(t.management.roles.users.list(id))).toMatchObject([{ user_id: ann }]);
    const signedIn = await t.signIn('strict', { audience: 'urn:rbac' });
    expect(claimsOf(signedIn).permissions).toEqual(['read:x', 'write:x']);
    await t.management.users.permissions.delete(ann, { permissions: [read] });
    await t.management.users.roles.delete(ann, { roles: [id] });
    expect(claimsOf(await t.signIn('strict', { audience: 'urn:rbac' })).permissions).toEqual([]);
  });

  it('a deleted role is removed from its users', async () => {
    const id = await createRole();
    await t.management.roles.users.assign(id, { users: [ann] });
    expect(await listed(t.management.users.roles.list(ann))).toHaveLength(1);
    await t.management.roles.delete(id);
    expect(await listed(t.management.users.roles.list(ann))).toEqual([]);
  });

  it('an unknown role or user among several answers 404, and nothing is assigned', async () => {
    const id = await createRole();
    const path = `/users/${encodeURIComponent(ann)}/roles`;
    expect((await t.manage('POST', path, { roles: [id, 'rol_none'] })).status).toBe(404);
    const users = [ann, 'auth0|nobody'];
    expect((await t.manage('POST', `/roles/${id}/users`, { users })).json).toMatchObject({
      errorCode: 'inexistent_user',
    });
    expect(await listed(t.management.roles.users.list(id))).toEqual([]);
  });

  it('parallel assignments are all stored', async () => {
    const ids = await Promise.all([createRole(), createRole(), createRole(), createRole()]);
    const user = 'auth0|phone-id';
    await Promise.all(ids.map((id) => t.management.users.roles.assign(user, { roles: [id] })));
    const roles = await listed(t.management.users.roles.list(user));
    expect(new Set(roles.map(({ id }) => id))).toEqual(new Set(ids));
  });

  it('users of a role can be paged by checkpoints', async () => {
    const id = await createRole();
    const users = t.stored.users.list().map(({ user_id }) => user_id);
    await t.management.roles.users.assign(id, { users });
    const holders = await listed(t.management.roles.users.list(id, { take: 2 }));
    expect(holders.map(({ user_id }) => user_id)).toEqual(users.toSorted());
    const first = await t.manage('GET', `/roles/${id}/users?take=2`);
    expect(Object.keys(first.json)).toEqual(['next', 'users']);
    const last = await t.manage('GET', `/roles/${id}/users?take=100`);
    expect(Object.keys(last.json)).toEqual(['users']);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory, password } from '../support/seed.ts';
import { fresh, stores } from '../support/start-test-tenant.ts';

describe.each(stores)('resources without effect (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  it('a log stream is created, changed, listed and deleted; deleting it again answers 204', async () => {
    const made = await t.manage('POST', '/log-streams', {
      name: 'events',
      type: 'http',
      sink: { httpEndpoint: 'https://logs.example' },
    });
    expect([made.status, made.json['status']]).toEqual([200, 'active']);
    const id = String(made.json['id']);
    const changed = await t.manage('PATCH', `/log-streams/${id}`, { status: 'paused' });
    expect(changed.json).toMatchObject({ id, status: 'paused', name: 'events' });
    expect(JSON.parse((await t.manage('GET', '/log-streams')).text)).toEqual([changed.json]);
    for (const _twice of [1, 2]) expect((await t.manage('DELETE', `/log-streams/${id}`)).status).toBe(204);
    expect((await t.manage('GET', `/log-streams/${id}`)).json).toMatchObject({
      statusCode: 404,
      message: 'The log stream does not exist.',
    });
  });

  it('deleting a hook deletes its secrets, whose values are never returned', async () => {
    const hook = { name: 'h', script: 'x', triggerId: 'credentials-exchange' };
    const id = String((await t.manage('POST', '/hooks', hook)).json['id']);
    expect((await t.manage('POST', `/hooks/${id}/secrets`, { KEY: 'hush' })).status).toBe(201);
    const secrets = await t.manage('GET', `/hooks/${id}/secrets`);
    expect(secrets.json).toEqual({ KEY: '_VALUE_NOT_SHOWN_' });
    await t.manage('DELETE', `/hooks/${id}`);
    expect(t.stored.kept.list().filter(({ kind }) => kind.includes(id))).toEqual([]);
  });

  it('members that are missing are named, and a second template of a name answers 409', async () => {
    expect((await t.manage('POST', '/rules', { name: 'r' })).json).toMatchObject({
      statusCode: 400,
      message: "Payload validation error: 'Missing required property: script'.",
    });
    const template = { template: 'verify_email', body: 'Hello', enabled: true };
    expect((await t.manage('POST', '/email-templates', template)).status).toBe(201);
    expect((await t.manage('POST', '/email-templates', template)).json).toMatchObject({
      statusCode: 409,
      message: 'Template verify_email already exists.',
    });
  });

  it('they survive an export and an import', async () => {
    await t.manage('PATCH', '/branding', { colors: { primary: '#112233' } });
    const before = (await t.get('/_tenant/export')).text;
    expect(before).toContain('#112233');
    await t.post('/_tenant/import', before, { 'content-type': 'application/json' });
    expect((await t.get('/_tenant/export')).text).toBe(before);
  });

  it('a linked account becomes an identity of the other user, and a separate user when it is unlinked', async () => {
    const make = async () => {
      const user = { connection: directory, email: `${fresh('u')}@example.com`, password };
      return String((await t.manage('POST', '/users', user)).json['user_id']);
    };
    const [one, two] = [await make(), await make()];
    const linked = await t.manage('POST', `/users/${encodeURIComponent(one)}/identities`, {
      provider: 'auth0',
      user_id: two,
    });
    expect([linked.status, JSON.parse(linked.text).length]).toEqual([201, 2]);
    expect((await t.manage('GET', `/users/${encodeURIComponent(two)}`)).status).toBe(404);
    const identity = `/users/${encodeURIComponent(one)}/identities/auth0/${two.slice('auth0|'.length)}`;
    expect((await t.manage('DELETE', identity)).status).toBe(200);
    expect((await t.manage('GET', `/users/${encodeURIComponent(two)}`)).status).toBe(200);
  });
});

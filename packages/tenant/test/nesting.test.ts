import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from './support/management.ts';
import { directory, password } from './support/seed.ts';
import { stores } from './support/start-test-tenant.ts';

const json = { 'content-type': 'application/json' };
const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);

describe.each(stores)('deeply nested JSON (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(async () => {
    expect(t.warnings).toEqual([]);
    await t.close();
  });

  const user = (email: string, levels: number) =>
    `{"connection":"${directory}","email":"${email}","password":"${password}","user_metadata":{"a":${nested(levels)}}}`;

  it.each([
    ['POST', '/users', (levels: number) => user('deep@example.com', levels)],
    ['PATCH', '/users/auth0%7Cann-id', (levels: number) => `{"app_metadata":{"a":${nested(levels)}}}`],
    ['POST', '/clients', (levels: number) => `{"name":"deep","addons":{"a":${nested(levels)}}}`],
    [
      'POST',
      '/connections',
      (levels: number) => `{"name":"deep","strategy":"auth0","options":{"a":${nested(levels)}}}`,
    ],
    ['POST', '/emails/provider', (levels: number) => `{"name":"smtp","credentials":{"a":${nested(levels)}}}`],
  ])('%s %s answers it with 400 in the API’s own shape, and stores nothing', async (method, path, body) => {
    const before = (await t.get('/_tenant/export')).text;
    for (const levels of [5000, 50_000]) {
      const answer = await t.manage(method, path, body(levels), json);
      expect(answer.json).toMatchObject({ statusCode: 400, errorCode: 'invalid_body' });
    }
    expect((await t.get('/_tenant/export')).text).toBe(before);
  });

  it('is refused by the control API, be it an import, a fault or a seed', async () => {
    const put = {
      method: 'PUT',
      headers: json,
      body: `[{"path":"x","method":"*","status":200,"body":${nested(5000)}}]`,
    };
    expect((await fetch(`${t.tenant.origin}/_tenant/faults`, put)).status).toBe(400);
    expect((await t.post('/_tenant/import', `{"users":${nested(5000)}}`, json)).status).toBe(400);
    for (const text of [`{"users":${nested(5000)}}`, 'users: &a [*a, *a]'])
      expect((await t.post('/_tenant/seed', { seed: { text } })).status).toBe(400);
  });

  it('fails an import of users', async () => {
    const { id = '' } = t.stored.connections.find('name', directory)[0] ?? {};
    const form = new FormData();
    form.set('connection_id', id);
    form.set('users', new Blob([`[{"email":"d@example.com","app_metadata":{"a":${nested(5000)}}}]`]));
    const response = await fetch(`${t.tenant.origin}/api/v2/jobs/users-imports`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await t.managementToken()}` },
      body: form,
    });
    const job = (await response.json()) as { id: string };
    expect((await t.manage('GET', `/jobs/${job.id}`)).json).toMatchObject({ status: 'failed' });
  });

  it('is accepted at normal depth', async () => {
    const made = await t.manage('POST', '/users', user('shallow@example.com', 50), json);
    expect(made.status).toBe(201);
  });
});

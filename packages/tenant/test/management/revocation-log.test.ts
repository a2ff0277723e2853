import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ManagedTenant, startManagedTenant } from '../support/management.ts';
import { directory, password } from '../support/seed.ts';
import { fresh, stores } from '../support/start-test-tenant.ts';

describe.each(stores)('log entries of revocations (%s)', (store) => {
  let t: ManagedTenant;
  beforeAll(async () => {
    t = await startManagedTenant(store);
  });
  afterAll(() => t.close());

  async function newUser(): Promise<string> {
    const email = `${fresh()}@example.com`;
    const { user_id = '' } = await t.management.users.create({ connection: directory, email, password });
    return user_id;
  }
  const latest = () => t.tenant.context.log.list();

  it('the entry of a block has the user in its path and the change in its body', async () => {
    const id = await newUser();
    await t.management.users.update(id, { blocked: true });
    const entry = latest().at(-1);
    expect(entry).toMatchObject({
      type: 'sapi',
      description: 'Update a User',
      details: {
        request: {
          method: 'patch',
          path: `/api/v2/users/${encodeURIComponent(id)}`,
          body: { blocked: true },
          channel: 'api',
          auth: { strategy: 'jwt', credentials: { scopes: expect.arrayContaining(['update:users']) } },
        },
        response: { statusCode: 200, body: { user_id: id } },
      },
    });
    expect(entry).not.toHaveProperty('user_id');
  });

  it('a new password is masked, and logged in a separate entry with the user', async () => {
    const id = await newUser();
    await t.management.users.update(id, { password: 'Another-Horse-2' });
    const entries = latest().slice(-2);
    expect(entries.map(({ type, user_id }) => [type, user_id])).toEqual([
      ['scp', id],
      ['sapi', undefined],
    ]);
    expect(entries[1]?.details?.request?.body).toEqual({ password: '*****' });
    expect(JSON.stringify(latest())).not.toContain('Another-Horse-2');
  });

  it('a rotated client secret does not reach the log', async () => {
    const { client_id = '' } = await t.management.clients.create({ name: fresh() });
    const { client_secret } = await t.management.clients.rotateSecret(client_id);
    expect(latest().at(-1)?.details).toMatchObject({
      request: { method: 'post', path: `/api/v2/clients/${client_id}/rotate-secret` },
      response: { statusCode: 200, body: { client_id } },
    });
    expect(JSON.stringify(latest())).not.toContain(client_secret);
  });

  it('the link of a ticket does not reach the log', async () => {
    const user_id = await newUser();
    const { ticket } = await t.management.tickets.changePassword({ user_id });
    expect(latest().at(-1)?.details?.request?.path).toBe('/api/v2/tickets/password-change');
    const secret = new URL(ticket).searchParams.get('ticket') ?? '';
    expect(secret).not.toBe('');
    expect(JSON.stringify(latest())).not.toContain(secret);
  });

  it('the entry of a new client grant has its id and client, that of its deletion only the id', async () => {
    const { client_id = '' } = await t.management.clients.create({ name: fresh() });
    const { id = '' } = await t.management.clientGrants.create({
      client_id,
      audience: 'urn:organizer',
      scope: [],
    });
    expect(latest().at(-1)?.details?.response?.body).toMatchObject({ id, client_id });
    await t.management.clientGrants.delete(id);
    const { details } = latest().at(-1) ?? {};
    expect(details?.request).toMatchObject({ method: 'delete', path: `/api/v2/client-grants/${id}` });
    expect(details?.response).toEqual({ statusCode: 204 });
  });

  it('a refresh token that is revoked has an entry with its user and its id, once', async () => {
    const user_id = await newUser();
    const { email = '' } = await t.management.users.get(user_id);
    const signedIn = await t.signIn('strict', { username: email, password, scope: 'openid offline_access' });
    expect(signedIn.status).toBe(200);
    const tokens = await t.management.refreshTokens.list({ user_id });
    const id = tokens.data[0]?.id ?? '';
    expect(id).not.toBe('');
    for (let i = 0; i < 2; i++) await t.management.refreshTokens.revoke({ ids: [id] });
    const found = latest().filter(({ type, details }) => type === 'srrt' && details?.credential_id === id);
    expect(found.map((entry) => entry.user_id)).toEqual([user_id]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HINTS } from '../src/wire/hints.ts';
import { api, directory } from './support/seed.ts';
import { startTestTenant, type TestTenant } from './support/start-test-tenant.ts';

describe('errors that a dashboard setting fixes', () => {
  let t: TestTenant;
  beforeAll(async () => {
    t = await startTestTenant('memory');
  });
  afterAll(() => t.close());

  const machine = { grant_type: 'client_credentials', audience: api };
  const signUp = (connection: string, more: object = {}) =>
    t.post('/dbconnections/signup', {
      client_id: 'strict',
      connection,
      email: 'ann@example.com',
      password: 'x',
      ...more,
    });

  it.each([
    ['grant_type_disabled', () => t.token('strict', machine)],
    ['password_grant', () => t.token('machine', { grant_type: 'password', username: 'a', password: 'b' })],
    ['third_party_grant', () => t.signIn('permissive')],
    ['wrong_client_secret', () => t.token('strict', { ...machine, client_secret: 'x' })],
    ['unknown_audience', () => t.token('machine', { ...machine, audience: 'urn:none' })],
    ['no_audience', () => t.token('machine', { ...machine, audience: undefined })],
    ['no_client_grant', () => t.token('machine', { ...machine, audience: 'urn:organizer' })],
    ['scope_not_granted', () => t.token('machine', { ...machine, scope: 'directions' })],
    ['user_access_denied', () => t.signIn('strict', { audience: 'urn:machines-only' })],
    ['connection_disabled', () => t.signIn('strict', { realm: 'unused' })],
    ['signup_disabled', () => signUp('closed')],
    ['username_required', () => signUp('named')],
    ['password_policy', () => signUp(directory)],
    ['password_leaked', () => signUp(directory, { password: 'AUTH0-TEST-Passw0rd' })],
    ['user_exists_concealed', () => signUp(directory, { password: 'Correct-Horse-2' })],
    ['user_blocked', () => t.signIn('strict', { username: 'blocked@example.com' })],
  ] as const)('%s is hinted at', async (name, ask) => {
    const answer = await ask();
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.headers.get('x-tenant-hint')).toBe(HINTS[name]);
  });

  it('a wrong password and an unknown user get no hint, which would distinguish them', async () => {
    const answers = await Promise.all([
      t.signIn('strict', { password: 'x' }),
      t.signIn('strict', { username: 'nobody@example.com' }),
    ]);
    expect(answers.map((answer) => answer.headers.get('x-tenant-hint'))).toEqual([null, null]);
  });

  it('every hint fits into a header', () => {
    for (const hint of Object.values(HINTS)) expect(hint).toMatch(/^[\x20-\x7e]+$/);
  });

  it('the log records user, address and client, and no secret', async () => {
    await t.signIn('strict', { audience: api, scope: 'openid' });
    const entries = t.tenant.context.log.list();
    expect(entries.at(-1)).toMatchObject({
      type: 'sepft',
      user_id: 'auth0|ann-id',
      user_name: 'ann@example.com',
      client_id: 'strict',
      client_name: 'strict',
      connection: directory,
      audience: api,
      scope: 'openid profile email address phone',
      ip: '127.0.0.1',
      hostname: t.tenant.domain,
    });
    const ids = entries.map((entry) => entry.log_id);
    expect(new Set(ids).size).toBe(ids.length);
    const { client_secret = '' } = t.tenant.credentials('strict') ?? {};
    expect(JSON.stringify(entries)).not.toContain(client_secret);
    expect(JSON.stringify(entries)).not.toContain('Correct-Horse');
  });
});

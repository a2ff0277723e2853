import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect } from 'vitest';
import { makeFolder } from '../../../test/support/folder.ts';
import { connectTenant, startTenant } from '../src/index.ts';
import { test as it } from '../src/vitest.ts';
import { quickOptions } from './support/quick-tenant.ts';

const USER = { user_id: 'bob', email: 'bob@example.com', email_verified: true };

it.override({ tenantOptions: { seed: { users: [USER] } } });

describe('the tenant of a test', () => {
  it('has the file’s seed', async ({ tenant }) => {
    expect(await tenant.signInAs('bob', { client: 'web' })).toMatchObject({ token_type: 'Bearer' });
    expect(tenant.client('Web app')).toEqual(tenant.client('web'));
    expect(tenant.client('spa').clientSecret).toBeUndefined();
    expect(() => tenant.client('none')).toThrow('The tenant has no client "none".');
    await tenant.faults.set([{ method: '*', path: '^/oauth/token', status: 503, times: 9 }]);
    await tenant.clock.advance(3600);
    await tenant.seed({ users: [{ user_id: 'eve', email: 'eve@example.com' }] });
    expect((await fetch(`${tenant.url}/oauth/token`, { method: 'POST' })).status).toBe(503);
    expect(await timeOf(tenant.url)).toBeGreaterThan(Date.now() + 3_000_000);
    await tenant.signInAs('eve', { client: 'web' });
  });

  it('is reset before the next test: data, faults and clock', async ({ tenant }) => {
    expect((await fetch(`${tenant.url}/oauth/token`, { method: 'POST' })).status).toBe(400);
    expect(await timeOf(tenant.url)).toBeLessThan(Date.now() + 60_000);
    await expect(tenant.signInAs('eve', { client: 'web' })).rejects.toThrow(
      'POST /_tenant/sign-in failed with status 404: There is no user "eve".',
    );
  });

  it('shows the mail to one recipient', async ({ tenant }) => {
    const body = JSON.stringify({
      client_id: 'web',
      email: 'ada@example.com',
      connection: 'Username-Password-Authentication',
    });
    const headers = { 'content-type': 'application/json' };
    await fetch(`${tenant.url}/dbconnections/change_password`, { method: 'POST', headers, body });
    expect(await tenant.inbox('ada@example.com')).toMatchObject([{ kind: 'reset_password' }]);
    expect(await tenant.inbox('bob@example.com')).toEqual([]);
  });
});

describe('a connection to a running tenant', () => {
  it('has the same functions, and finds the clients of a later seed', async ({ tenant }) => {
    const far = await connectTenant({ url: tenant.url });
    expect([far.issuer, far.url, far.port, far.caPem]).toEqual([
      tenant.issuer,
      tenant.url,
      tenant.port,
      tenant.caPem,
    ]);
    expect(far.client('machine')).toEqual(tenant.client('machine'));
    const file = path.join(makeFolder(), 'seed.yaml');
    await writeFile(file, 'clients: [{ client_id: later, client_secret: a-secret }]');
    await far.seed(file);
    expect(far.client('later')).toEqual({ clientId: 'later', clientSecret: 'a-secret' });
    await far.reset();
    expect(() => far.client('later')).toThrow('no client');
  });

  it('fails if no tenant listens', async ({ tenant: _tenant }) => {
    const closed = await startTenant(await quickOptions());
    await closed.close();
    await expect(connectTenant({ url: closed.url })).rejects.toThrow('fetch failed');
  });
});

describe('several tenants of one process', () => {
  it('share nothing', async ({ tenant }) => {
    const other = await startTenant({ ...(await quickOptions()), seed: { users: [] } });
    expect(other.port).not.toBe(tenant.port);
    expect(other.client('web').clientSecret).not.toBe(tenant.client('web').clientSecret);
    await expect(other.signInAs('bob', { client: 'web' })).rejects.toThrow('no user');
    await other.close();
  });
});

async function timeOf(url: string): Promise<number> {
  const { now } = (await (await fetch(`${url}/_tenant/clock`)).json()) as { now: string };
  return Date.parse(now);
}

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';
import { signUp, user } from './redirect/support.ts';

describeWith('redis', 'a wrong password of a user and of nobody', () => {
  let world: World;
  let redis: RedisUnderTest;
  let under: GatewayUnderTest;
  /** Number of password hashes that the tenant has computed. */
  let hashes = 0;
  /** Number of the tenant's requests that were read. */
  let seen = 0;

  beforeAll(async () => {
    [world, redis] = await Promise.all([startWorld(), startRedis()]);
    const env = { STORE_URL: redis.url, TRUST_PROXY: '127.0.0.1' };
    under = await startGatewayUnderTest(env, world.link, world.clock);
    await signUp(world);
    const { passwords } = world.tenantContext;
    const { verify } = passwords;
    Object.assign(passwords, {
      verify: (...given: Parameters<typeof verify>) => {
        hashes++;
        return verify(...given);
      },
    });
    // The first attempt loads and compiles code, so it is not measured.
    await attempt('first@example.com', '10.0.0.1');
  });
  afterAll(async () => {
    await under.close();
    await redis.close();
    await world.close();
  });

  /** How often each command was run at the store since the last call. */
  async function storeCommands(): Promise<Record<string, string>> {
    const stats = String(await redis.command('INFO', 'commandstats'));
    await redis.command('CONFIG', 'RESETSTAT');
    const counts = [...stats.matchAll(/^cmdstat_([^:]+):calls=(\d+)/gm)];
    return Object.fromEntries(
      counts
        .filter(([, name = '']) => !/^(info|config|hello|client|auth|ping)/.test(name))
        .map(([, name, calls]) => [name, calls]),
    );
  }

  /** The requests to the tenant since the last call, without values. */
  async function tenantCalls(): Promise<unknown[]> {
    const response = await fetch(`${world.tenant.origin}/_tenant/requests`);
    const all = (await response.json()) as { path: string; headers: object; body?: object; status: number }[];
    const calls = all.filter(({ path }) => !path.startsWith('/_tenant'));
    const from = seen;
    seen = calls.length;
    return calls
      .slice(from)
      .map(({ path, headers, body = {}, status }) => [path, Object.keys(headers), Object.keys(body), status]);
  }

  async function attempt(email: string, ip: string) {
    await Promise.all([storeCommands(), tenantCalls()]);
    const before = hashes;
    const response = await fetch(`${under.url}/v1/auth/signin`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': ip },
      body: JSON.stringify({ email, password: 'not-the-password' }),
    });
    const text = await response.text();
    const { request_id: _, ...problem } = JSON.parse(text);
    return {
      status: response.status,
      headers: [...response.headers]
        .filter(([name]) => !['date', 'x-request-id'].includes(name))
        // The window of the limit may have started a second ago.
        .map(([name, value]) => [name, value.replace(/;t=\d+/, '')]),
      length: text.length,
      problem,
      hashes: hashes - before,
      store: await storeCommands(),
      tenant: await tenantCalls(),
    };
  }

  it('get the same response for the same work: at the store, at the tenant, and in hashes', async () => {
    const ofUser = await attempt(user.email, '10.0.0.2');
    const ofNobody = await attempt('nob@example.com', '10.0.0.3');
    expect(ofUser).toMatchObject({ status: 401, problem: { code: 'invalid_credentials' }, hashes: 1 });
    expect(ofUser.tenant).toHaveLength(1);
    expect(Object.keys(ofUser.store).length).toBeGreaterThan(0);
    expect(ofNobody).toEqual(ofUser);
  });

  it('do so for repeated attempts from the same address', async () => {
    const ofUser = await attempt(user.email, '10.0.0.2');
    const ofNobody = await attempt('nob@example.com', '10.0.0.3');
    expect(ofNobody).toEqual(ofUser);
  });
});

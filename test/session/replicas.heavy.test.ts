import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';
import { type Fleet, startFleet } from './support/fleet.ts';
import {
  A_DAY_S,
  atReplica,
  callApi,
  longSessions,
  restoreTenant,
  signInUser,
  tokenFault,
  watchTenant,
} from './support/person.ts';

const TIMEOUT_MS = 5_000;

describeWith('redis', 'three processes on one Redis', () => {
  let world: World;
  let redis: RedisUnderTest;
  let fleet: Fleet;

  beforeAll(async () => {
    redis = await startRedis();
    world = await startWorld();
    fleet = await startFleet(world, 3, {
      ...longSessions,
      STORE_URL: redis.url,
      TENANT_TIMEOUT_MS: String(TIMEOUT_MS),
    });
  }, 60_000);
  afterAll(async () => {
    await fleet?.close();
    await world?.close();
    await redis?.close();
  });
  afterEach(() => restoreTenant(world));

  const urlOf = (i: number): string => fleet.replicas[i % fleet.replicas.length]?.url ?? '';

  it('renew an access token once for 50 parallel requests: one refresh at the tenant, 50 responses with 200', async () => {
    const browser = await signInUser(urlOf(0), 'fleet@example.com');
    await fleet.travel(A_DAY_S);
    // Slow enough that all requests arrive before its response.
    await tokenFault(world, { delay_ms: 500, times: 1 });
    const tenant = watchTenant(world);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) => callApi(atReplica(browser, urlOf(i)))),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await tenant.refreshes()).toBe(1);
  });

  it('apply a sign-out at one replica to all replicas', async () => {
    const browser = await signInUser(urlOf(0), 'leaves@example.com');
    const others = [1, 2].map((i) => atReplica(browser, urlOf(i)));
    for (const other of others) expect((await callApi(other)).status).toBe(200);
    expect((await browser.send('POST', '/v1/auth/signout')).status).toBe(200);
    for (const other of others) expect((await callApi(other)).status).toBe(401);
  });

  it('store no token in plain text, and no secret that opens one', async () => {
    const browser = await signInUser(urlOf(0), 'dumped@example.com');
    const [id = '', secret = ''] = browser.cookies.get('gatehouse')?.split('.') ?? [];
    const dump: unknown[] = [];
    for (const key of (await redis.command('keys', '*')) as string[])
      if ((await redis.command('type', key)) === 'hash') dump.push(key, await redis.command('hgetall', key));
    const text = JSON.stringify(dump);
    expect(text).toContain(id);
    expect(text).not.toContain(secret);
    expect(text).not.toMatch(/eyJ[\w-]+\.eyJ|v1\.[\w-]{30}|dumped@example\.com|auth0\|/);
  });

  // The last test, because it ends a replica.
  it('recover when the replica that renews a token is killed, and the session is kept', async () => {
    const browser = await signInUser(urlOf(1), 'orphan@example.com');
    await fleet.travel(A_DAY_S);
    await tokenFault(world, { delay_ms: TIMEOUT_MS - 200, times: 1 });
    const tenant = watchTenant(world);
    const doomed = callApi(atReplica(browser, urlOf(0))).catch(() => 'cut off');
    await expect.poll(tenant.tokenCalls, { timeout: 10_000 }).toBe(1);
    const waiting = [1, 2, 1, 2].map((i) => callApi(atReplica(browser, urlOf(i))));
    await fleet.replicas[0]?.kill();
    expect(await doomed).toBe('cut off');
    // A waiting request gives up one second after the lock expires; 200 shows that it got the token before.
    expect((await Promise.all(waiting)).map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await tenant.refreshes()).toBe(1);
  }, 60_000);
});

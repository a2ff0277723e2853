import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Fleet, startFleet } from '../session/support/fleet.ts';
import {
  A_DAY_S,
  atReplica,
  callApi,
  longSessions,
  password,
  signInUser,
  watchTenant,
} from '../session/support/person.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { type SentinelsUnderTest, startSentinels } from '../support/redis-sentinel.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';

const PEOPLE = 10;
const RECOVERY_MS = 10_000;

/** Repeats a request until its response is 200. All others must be 503. Returns the duration in milliseconds. */
async function untilServed(ask: () => Promise<{ status: number; body: { code?: string } }>): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const { status, body } = await ask();
    if (status === 200) return performance.now() - startedAt;
    expect([status, body.code]).toEqual([503, 'store_unavailable']);
    await sleep(20);
  }
}

describeWith('redis', 'two gateways on a primary with a replica and three sentinels', () => {
  let world: World;
  let redis: SentinelsUnderTest;
  let fleet: Fleet;
  let people: Browser[];

  const urlOf = (i: number): string => fleet.replicas[i % fleet.replicas.length]?.url ?? '';
  const callAll = async (): Promise<number[]> =>
    Promise.all(people.map(async (person, i) => (await callApi(atReplica(person, urlOf(i)))).status));

  beforeAll(async () => {
    [redis, world] = await Promise.all([
      startSentinels(['--min-replicas-to-write', '1', '--min-replicas-max-lag', '10']),
      startWorld(),
    ]);
    fleet = await startFleet(world, 2, {
      ...longSessions,
      STORE_URL: redis.url,
      TENANT_TIMEOUT_MS: '60000',
    });
    people = [];
    for (let i = 0; i < PEOPLE; i++) people.push(await signInUser(urlOf(i), `failover-${i}@example.com`));
  });
  afterAll(async () => {
    await fleet?.close();
    await world?.close();
    await redis?.close();
  });

  it('serve sign-ins and refreshes within 10 s after the primary is killed, and no saved refresh token is lost', async () => {
    const ofTenant = watchTenant(world);
    await fleet.travel(A_DAY_S);
    expect(new Set(await callAll())).toEqual(new Set([200]));
    // Every session has a new refresh token now, and the old one is no longer valid.
    expect(await ofTenant.refreshes()).toBe(PEOPLE);
    await redis.primary.signal('SIGKILL');
    await redis.untilPromoted();
    // The new primary has no replica, so by default it refuses writes.
    await redis.replica.command('CONFIG', 'SET', 'min-replicas-to-write', 0);
    const body = { email: 'failover-0@example.com', password };
    const times = await Promise.all(
      [0, 1].flatMap((i) => [
        untilServed(() => createBrowser(urlOf(i)).send('POST', '/v1/auth/signin', { body })),
        untilServed(() => callApi(atReplica(people[i] as Browser, urlOf(i)))),
      ]),
    );
    expect(Math.max(...times)).toBeLessThan(RECOVERY_MS);
    const later = watchTenant(world);
    await fleet.travel(A_DAY_S);
    expect(new Set(await callAll())).toEqual(new Set([200]));
    expect(await later.refreshes()).toBe(PEOPLE);
  });

  it('answer 503 to writes while the primary has no replica, and lose nothing', async () => {
    // The old primary is restarted as a replica of the new one.
    await redis.primary.restart();
    await redis.primary.command('REPLICAOF', '127.0.0.1', redis.replica.port);
    await redis.replica.command('CONFIG', 'SET', 'min-replicas-max-lag', 1, 'min-replicas-to-write', 1);
    const person = people[0] as Browser;
    const sendSignIn = () =>
      createBrowser(urlOf(0)).send('POST', '/v1/auth/signin', {
        // Of another user: a user with too many sessions loses the oldest.
        body: { email: 'failover-9@example.com', password },
      });
    await untilServed(sendSignIn);
    await redis.primary.signal('SIGSTOP');
    for (;;) {
      const { status, body } = await sendSignIn();
      if (status === 503) {
        expect(body).toMatchObject({ code: 'store_unavailable' });
        break;
      }
      expect(status).toBe(200);
    }
    // Reads still succeed.
    await untilServed(() => callApi(atReplica(person, urlOf(0))));
    await redis.primary.signal('SIGCONT');
    await untilServed(sendSignIn);
  });
});

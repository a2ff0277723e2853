import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTravelClock } from '../../src/lib/clock.ts';
import { createLimiter } from '../../src/limits/rate-limit.ts';
import type { Store } from '../../src/store/store.ts';
import { type Fleet, startFleet } from '../session/support/fleet.ts';
import { atReplica, callApi, longSessions, password, signInUser } from '../session/support/person.ts';
import { type Answer, type Browser, createBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import type { RedisUnderTest } from '../support/redis.ts';
import { type ClusterUnderTest, startCluster } from '../support/redis-cluster.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';
import { raceContract } from './contract/races.ts';
import { revocationContract } from './contract/revocation.ts';
import { sessionContract } from './contract/sessions.ts';
import { open, parseLocation, type StoreUnderTest } from './contract/target.ts';

const PEOPLE = 12;

describeWith('redis', 'a Redis Cluster of six nodes', () => {
  const clock = createTravelClock();
  let cluster: ClusterUnderTest;
  beforeAll(async () => {
    cluster = await startCluster();
  });
  afterAll(() => cluster?.close());

  describe('as a store', () => {
    let target: StoreUnderTest & { other: Store };
    beforeAll(async () => {
      const location = parseLocation(cluster.url);
      target = { clock, store: await open(location, clock), other: await open(location, clock) };
    });
    afterAll(async () => {
      await target.store.close();
      await target.other.close();
    });
    sessionContract(() => target);
    raceContract(() => target);
    revocationContract(() => target);

    it('counts a limit over two processes', async () => {
      const limiters = [target.store, target.other].map(({ makeLimiter }) =>
        createLimiter(makeLimiter, 'cluster', { count: 5, windowS: 600 }),
      );
      const charges = Array.from({ length: 20 }, (_, i) => limiters[i % 2]!.charge('a'));
      const outcomes = await Promise.allSettled(charges);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    });
  });

  describe('with two gateways', () => {
    let world: World;
    let fleet: Fleet;
    let people: Browser[];
    const urlOf = (i: number): string => fleet.replicas[i % fleet.replicas.length]?.url ?? '';

    beforeAll(async () => {
      world = await startWorld();
      fleet = await startFleet(world, 2, {
        ...longSessions,
        STORE_URL: cluster.url,
        TENANT_TIMEOUT_MS: '60000',
      });
      await signInUser(urlOf(0), 'cluster-load@example.com');
      people = [];
      for (let i = 0; i < PEOPLE; i++) people.push(await signInUser(urlOf(i), `cluster-${i}@example.com`));
    });
    afterAll(async () => {
      await fleet?.close();
      await world?.close();
    });

    const keyOf = (person: Browser): string =>
      `gatehouse:session:${person.cookies.get('gatehouse')?.split('.')[0]}`;
    const slotOf = async (person: Browser): Promise<number> =>
      Number(await cluster.nodes[0]?.command('CLUSTER', 'KEYSLOT', keyOf(person)));
    /** The primary that has a session. */
    async function holderOf(person: Browser): Promise<RedisUnderTest> {
      for (const node of cluster.primaries) {
        const found = await node.command('EXISTS', keyOf(person)).catch(() => 0);
        if (found === 1) return node;
      }
      throw new Error('no primary has the session');
    }

    /** Calls and sign-ins of everyone in a loop, until `end` is called. */
    function startLoad() {
      const load = { isOver: false };
      const answers: Answer[] = [];
      const keepAsking = async (ask: () => Promise<Answer>): Promise<void> => {
        while (!load.isOver) answers.push(await ask());
      };
      const callers = people.map((person, i) => keepAsking(() => callApi(atReplica(person, urlOf(i)))));
      const signingIn = keepAsking(() =>
        createBrowser(urlOf(0)).send('POST', '/v1/auth/signin', {
          body: { email: 'cluster-load@example.com', password },
        }),
      );
      return {
        answers,
        async end(): Promise<readonly Answer[]> {
          load.isOver = true;
          await Promise.all([...callers, signingIn]);
          return answers;
        },
      };
    }

    it('loses no session while slots move under load, and answers 200, or rarely 503', async () => {
      const load = startLoad();
      for (const person of people) {
        const [slot, from] = [await slotOf(person), await holderOf(person)];
        const to = cluster.primaries.find((node) => node !== from) as RedisUnderTest;
        const before = load.answers.length;
        await cluster.moveSlot(slot, from, to);
        await eventually(() => load.answers.length).toBeGreaterThan(before + PEOPLE);
      }
      const answers = await load.end();
      expect(answers.length).toBeGreaterThan(PEOPLE * PEOPLE);
      const others = answers.filter(({ status }) => status !== 200);
      // On a busy machine a response of the cluster can be late, which is an outage.
      expect(others.filter(({ body }) => body.code !== 'store_unavailable')).toEqual([]);
      expect(others.length).toBeLessThan(answers.length / 20);
      for (const person of people) expect((await callApi(person)).status).toBe(200);
    });

    it('ends the sessions of a user on all nodes', async () => {
      const body = { email: 'cluster-1@example.com', password };
      const others = await Promise.all(
        Array.from({ length: 6 }, async (_, i) => {
          const browser = createBrowser(urlOf(i));
          expect((await browser.send('POST', '/v1/auth/signin', { body })).status).toBe(200);
          return browser;
        }),
      );
      const [keeper, ...ended] = others as [Browser, ...Browser[]];
      expect((await keeper.send('DELETE', '/v1/auth/sessions?keep=current')).status).toBe(204);
      expect((await callApi(people[1] as Browser)).status).toBe(401);
      for (const browser of ended) expect((await callApi(browser)).status).toBe(401);
      expect((await callApi(keeper)).status).toBe(200);
    });

    // The last: one primary is gone after it.
    it('answers 503 to the sessions of a killed primary, and serves them again after the election of its replica', async () => {
      const person = people[0] as Browser;
      const doomed = await holderOf(person);
      // The session of the second person has ended above.
      const [, , ...rest] = people;
      const holders = await Promise.all(rest.map(holderOf));
      const elsewhere = rest.find((_, i) => holders[i] !== doomed) as Browser;
      await doomed.signal('SIGKILL');
      const startedAt = performance.now();
      const seen = new Set<number>();
      for (;;) {
        const { status, body } = await callApi(atReplica(person, urlOf(0)));
        seen.add(status);
        if (status === 200) break;
        expect([status, body.code]).toEqual([503, 'store_unavailable']);
        await sleep(20);
      }
      expect(performance.now() - startedAt).toBeLessThan(15_000);
      expect(seen).toContain(503);
      for (const i of [0, 1]) expect((await callApi(atReplica(elsewhere, urlOf(i)))).status).toBe(200);
    });
  });
});

import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Fleet, startFleet } from '../session/support/fleet.ts';
import {
  atReplica,
  breakTenant,
  callApi,
  longSessions,
  password,
  restoreTenant,
  signInUser,
  watchTenant,
} from '../session/support/person.ts';
import { eventually } from '../support/eventually.ts';
import { makeFolder } from '../support/folder.ts';
import { type GatewayUnderTest, startGatewayUnderTest } from '../support/gateway.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { startWorld, type World } from '../support/world.ts';
import { createManage, type Manage, signInForTokens, toPath } from './support/management.ts';
import {
  type PersonState,
  type StreamingUpstream,
  startStreamingUpstream,
  startWatchedPerson,
  type WatchedPerson,
} from './support/watched-person.ts';

/** Maximum time from the call at the tenant to the refusal here. */
const PROMISED_MS = 5_000;
const PROMISED_AFTER_KILL_MS = 15_000;
const PEOPLE = 9;
/** Long enough that the polls themselves do not load the machine. */
const LOOK_EVERY_MS = 250;
/** Three programs start one after another, on a busy machine. */
const START_MS = 240_000;
const READ_EVERY_MS = 3_000;

const toFlags = (state: PersonState): boolean[] => Object.values(state).flat();

describeWith('redis', 'three processes on one Redis', () => {
  let redis: RedisUnderTest;
  let upstream: StreamingUpstream;
  let world: World;
  let manage: Manage;
  let reader: Fleet;
  let others: Fleet;
  beforeAll(async () => {
    [redis, upstream] = await Promise.all([startRedis(), startStreamingUpstream()]);
    const shared = { ...longSessions, STORE_URL: redis.url, ROUTES_FILE: upstream.routesFile };
    // Redirect logins return to this replica, which does not read the log.
    world = await startWorld(shared);
    const env = { ...shared, REVOCATION_FEED: 'logs' };
    manage = await createManage(world.link);
    // Only the log reports revocations.
    await manage('PATCH', 'clients/gatehouse', { oidc_logout: { backchannel_logout_urls: [] } });
    reader = await startFleet(world, 1, env);
    // The checkpoint and the lock show that the first replica is the reader.
    const isReading = async () =>
      ((await redis.command('KEYS', '*revocation-feed*')) as unknown[]).length === 2;
    await vi.waitUntil(isReading, { timeout: 120_000 });
    others = await startFleet(world, 2, env);
  }, START_MS);
  afterAll(async () => {
    await Promise.all([reader?.close(), others?.close()]);
    await world?.close();
    await upstream?.close();
    await redis?.close();
  });

  const urls = () => [...reader.replicas, ...others.replicas].map(({ url }) => url);
  const people: WatchedPerson[] = [];
  afterEach(() => {
    for (const person of people.splice(0)) person.close();
  });

  /** The end of each credential and stream of a user, in milliseconds after the call at the tenant. */
  async function measureEnds(person: WatchedPerson): Promise<number[]> {
    const since = performance.now();
    await manage('PATCH', toPath(person.id), { blocked: true });
    const ends: number[] = [];
    for (let left = [...toFlags(await person.state()).keys()]; left.length > 0; await sleep(LOOK_EVERY_MS)) {
      const flags = toFlags(await person.state());
      const elapsed = performance.now() - since;
      for (const at of left) if (flags[at] === false) ends.push(elapsed);
      left = left.filter((at) => flags[at] !== false);
      if (elapsed > 10 * PROMISED_MS) throw new Error(`${left.length} of ${person.email} still work`);
    }
    return ends;
  }

  it('refuse a user who is blocked at the tenant within 5 s: sessions, bearers, WebSockets and event streams', async () => {
    for (let i = 0; i < PEOPLE; i++)
      people.push(await startWatchedPerson(world, `blocked-${i}@example.com`, urls()[i % 3]));
    for (const person of people) expect(toFlags(await person.state())).not.toContain(false);
    const all = await Promise.all(
      people.map(async (person, i) => {
        // Distributed over two polls of the log.
        await sleep((i / PEOPLE) * 2 * READ_EVERY_MS);
        return measureEnds(person);
      }),
    );
    const ends = all.flat().toSorted((a, b) => a - b);
    expect(ends.length).toBeGreaterThanOrEqual(PEOPLE * 10);
    expect(ends[Math.ceil(ends.length * 0.99) - 1]).toBeLessThan(PROMISED_MS);
  });

  // The last test, because it ends a replica.
  it('continue within 15 s when the reader of the log is killed in between', async () => {
    const bearers = await Promise.all(
      [0, 1, 2, 3].map((i) => signInForTokens(urls()[1] ?? '', `orphan-${i}@example.com`, password)),
    );
    const rest = others.replicas.map(({ url }) => url);
    await breakTenant(world, [{ method: 'GET', path: '^/api/v2/logs', delay_ms: 3_000, times: 1 }]);
    const since = performance.now();
    for (const { id } of bearers) await manage('PATCH', toPath(id), { blocked: true });
    const tenant = watchTenant(world);
    await eventually(tenant.logReads).toBe(1);
    await reader.replicas[0]?.kill();
    const readStatuses = () =>
      Promise.all(bearers.flatMap(({ call }) => rest.map(async (url) => (await call(url)).status)));
    await eventually(readStatuses, { timeout: 60_000 }).toEqual(Array.from({ length: 8 }, () => 401));
    expect(performance.now() - since).toBeLessThan(PROMISED_AFTER_KILL_MS);
  });
});

describe('a gateway during a ten-minute outage of its tenant', () => {
  let world: World;
  let manage: Manage;
  const closing: GatewayUnderTest[] = [];
  beforeAll(async () => {
    world = await startWorld();
    manage = await createManage(world.link);
  });
  afterAll(async () => {
    for (const gateway of closing) await gateway.close();
    await world.close();
  });

  it('applies all revocations of that time, also after a restart', async () => {
    const env = {
      ...longSessions,
      REVOCATION_FEED: 'logs',
      STORE_URL: `sqlite:${path.join(makeFolder(), 'gateway.db')}`,
    };
    const start = async () => {
      const gateway = await startGatewayUnderTest(env, world.link, world.clock);
      closing.push(gateway);
      return gateway;
    };
    const readFeed = async (url: string) => {
      const { parts } = (await (await fetch(`${url}/readyz`)).json()) as { parts: Record<string, string> };
      return parts['revocation_feed'];
    };
    const first = await start();
    await eventually(() => readFeed(first.url)).toBe('ok');
    const signIn = async (name: string) => {
      const email = `${name}@example.com`;
      const browser = await signInUser(first.url, email);
      return { ...(await signInForTokens(first.url, email, password)), browser };
    };
    const blocked = await signIn('blocked');
    const deleted = await signIn('deleted');
    const changed = await signIn('changed');
    const ended = await signIn('ended');
    const untouched = await signIn('untouched');
    const gone = [blocked, deleted, changed, ended];
    // Reads of the Management API fail; the changes below come from another client.
    const isRead = watchTenant(world);
    await eventually(isRead.logReads).toBeGreaterThan(0);
    await breakTenant(world, [{ method: 'GET', path: '^/api/v2/', status: 503, times: 100_000 }]);

    world.clock.offsetS += 300;
    await manage('PATCH', toPath(blocked.id), { blocked: true });
    await manage('DELETE', toPath(deleted.id));
    // More than one page of the log.
    for (let i = 0; i < 150; i++) await manage('PATCH', toPath(untouched.id), { user_metadata: { i } });
    await first.close();
    closing.splice(0);
    const second = await start();
    world.clock.offsetS += 300;
    await manage('PATCH', toPath(changed.id), { password: 'Another-Horse-2' });
    await manage('DELETE', `${toPath(ended.id)}/sessions`);
    await eventually(() => readFeed(second.url)).toBe('behind');
    const bearerStatuses = () =>
      Promise.all([...gone, untouched].map(async ({ call }) => (await call(second.url)).status));
    expect(await bearerStatuses()).toEqual([200, 200, 200, 200, 200]);

    await restoreTenant(world);
    await eventually(bearerStatuses, { timeout: 60_000 }).toEqual([401, 401, 401, 401, 200]);
    await eventually(() => readFeed(second.url)).toBe('ok');
    const sessionStatuses = await Promise.all(
      [...gone, untouched].map(async ({ browser }) => (await callApi(atReplica(browser, second.url))).status),
    );
    expect(sessionStatuses).toEqual([401, 401, 401, 401, 200]);
  });
});

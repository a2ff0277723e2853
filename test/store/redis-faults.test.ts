import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTravelClock } from '../../src/lib/clock.ts';
import { createLimiter } from '../../src/limits/rate-limit.ts';
import { openStore, type StoreLocation } from '../../src/store/open-store.ts';
import type { Store } from '../../src/store/store.ts';
import { type RedisUnderTest, startRedis, untilSays } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';
import { toLocation, toRecord } from './contract/target.ts';

const clock = createTravelClock();
const outage = {
  code: 'store_unavailable',
  status: 503,
  options: { retryAfterS: 5, reason: expect.any(String) },
};
let redis: RedisUnderTest;
let store: Store;
let events: string[];

async function open(location: StoreLocation): Promise<Store> {
  events = [];
  return openStore(location, clock, (event) => events.push(event.type));
}

/** Resolves when the store answers again. The timeout of the test is the limit. */
async function untilItAnswers(): Promise<void> {
  while (
    !(await store.ping().then(
      () => true,
      () => false,
    ))
  )
    await sleep(50);
}

/** All kinds of calls of the store. */
const everything = (): Promise<unknown>[] => [
  Promise.resolve(store.sessions.readMetadata('a')),
  Promise.resolve(store.sessions.read('a')),
  ...writes(),
  store.sessions.listBySubject('subject of a'),
  store.replayStore.isRemembered('a'),
  store.ping(),
];
const writes = (): Promise<unknown>[] => [
  store.sessions.insert(toRecord(clock, 'b')),
  store.sessions.save('a', 1, { tokens: 'x', meta: 'x' }),
  store.sessions.touch('a', clock.now(), clock.now() + 60_000),
  store.locks.acquire('a', 'me', 60_000),
  store.replayStore.consumeOnce('a', 60_000),
];

async function expectOutage(asked: readonly Promise<unknown>[]): Promise<void> {
  const answers = await Promise.allSettled(asked);
  for (const answer of answers) expect(answer).toMatchObject({ status: 'rejected', reason: outage });
}

describeWith('redis', 'a Redis server', () => {
  beforeEach(async () => {
    redis = await startRedis();
    store = await open(toLocation(redis.port));
    await store.sessions.insert(toRecord(clock, 'a'));
  });
  afterEach(async () => {
    await store.close();
    await redis.close();
  });

  it('that is killed is one reported outage; after an empty restart it works, without its sessions', async () => {
    const underWay = Promise.allSettled(everything());
    await redis.signal('SIGKILL');
    await underWay;
    for (let round = 0; round < 5; round++) await expectOutage(everything());
    await expect.poll(() => events, { timeout: 10_000 }).toEqual(['lost']);
    await redis.restart();
    await untilItAnswers();
    await expect.poll(() => events, { timeout: 10_000 }).toEqual(['lost', 'restored']);
    expect(await store.sessions.readMetadata('a')).toBeUndefined();
    await store.sessions.insert(toRecord(clock, 'c'));
    expect(await store.sessions.touch('c', clock.now(), clock.now() + 60_000)).toBe(true);
  });

  it('that is paused is an outage until it continues, then has its data', async () => {
    await redis.signal('SIGSTOP');
    for (let round = 0; round < 5; round++) await expectOutage(everything());
    await redis.signal('SIGCONT');
    await untilItAnswers();
    expect(await store.sessions.readMetadata('a')).toBeDefined();
    await expect.poll(() => events, { timeout: 10_000 }).toEqual(['lost', 'restored']);
  });

  it('is not lost because this process stalls: what has been answered meanwhile is read', async () => {
    const asked = [Promise.resolve(store.sessions.readMetadata('a')), store.ping()];
    // They are sent at the end of this turn of the event loop.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    const until = performance.now() + 1_500;
    while (performance.now() < until);
    expect(await Promise.all(asked)).toMatchObject([{ version: 1 }, undefined]);
    expect(events).toEqual([]);
  });

  it('that became a replica is still read; writes are an outage until it is a primary again', async () => {
    await redis.command('REPLICAOF', '127.0.0.1', 1);
    await redis.command('CONFIG', 'SET', 'replica-serve-stale-data', 'yes');
    for (let round = 0; round < 3; round++) await expectOutage(writes());
    await untilItAnswers();
    expect(await store.sessions.readMetadata('a')).toBeDefined();
    await redis.command('REPLICAOF', 'NO', 'ONE');
    await untilItAnswers();
    expect(await store.sessions.touch('a', clock.now(), clock.now() + 60_000)).toBe(true);
  });

  it('without memory is still read, and sessions can be ended; other writes are an outage', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', 1);
    await expectOutage(writes());
    expect(await store.sessions.readMetadata('a')).toBeDefined();
    expect(await store.sessions.remove('a')).toMatchObject({ id: 'a' });
    await redis.command('CONFIG', 'SET', 'maxmemory', 0);
    await store.sessions.insert(toRecord(clock, 'a'));
  });

  it('that is killed does not stop limits; they use it again after its restart', async () => {
    const limiter = createLimiter(store.makeLimiter, 'insured', { count: 5, windowS: 600 });
    for (let i = 0; i < 3; i++) await limiter.charge('a');
    await redis.signal('SIGKILL');
    const charged = await Promise.allSettled(Array.from({ length: 40 }, () => limiter.charge('a')));
    expect(charged.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await expect(limiter.charge('a')).rejects.toMatchObject({ code: 'rate_limited' });
    await redis.restart();
    await untilItAnswers();
    await limiter.charge('a');
    expect(await redis.command('KEYS', '*')).toEqual(['gatehouse:limit:insured:a']);
  });

  it('that is paused delays limits by less than a second, also those that wait for the call of others', async () => {
    const limiter = createLimiter(store.makeLimiter, 'paused', { count: 5, windowS: 600 });
    await limiter.charge('a');
    await redis.signal('SIGSTOP');
    const startedAt = performance.now();
    const first = limiter.charge('a');
    await sleep(300);
    const headers = await Promise.all([first, limiter.charge('a'), limiter.charge('b')]);
    // Less than two timeouts, on a busy machine too.
    expect(performance.now() - startedAt).toBeLessThan(1_300);
    // Counted in memory, from nothing.
    expect(headers.map(({ RateLimit }) => RateLimit)).toEqual(
      [4, 3, 4].map((left) => `"paused";r=${left};t=600`),
    );
    await redis.signal('SIGCONT');
  });

  it('waits for its replica when a session is saved, but only once for a replica that does not answer', async () => {
    const replica = await startRedis(['--replicaof', `127.0.0.1 ${redis.port}`]);
    await untilSays(replica, ['INFO', 'replication'], 'master_link_status:up');
    const save = (version: number) => store.sessions.save('a', version, { tokens: 'new', meta: 'new' });
    const countWaits = async () =>
      Number(/cmdstat_wait:calls=(\d+)/.exec(String(await redis.command('INFO', 'commandstats')))?.[1] ?? 0);
    expect(await save(1)).toBe(true);
    expect(await countWaits()).toBe(1);
    await untilSays(replica, ['HGET', 'gatehouse:session:a', 'tokens'], 'new');
    await replica.signal('SIGSTOP');
    for (const version of [2, 3, 4]) expect(await save(version)).toBe(true);
    // On a busy machine, the first answer can already be too late.
    expect(await countWaits()).toBeLessThanOrEqual(2);
    await replica.close();
  });

  it('whose store is closed is not reported as lost', async () => {
    await store.close();
    expect(events).toEqual([]);
    await expectOutage([store.ping()]);
    await store.close();
  });

  it('causes errors without the data of a record', async () => {
    await redis.command('CONFIG', 'SET', 'maxmemory', 1);
    const secret = 'a sealed token';
    const error = await store.sessions
      .insert(toRecord(clock, 'b', { tokens: secret }))
      .catch((e: unknown) => e);
    expect(error).toMatchObject(outage);
    expect(inspect(error, { depth: 10, showHidden: true })).toMatch(/OOM/);
    expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
  });

  for (const [name, meddle] of [
    ['truncated, with the connection closed', (piece: Buffer) => void piece],
    [
      'truncated, with the connection open',
      (piece: Buffer) => piece.subarray(0, Math.floor(piece.length / 2)),
    ],
    ['of another protocol', () => Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    [
      'of another type',
      (piece: Buffer) => Buffer.from(':7\r\n'.repeat(piece.toString().split('\n*').length)),
    ],
    ['that it is loading', () => Buffer.from('-LOADING Redis is loading the dataset in memory\r\n')],
  ] as const) {
    it(`whose answers are ${name} is only an outage`, async () => {
      await store.close();
      const proxy = await startTcpProxy(redis.port);
      store = await open(toLocation(proxy.port));
      expect(await store.sessions.readMetadata('a')).toBeDefined();
      proxy.meddle = meddle;
      for (let round = 0; round < 3; round++) {
        await expectOutage([Promise.resolve(store.sessions.readMetadata('a'))]);
        await expectOutage([store.sessions.listBySubject('subject of a')]);
      }
      proxy.meddle = undefined;
      await untilItAnswers();
      expect(await store.sessions.readMetadata('a')).toBeDefined();
      await store.close();
      await proxy.close();
    });
  }
});

describeWith('redis', 'the password of a Redis server', () => {
  it('is used, and a wrong one appears in no event or error', async () => {
    redis = await startRedis(['--requirepass', 'right-password'], { password: 'right-password' });
    store = await open(toLocation(redis.port, 'right-password'));
    await store.ping();
    await store.close();
    const reported: unknown[] = [];
    const location = toLocation(redis.port, 'wrong-password');
    store = await openStore(location, clock, (event) => reported.push(event));
    reported.push(await store.ping().catch((error: unknown) => error));
    expect(reported).toMatchObject([{ type: 'lost', reason: expect.stringContaining('WRONGPASS') }, outage]);
    expect(inspect(reported, { depth: 10, showHidden: true })).not.toContain('wrong-password');
    await store.close();
    await redis.close();
  });

  it('is not required at the start, if the server is not available', async () => {
    redis = await startRedis();
    await redis.signal('SIGKILL');
    store = await open(toLocation(redis.port));
    await expectOutage([store.ping()]);
    await redis.restart();
    await untilItAnswers();
    await expect.poll(() => events, { timeout: 10_000 }).toEqual(['lost', 'restored']);
    await store.close();
    await redis.close();
  });
});

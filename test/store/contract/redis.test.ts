import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTravelClock } from '../../../src/lib/clock.ts';
import { createLimiter } from '../../../src/limits/rate-limit.ts';
import type { Store } from '../../../src/store/store.ts';
import { type RedisUnderTest, startRedis } from '../../support/redis.ts';
import { describeWith } from '../../support/requirements.ts';
import { limitContract } from './limits.ts';
import { raceContract } from './races.ts';
import { revocationContract } from './revocation.ts';
import { sessionContract } from './sessions.ts';
import { open, type StoreUnderTest, toLocation, toRecord } from './target.ts';

describeWith('redis', 'a Redis server', () => {
  const clock = createTravelClock();
  let redis: RedisUnderTest;
  let target: StoreUnderTest & { other: Store };
  beforeAll(async () => {
    redis = await startRedis();
    const location = toLocation(redis.port);
    target = { clock, store: await open(location, clock), other: await open(location, clock) };
  });
  afterAll(async () => {
    await target.store.close();
    await target.other.close();
    await redis.close();
  });
  sessionContract(() => target);
  raceContract(() => target);
  limitContract(() => target);
  revocationContract(() => target);

  it('has only keys of the gateway, and all of them expire', async () => {
    const { store } = target;
    await store.sessions.insert(toRecord(clock, 'own', { sidKey: 'own' }));
    await store.sessions.touch('own', clock.now(), clock.now() + 7_200_000);
    await store.locks.acquire('own', 'me', 60_000);
    await store.replayStore.remember('own', 60_000);
    const keys = (await redis.command('KEYS', '*')) as string[];
    expect(keys.length).toBeGreaterThan(5);
    for (const key of keys) {
      expect(key).toMatch(/^gatehouse:/);
      expect(Number(await redis.command('PTTL', key))).toBeGreaterThan(0);
    }
    const ttlMs = Number(await redis.command('PTTL', 'gatehouse:subject:subject of own'));
    expect(ttlMs).toBeGreaterThan(7_000_000);
  });

  it('removes expired sessions from its indexes: at their absolute end, or when they are read', async () => {
    const { store } = target;
    const ids = () => redis.command('ZRANGE', 'gatehouse:subject:index', 0, -1);
    await store.sessions.insert(
      toRecord(clock, 'ended', { subjectKey: 'index', endsAtMs: clock.now() + 1000 }),
    );
    clock.offsetS += 60;
    await store.sessions.insert(
      toRecord(clock, 'idle', { subjectKey: 'index', idleEndsAtMs: clock.now() + 1000 }),
    );
    expect(await ids()).toEqual(['idle']);
    clock.offsetS += 60;
    await store.sessions.insert(toRecord(clock, 'last', { subjectKey: 'index' }));
    expect(await store.sessions.listBySubject('index')).toMatchObject([{ id: 'last' }]);
    expect(await ids()).toEqual(['last']);
    expect(await redis.command('ZRANGE', 'gatehouse:sessions', 0, -1)).toContain('last');
  });

  it('restores a missing index entry of a session at its next use', async () => {
    const { store } = target;
    await store.sessions.insert(toRecord(clock, 'lost', { subjectKey: 'behind', sidKey: 'behind' }));
    await redis.command('DEL', 'gatehouse:subject:behind', 'gatehouse:sid:behind');
    expect(await store.sessions.listBySubject('behind')).toEqual([]);
    expect(await store.sessions.touch('lost', clock.now(), clock.now() + 60_000)).toBe(true);
    expect(await store.sessions.listBySubject('behind')).toMatchObject([{ id: 'lost' }]);
    expect(await store.sessions.removeBySid('behind')).toMatchObject([{ id: 'lost' }]);
  });

  it('removes a session without a record from its indexes', async () => {
    const { store } = target;
    await store.sessions.insert(toRecord(clock, 'gone', { subjectKey: 'ahead' }));
    await redis.command('DEL', 'gatehouse:session:gone');
    expect(await store.sessions.listBySubject('ahead')).toEqual([]);
    expect(await redis.command('EXISTS', 'gatehouse:subject:ahead')).toBe(0);
  });

  it('charges all callers of the same moment in one command, each by their own count', async () => {
    const limiter = createLimiter(target.store.makeLimiter, 'combined', { count: 3, windowS: 600 });
    const calls = async () =>
      [...String(await redis.command('INFO', 'commandstats')).matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)]
        .map(([, count]) => Number(count))
        .reduce((sum, count) => sum + count, 0);
    await limiter.charge('b');
    const before = await calls();
    const keys = ['a', 'b', 'c', 'a', 'b', 'd'];
    const outcomes = await Promise.all(keys.map((key) => limiter.charge(key)));
    expect(await calls()).toBe(before + 1);
    expect(outcomes.map((headers) => headers['RateLimit'])).toEqual(
      [2, 1, 2, 1, 0, 2].map((left) => `"combined";r=${left};t=600`),
    );
  });

  it('returns the metadata of a session in one command', async () => {
    const { store } = target;
    await store.sessions.insert(toRecord(clock, 'one trip'));
    const calls = async () =>
      /cmdstat_hmget:calls=(\d+)/.exec(String(await redis.command('INFO', 'commandstats')))?.[1];
    const before = Number(await calls());
    for (let i = 0; i < 10; i++) await store.sessions.readMetadata('one trip');
    expect(Number(await calls())).toBe(before + 10);
  });
});

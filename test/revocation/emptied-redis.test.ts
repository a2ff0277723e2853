import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { createTravelClock } from '../../src/lib/clock.ts';
import { createDenyList, type DenyList } from '../../src/revocation/deny-list.ts';
import type { Store } from '../../src/store/store.ts';
import { open, toLocation } from '../store/contract/target.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';

describeWith('redis', 'the deny list on a Redis server that is emptied', () => {
  const clock = createTravelClock();
  let redis: RedisUnderTest;
  let stores: Store[];
  let lists: DenyList[];
  beforeAll(async () => {
    redis = await startRedis();
    stores = await Promise.all([1, 2, 3].map(() => open(toLocation(redis.port), clock)));
    lists = stores.slice(0, 2).map((store) => start(store));
    await vi.waitFor(() => expect(lists.every((list) => list.isLoaded())).toBe(true), 15_000);
  });
  afterAll(async () => {
    for (const list of lists) list.close();
    for (const store of stores) await store.close();
    await redis.close();
  });

  function start({ denyEntries: entries, locks }: Store): DenyList {
    return createDenyList({ entries, locks, clock, onMany: () => undefined, onFailed: () => undefined });
  }
  const isDenied = (list: DenyList | undefined, subject: string) =>
    list?.isDenied({ subject, clientId: 'app', issuedAtS: clock.now() / 1000 - 60 }, false);
  const everywhere = (subject: string) => lists.map((list) => isDenied(list, subject));

  it('is filled again by the replicas, including concurrent additions', async () => {
    for (const subject of ['ann', 'bob', 'cleo']) await lists[0]?.denySubject(subject);
    await eventually(() => everywhere('cleo')).toEqual([true, true]);
    await redis.command('FLUSHALL');
    await stores[2]?.denyEntries.add({
      kind: 'block',
      key: 'dora',
      issuedBeforeS: 253_402_300_799,
      lapsesAtMs: clock.now() + 86_400_000,
    });
    await eventually(() => everywhere('dora')).toEqual([true, true]);
    const late = start(stores[2] as Store);
    lists.push(late);
    for (const subject of ['ann', 'bob', 'cleo', 'dora'])
      await eventually(() => everywhere(subject)).toEqual([true, true, true]);
  });

  it('does not get back a block that is removed at that moment', async () => {
    await lists[0]?.denySubject('emil');
    await eventually(() => everywhere('emil')).toEqual([true, true, true]);
    await redis.command('FLUSHALL');
    await lists[0]?.allowSubject('emil');
    await eventually(() => everywhere('emil')).toEqual([false, false, false]);
    // All replicas have filled it again, so a new replica reads their common state.
    await lists[1]?.denySubject('fay');
    await eventually(() => everywhere('fay')).toEqual([true, true, true]);
    expect(everywhere('emil')).toEqual([false, false, false]);
  });
});

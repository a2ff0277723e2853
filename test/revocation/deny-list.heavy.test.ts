import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTravelClock } from '../../src/lib/clock.ts';
import { assembleDenyList } from '../../src/revocation/assemble.ts';
import { MANY_ENTRIES, MAX_ENTRIES } from '../../src/revocation/compaction.ts';
import type { DenyList } from '../../src/revocation/deny-list.ts';
import type { DenyEntry, Store } from '../../src/store/store.ts';
import { open, toLocation } from '../store/contract/target.ts';
import { eventually } from '../support/eventually.ts';
import { type RedisUnderTest, startRedis } from '../support/redis.ts';
import { describeWith } from '../support/requirements.ts';

const SECOND = 1_700_000_000;
const clock = createTravelClock({ now: () => (SECOND + 1_000_000) * 1000 });
const WARNING = 'the deny list is nearly full: its oldest entries will be merged';

/** Tests of an almost full and of a full list, in one store. */
function contract(openStore: () => Promise<Store>): void {
  let store: Store;
  let lists: { readonly list: DenyList; readonly said: unknown[] }[];
  beforeAll(async () => {
    store = await openStore();
    lists = [];
  });
  afterAll(async () => {
    for (const { list } of lists) list.close();
    await store.close();
  });

  const nameOf = (i: number) => `auth0|${String(i).padStart(24, '0')}`;
  const add = (from: number, to: number) => {
    const entries = Array.from(
      { length: to - from },
      (_, i): DenyEntry => ({
        kind: 'subject',
        key: nameOf(from + i),
        issuedBeforeS: SECOND + from + i,
        lapsesAtMs: clock.now() + 86_400_000,
      }),
    );
    // On a busy machine Redis can be late; existing entries are not changed.
    return vi.waitFor(() => store.denyEntries.restore(entries), { timeout: 60_000 });
  };
  function start(): DenyList {
    const said: unknown[] = [];
    const hear = (...line: readonly unknown[]) => void said.push(line);
    const list = assembleDenyList({ store, clock, log: { warn: hear, error: hear } });
    lists.push({ list, said });
    return list;
  }
  const isDenied = (list: DenyList, i: number, issuedAtS: number) =>
    list.isDenied({ subject: nameOf(i), clientId: 'app', issuedAtS }, false);
  const everySize = () => lists.map(({ list }) => list.size());

  it('warns once about 80,000 entries at every replica, and a new replica reads all of them', async () => {
    await add(0, MANY_ENTRIES - 1);
    start();
    await eventually(everySize).toEqual([MANY_ENTRIES - 1]);
    expect(lists[0]?.said).toEqual([]);
    await add(MANY_ENTRIES - 1, MANY_ENTRIES);
    const late = start();
    await eventually(everySize).toEqual([MANY_ENTRIES, MANY_ENTRIES]);
    await eventually(() => late.isLoaded()).toBe(true);
    for (const { said } of lists) expect(said).toEqual([[{ entries: MANY_ENTRIES }, WARNING]]);
    expect([0, MANY_ENTRIES - 1].map((i) => isDenied(late, i, SECOND + i - 1))).toEqual([true, true]);
  });

  it('merges the oldest of more than 100,000 entries into one common time, and drops no block', async () => {
    const [first] = lists;
    if (!first) throw new Error('no list');
    await first.list.denySubject('auth0|blocked');
    await add(MANY_ENTRIES, MAX_ENTRIES);
    await first.list.denyIssuedBefore(nameOf(MAX_ENTRIES), (SECOND + MAX_ENTRIES) * 1000);
    // The common time is an entry too.
    const left = MAX_ENTRIES * 0.9 + 1;
    await eventually(everySize).toEqual([left, left]);
    for (const { list, said } of lists) {
      // All denied tokens stay denied, and the newest entries are unchanged.
      for (const i of [0, 10_000, 50_000, MAX_ENTRIES]) expect(isDenied(list, i, SECOND + i - 1)).toBe(true);
      expect(isDenied(list, MAX_ENTRIES, SECOND + MAX_ENTRIES)).toBe(false);
      expect(list.isDenied({ subject: 'auth0|blocked', clientId: 'app', issuedAtS: 4e9 }, false)).toBe(true);
      expect(said).toHaveLength(1);
    }
  });
}

describe('a growing deny list', () => {
  describe('in SQLite', () => contract(() => open({ kind: 'sqlite', file: ':memory:' }, clock)));

  describeWith('redis', 'in Redis', () => {
    let redis: RedisUnderTest;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis.close());
    contract(() => open(toLocation(redis.port), clock));
  });
});

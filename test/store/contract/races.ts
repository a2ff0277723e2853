import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Store } from '../../../src/store/store.ts';
import { type StoreUnderTest, toRecord } from './target.ts';

const times = <T>(count: number, work: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => work(i));
const countTrue = (answers: readonly boolean[]): number => answers.filter(Boolean).length;

/** Tests of parallel calls from one or two processes. `other` is the same store, opened again. */
export function raceContract(target: () => StoreUnderTest & { readonly other: Store }): void {
  const both = (i: number): Store => (i % 2 === 0 ? target().store : target().other);

  describe('parallel calls', () => {
    it('of many writers of one version, one succeeds', async () => {
      const { store, clock } = target();
      await store.sessions.insert(toRecord(clock, 'race save'));
      const saved = await Promise.all(
        times(40, (i) => both(i).sessions.save('race save', 1, { tokens: `t${i}`, meta: `m${i}` })),
      );
      expect(countTrue(saved)).toBe(1);
      const winner = saved.indexOf(true);
      const kept = await store.sessions.read('race save');
      expect(kept).toMatchObject({ version: 2, tokens: `t${winner}`, meta: `m${winner}` });
    });

    it('touching and saving never restore a removed session', async () => {
      const { store, clock } = target();
      for (let round = 0; round < 20; round++) {
        const id = `race remove ${round}`;
        await store.sessions.insert(toRecord(clock, id, { subjectKey: 'racer', sidKey: 'racing' }));
        const now = clock.now();
        const others = (i: number) =>
          i % 3 === 0
            ? both(i).sessions.save(id, 1, { tokens: 'x', meta: 'x' })
            : both(i).sessions.touch(id, now, now + 3_600_000);
        const writes = times(12, others);
        const removed = times(3, (i) => both(i).sessions.remove(id).then(Boolean));
        const later = times(12, others);
        expect(countTrue(await Promise.all(removed))).toBe(1);
        await Promise.all([...writes, ...later]);
        expect(await store.sessions.readMetadata(id)).toBeUndefined();
      }
      expect(await store.sessions.listBySubject('racer')).toEqual([]);
      expect(await store.sessions.removeBySid('racing')).toEqual([]);
    });

    it('a session ends once, by any of the ways', async () => {
      const { store, clock } = target();
      await store.sessions.insert(toRecord(clock, 'race end', { subjectKey: 'ends', sidKey: 'ends' }));
      const ended = await Promise.all(
        times(30, async (i) => {
          const { sessions } = both(i);
          if (i % 3 === 0) return (await sessions.remove('race end')) ? 1 : 0;
          return (await (i % 3 === 1 ? sessions.removeBySid('ends') : sessions.removeBySubject('ends')))
            .length;
        }),
      );
      expect(ended.reduce((sum, count) => sum + count)).toBe(1);
    });

    it('the maximum number of sessions of a user remains, and each of the others ends once', async () => {
      const { store, clock } = target();
      const cap = { subjectKeys: ['crowd'], max: 5 };
      const ended = await Promise.all(
        times(40, (i) =>
          both(i).sessions.insert(toRecord(clock, `crowd ${i}`, { subjectKey: 'crowd' }), cap),
        ),
      );
      const left = (await store.sessions.listBySubject('crowd')).map(({ id }) => id);
      const gone = ended.flat().map(({ id }) => id);
      expect(left).toHaveLength(5);
      expect(new Set([...left, ...gone]).size).toBe(40);
      expect(gone).toHaveLength(35);
    });

    it('one of fifty calls consumes a name', async () => {
      expect(
        countTrue(await Promise.all(times(50, (i) => both(i).replayStore.consumeOnce('jti', 60_000)))),
      ).toBe(1);
    });

    it('one of fifty calls gets a lock', async () => {
      const got = await Promise.all(times(50, (i) => both(i).locks.acquire('race lock', `o${i}`, 60_000)));
      expect(countTrue(got)).toBe(1);
    });
  });

  describe('a lock', () => {
    it('is held by one owner until that one releases it', async () => {
      const { store, other } = target();
      expect(await store.locks.acquire('lock', 'a', 60_000)).toBe(true);
      expect(await other.locks.acquire('lock', 'b', 60_000)).toBe(false);
      expect(await other.locks.acquire('other lock', 'b', 60_000)).toBe(true);
      await other.locks.release('lock', 'b');
      expect(await other.locks.acquire('lock', 'b', 60_000)).toBe(false);
      expect(await store.locks.acquire('lock', 'a', 60_000)).toBe(true);
      await store.locks.release('lock', 'a');
      expect(await other.locks.acquire('lock', 'b', 60_000)).toBe(true);
    });

    it('expires, and its old owner cannot release the next one', async () => {
      const { store, other } = target();
      expect(await store.locks.acquire('short', 'a', 50)).toBe(true);
      while (!(await other.locks.acquire('short', 'b', 60_000))) await sleep(20);
      await store.locks.release('short', 'a');
      expect(await store.locks.acquire('short', 'a', 50)).toBe(false);
    });
  });

  describe('a mark', () => {
    it('exists until it expires, and can be set again then', async () => {
      const { store, other, clock } = target();
      expect(await other.replayStore.isRemembered('once')).toBe(false);
      expect(await store.replayStore.consumeOnce('once', 60_000)).toBe(true);
      expect(await other.replayStore.isRemembered('once')).toBe(true);
      expect(await other.replayStore.consumeOnce('once', 60_000)).toBe(false);
      clock.offsetS += 61;
      expect(await other.replayStore.isRemembered('once')).toBe(false);
      expect(await other.replayStore.consumeOnce('once', 60_000)).toBe(true);
    });

    it('can be renewed', async () => {
      const { store, other, clock } = target();
      await store.replayStore.remember('seen', 60_000);
      clock.offsetS += 40;
      await other.replayStore.remember('seen', 60_000);
      clock.offsetS += 40;
      expect(await store.replayStore.isRemembered('seen')).toBe(true);
      expect(await store.replayStore.consumeOnce('seen', 60_000)).toBe(false);
      clock.offsetS += 40;
      expect(await store.replayStore.isRemembered('seen')).toBe(false);
    });
  });
}

import { beforeEach, describe, expect, it } from 'vitest';
import { type StoreUnderTest, toRecord } from './target.ts';

/** Tests of sessions for every engine. */
export function sessionContract(target: () => StoreUnderTest): void {
  let count = 0;
  let id = '';
  beforeEach(() => {
    id = `session ${count++}`;
  });
  const sessions = () => target().store.sessions;
  const record = (differing = {}) => toRecord(target().clock, id, differing);

  describe('a session', () => {
    it('is read as stored, completely or only its metadata', async () => {
      const kept = record({ sidKey: 'some sid', tokens: 'töken\u0000 ✓', meta: '' });
      await sessions().insert(kept);
      expect(await sessions().read(id)).toEqual(kept);
      const { version, lastSeenAtMs, idleEndsAtMs, endsAtMs } = kept;
      expect(await sessions().readMetadata(id)).toEqual({ version, lastSeenAtMs, idleEndsAtMs, endsAtMs });
    });

    it('without a tenant session has no sid', async () => {
      await sessions().insert(record());
      expect((await sessions().read(id))?.sidKey).toBeUndefined();
    });

    it('that does not exist is absent everywhere', async () => {
      expect(await sessions().readMetadata(id)).toBeUndefined();
      expect(await sessions().read(id)).toBeUndefined();
      expect(await sessions().save(id, 1, { tokens: '', meta: '' })).toBe(false);
      expect(await sessions().touch(id, 0, Number.MAX_SAFE_INTEGER)).toBe(false);
      expect(await sessions().remove(id)).toBeUndefined();
      expect(await sessions().listBySubject(id)).toEqual([]);
      expect(await sessions().removeBySubject(id)).toEqual([]);
      expect(await sessions().removeBySid(id)).toEqual([]);
    });

    it('never replaces another', async () => {
      await sessions().insert(record());
      await expect(sessions().insert(record({ tokens: 'other' }))).rejects.toThrow();
      expect((await sessions().read(id))?.tokens).toBe(`tokens of ${id}`);
    });

    it('is saved only at its current version, which then increases', async () => {
      await sessions().insert(record());
      expect(await sessions().save(id, 2, { tokens: 'no', meta: 'no' })).toBe(false);
      expect(await sessions().save(id, 1, { tokens: 'new', meta: 'newer' })).toBe(true);
      expect(await sessions().read(id)).toMatchObject({ version: 2, tokens: 'new', meta: 'newer' });
      expect(await sessions().save(id, 1, { tokens: 'no', meta: 'no' })).toBe(false);
    });

    it('saved with new keys is found only by those; saved without keys it keeps its keys', async () => {
      await sessions().insert(record({ subjectKey: `${id} old`, sidKey: `${id} old sid` }));
      const keys = { subjectKey: `${id} new`, sidKey: `${id} new sid` };
      expect(await sessions().save(id, 1, { tokens: 'a', meta: 'b', ...keys })).toBe(true);
      expect(await sessions().save(id, 2, { tokens: 'c', meta: 'd' })).toBe(true);
      expect(await sessions().listBySubject(`${id} old`)).toEqual([]);
      expect(await sessions().removeBySid(`${id} old sid`)).toEqual([]);
      expect(await sessions().listBySubject(`${id} new`)).toMatchObject([{ id, ...keys, tokens: 'c' }]);
      expect(await sessions().removeBySid(`${id} new sid`)).toMatchObject([{ id }]);
      expect(await sessions().listBySubject(`${id} new`)).toEqual([]);
    });

    it('is touched without a new version', async () => {
      await sessions().insert(record());
      const later = target().clock.now() + 5000;
      expect(await sessions().touch(id, later, later + 1)).toBe(true);
      expect(await sessions().readMetadata(id)).toMatchObject({
        version: 1,
        lastSeenAtMs: later,
        idleEndsAtMs: later + 1,
      });
    });

    it('that has ended cannot be restored by touching or saving', async () => {
      await sessions().insert(record({ subjectKey: id, sidKey: id }));
      expect(await sessions().remove(id)).toMatchObject({ id, version: expect.any(Number) });
      expect(await sessions().remove(id)).toBeUndefined();
      expect(await sessions().touch(id, target().clock.now(), target().clock.now() + 60_000)).toBe(false);
      expect(await sessions().save(id, 1, { tokens: 'x', meta: 'x' })).toBe(false);
      expect(await sessions().read(id)).toBeUndefined();
      expect(await sessions().listBySubject(id)).toEqual([]);
      expect(await sessions().removeBySid(id)).toEqual([]);
    });
  });

  describe('a session expires', () => {
    for (const [name, times] of [
      ['when it was idle for too long', { idle: 60_000, end: 86_400_000 }],
      ['at its absolute end, even in use', { idle: 86_400_000, end: 60_000 }],
    ] as const) {
      it(`${name}: from then on it is absent everywhere`, async () => {
        const { clock } = target();
        const now = clock.now();
        await sessions().insert(
          record({ subjectKey: id, sidKey: id, idleEndsAtMs: now + times.idle, endsAtMs: now + times.end }),
        );
        clock.offsetS += 50;
        expect(await sessions().readMetadata(id)).toBeDefined();
        clock.offsetS += 10;
        const later = clock.now() + 3_600_000;
        expect(await sessions().readMetadata(id)).toBeUndefined();
        expect(await sessions().read(id)).toBeUndefined();
        expect(await sessions().touch(id, clock.now(), later)).toBe(false);
        expect(await sessions().save(id, 1, { tokens: 'x', meta: 'x' })).toBe(false);
        expect(await sessions().listBySubject(id)).toEqual([]);
        expect(await sessions().removeBySubject(id)).toEqual([]);
        expect(await sessions().removeBySid(id)).toEqual([]);
        expect(await sessions().remove(id)).toBeUndefined();
        expect(await sessions().readMetadata(id)).toBeUndefined();
      });
    }

    it('later after a touch, but never after its absolute end', async () => {
      const { clock } = target();
      const now = clock.now();
      await sessions().insert(record({ idleEndsAtMs: now + 60_000, endsAtMs: now + 120_000 }));
      expect(await sessions().touch(id, now, now + 600_000)).toBe(true);
      clock.offsetS += 100;
      expect(await sessions().readMetadata(id)).toBeDefined();
      clock.offsetS += 20;
      expect(await sessions().readMetadata(id)).toBeUndefined();
    });
  });

  describe('the sessions of a user', () => {
    it('are listed newest first, without those of others', async () => {
      const now = target().clock.now();
      const all = ['me', 'you', 'me', 'me'].map((whose, i) =>
        record({ id: `${id} ${i}`, subjectKey: `${id} ${whose}`, createdAtMs: now + i }),
      );
      for (const each of all) await sessions().insert(each);
      expect(await sessions().listBySubject(`${id} me`)).toEqual([all[3], all[2], all[0]]);
    });

    it('end except for one, or all; the ended ones are returned', async () => {
      for (const i of [0, 1, 2])
        await sessions().insert(record({ id: `${id} ${i}`, subjectKey: id, sidKey: `${id} ${i}` }));
      const ended = await sessions().removeBySubject(id, `${id} 1`);
      expect(ended.map((session) => session.id).toSorted()).toEqual([`${id} 0`, `${id} 2`]);
      expect(ended[0]?.tokens).toBe(`tokens of ${id}`);
      expect(await sessions().readMetadata(`${id} 0`)).toBeUndefined();
      expect(await sessions().readMetadata(`${id} 1`)).toBeDefined();
      expect((await sessions().removeBySubject(id)).map((session) => session.id)).toEqual([`${id} 1`]);
      expect(await sessions().readMetadata(`${id} 1`)).toBeUndefined();
    });

    it('end with their session at the tenant, without others', async () => {
      for (const [i, sidKey] of ['a', 'a', 'b', undefined].entries())
        await sessions().insert(
          record({ id: `${id} ${i}`, subjectKey: id, sidKey: sidKey && `${id} ${sidKey}` }),
        );
      const ended = await sessions().removeBySid(`${id} a`);
      expect(ended.map((session) => session.id).toSorted()).toEqual([`${id} 0`, `${id} 1`]);
      const left = await sessions().listBySubject(id);
      expect(left.map((session) => session.id).toSorted()).toEqual([`${id} 2`, `${id} 3`]);
    });
  });

  describe('the sessions of a user beyond a cap', () => {
    /** Stores sessions in sequence; returns those that the last one ended. */
    const fill = async (many: number, max: number, differing: object = {}): Promise<string[]> => {
      let ended: readonly { readonly id: string }[] = [];
      for (let i = 0; i < many; i++) {
        target().clock.offsetS += 1;
        const next = record({ id: `${id} ${i}`, subjectKey: id, ...differing });
        ended = await sessions().insert(next, { subjectKeys: [id], max });
      }
      return ended.map((session) => session.id);
    };
    const living = async (key = id) =>
      (await sessions().listBySubject(key)).map((session) => session.id).toSorted();

    it('end oldest first, and are returned completely', async () => {
      expect(await fill(3, 3)).toEqual([]);
      target().clock.offsetS += 1;
      const ended = await sessions().insert(record({ subjectKey: id }), { subjectKeys: [id], max: 3 });
      expect(ended).toMatchObject([{ id: `${id} 0`, subjectKey: id, tokens: `tokens of ${id}` }]);
      expect(await living()).toEqual([id, `${id} 1`, `${id} 2`]);
      expect(await sessions().read(`${id} 0`)).toBeUndefined();
    });

    it('end down to the cap', async () => {
      await fill(6, 100);
      const ended = await sessions().insert(record({ subjectKey: id }), { subjectKeys: [id], max: 2 });
      expect(ended.map((session) => session.id).toSorted()).toEqual([0, 1, 2, 3, 4].map((i) => `${id} ${i}`));
    });

    it('include those of every key of the user, and of no other user', async () => {
      await sessions().insert(record({ id: `${id} theirs`, subjectKey: `${id} other` }));
      await fill(2, 2, { subjectKey: `${id} old key` });
      target().clock.offsetS += 1;
      const subjectKeys = [id, `${id} old key`];
      const ended = await sessions().insert(record({ subjectKey: id }), { subjectKeys, max: 2 });
      expect(ended.map((session) => session.id)).toEqual([`${id} 0`]);
      expect(await living(`${id} other`)).toEqual([`${id} theirs`]);
    });

    it('are counted without expired ones and the replaced one', async () => {
      const { clock } = target();
      await sessions().insert(
        record({ id: `${id} lapsed`, subjectKey: id, idleEndsAtMs: clock.now() + 1000 }),
      );
      await fill(2, 2);
      const cap = { subjectKeys: [id], max: 2, replacedId: `${id} 1` };
      expect(await sessions().insert(record({ subjectKey: id }), cap)).toEqual([]);
      expect(await living()).toEqual([id, `${id} 0`, `${id} 1`]);
    });

    it('never include the new one, for any clock', async () => {
      await fill(2, 2);
      const late = record({ subjectKey: id, createdAtMs: target().clock.now() - 60_000 });
      const ended = await sessions().insert(late, { subjectKeys: [id], max: 1 });
      expect(ended.map((session) => session.id).toSorted()).toEqual([`${id} 0`, `${id} 1`]);
      expect(await living()).toEqual([id]);
    });
  });

  it('counts the active sessions', async () => {
    const { clock } = target();
    clock.offsetS += 30 * 86_400;
    expect(await sessions().count()).toBe(0);
    for (const i of [0, 1, 2]) await sessions().insert(record({ id: `${id} ${i}` }));
    await sessions().insert(record({ idleEndsAtMs: clock.now() + 1000 }));
    expect(await sessions().count()).toBe(4);
    await sessions().remove(`${id} 0`);
    clock.offsetS += 60;
    expect(await sessions().count()).toBe(2);
  });
}

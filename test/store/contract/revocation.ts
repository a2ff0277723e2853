import { describe, expect, it } from 'vitest';
import { DENY_PAGE, type DenyEntry, type Store } from '../../../src/store/store.ts';
import { type StoreUnderTest, toRecord } from './target.ts';

const DAY_MS = 86_400_000;

/** What holds of the deny list, of texts and of reading all sessions. `other` is the same store, opened once more. */
export function revocationContract(target: () => StoreUnderTest & { readonly other: Store }): void {
  const entry = (key: string, issuedBeforeS: number, differing: Partial<DenyEntry> = {}): DenyEntry => ({
    kind: 'subject',
    key,
    issuedBeforeS,
    lapsesAtMs: target().clock.now() + DAY_MS,
    ...differing,
  });
  /** Returns a function that reads all later changes in another process. */
  async function watch() {
    let version = 0;
    for (let isMore = true; isMore; )
      ({ version, isMore } = await target().other.denyEntries.readAfter(version));
    return async () => (await target().other.denyEntries.readAfter(version)).entries;
  }

  describe('the deny list', () => {
    it('returns to another process exactly the changes since its last read', async () => {
      const { store } = target();
      await store.denyEntries.add(entry('auth0|before', 100));
      const changes = await watch();
      expect(await changes()).toEqual([]);
      await store.denyEntries.add(entry('auth0|a b', 100, { kind: 'block' }));
      expect(await changes()).toEqual([
        expect.objectContaining({ kind: 'block', key: 'auth0|a b', issuedBeforeS: 100 }),
      ]);
    });

    it('keeps the later of two times', async () => {
      const { store } = target();
      const changes = await watch();
      for (const time of [200, 300, 250]) await store.denyEntries.add(entry('auth0|later', time));
      expect((await changes()).map(({ issuedBeforeS }) => issuedBeforeS)).toEqual([300]);
    });

    it('returns a removal, and an entry that is added again after it', async () => {
      const { store } = target();
      const removed = { kind: 'subject', key: 'auth0|removed' } as const;
      await store.denyEntries.add(entry(removed.key, 200));
      const changes = await watch();
      await store.denyEntries.remove([removed]);
      expect((await changes()).map(({ issuedBeforeS }) => issuedBeforeS)).toEqual([0]);
      await store.denyEntries.add(entry(removed.key, 100));
      expect((await changes()).map(({ issuedBeforeS }) => issuedBeforeS)).toEqual([100]);
    });

    it('restores only unknown entries: neither removed ones nor earlier times', async () => {
      const { store } = target();
      const removed = entry('auth0|lifted', 300, { kind: 'block' });
      await store.denyEntries.add(removed);
      await store.denyEntries.remove([removed]);
      await store.denyEntries.add(entry('auth0|known', 100));
      const changes = await watch();
      await store.denyEntries.restore([removed, entry('auth0|known', 50), entry('auth0|lost', 70)]);
      expect((await changes()).map(({ key, issuedBeforeS }) => [key, issuedBeforeS])).toEqual([
        ['auth0|lost', 70],
      ]);
    });

    it('returns a long list in pages, each entry once and the newest last', async () => {
      const { store } = target();
      let version = 0;
      for (let isMore = true; isMore; ) ({ version, isMore } = await store.denyEntries.readAfter(version));
      const keys = Array.from({ length: 2 * DENY_PAGE + 1 }, (_, i) => `auth0|page ${i}`);
      await store.denyEntries.restore(keys.map((key) => entry(key, 100)));
      const pages: string[][] = [];
      for (let isMore = true; isMore; ) {
        const page = await store.denyEntries.readAfter(version);
        ({ version, isMore } = page);
        pages.push(page.entries.map(({ key }) => key));
      }
      expect(pages.map(({ length }) => length)).toEqual([DENY_PAGE, DENY_PAGE, 1]);
      expect(pages.flat()).toEqual(keys);
      expect(await store.denyEntries.readAfter(version)).toMatchObject({ entries: [], isMore: false });
      await store.denyEntries.remove(keys.map((key) => ({ kind: 'subject', key })));
      expect((await store.denyEntries.readAfter(version)).entries[0]).toMatchObject({ issuedBeforeS: 0 });
    });

    it('omits expired entries', async () => {
      const { store, clock } = target();
      const changes = await watch();
      await store.denyEntries.add(entry('auth0|short', 100, { lapsesAtMs: clock.now() + 1000 }));
      expect(await changes()).toHaveLength(1);
      clock.offsetS += 2;
      expect(await changes()).toEqual([]);
    });

    it('loses none of many that are added at once', async () => {
      const { store, other } = target();
      const changes = await watch();
      await Promise.all(
        Array.from({ length: 50 }, (_, i) =>
          (i % 2 === 0 ? store : other).denyEntries.add(entry(`auth0|parallel ${i}`, 100 + i)),
        ),
      );
      expect(new Set((await changes()).map(({ key }) => key)).size).toBe(50);
    });
  });

  it('a text is read by another process as it was last written', async () => {
    const { store, other } = target();
    expect(await other.texts.read('unknown')).toBeUndefined();
    for (const text of ['first', '']) await store.texts.write('some text', text);
    expect(await other.texts.read('some text')).toBe('');
  });

  it('all sessions are read page by page', async () => {
    const { store, clock } = target();
    const ids = Array.from({ length: 250 }, (_, i) => `paged ${i}`);
    for (const id of ids) await store.sessions.insert(toRecord(clock, id));
    const found = new Set<string>();
    let cursor: string | undefined;
    do {
      const page = await store.sessions.page(cursor);
      for (const { id } of page.records) found.add(id);
      cursor = page.next;
    } while (cursor !== undefined);
    expect(ids.filter((id) => !found.has(id))).toEqual([]);
  });
}

import type { Keys, Store } from './store.ts';

interface Entry {
  readonly seq: number;
  readonly body: string;
  readonly keys: Keys;
  readonly expiresMs: number | undefined;
}

interface Shelf {
  readonly entries: Map<string, Entry>;
  /** `key\0value` → ids. */
  readonly index: Map<string, Set<string>>;
}

const indexed = (keys: Keys): string[] => Object.entries(keys).map(([key, value]) => `${key}\0${value}`);
const inOrder = (entries: readonly Entry[]): string[] =>
  entries.toSorted((a, b) => a.seq - b.seq).map((entry) => entry.body);

/** A store without persistence. */
export function createMemoryStore(): Store {
  const shelves = new Map<string, Shelf>();
  /** The undo steps of the open transaction; undefined outside of a transaction. */
  let undo: (() => void)[] | undefined;
  let lastSeq = 0;

  function shelfOf(kind: string): Shelf {
    let shelf = shelves.get(kind);
    if (!shelf) {
      shelf = { entries: new Map(), index: new Map() };
      shelves.set(kind, shelf);
    }
    return shelf;
  }

  /** The only function that changes the store: sets an entry or, without one, deletes it. */
  function change(kind: string, id: string, entry: Entry | undefined): void {
    const { entries, index } = shelfOf(kind);
    const before = entries.get(id);
    for (const name of before ? indexed(before.keys) : []) {
      const ids = index.get(name);
      ids?.delete(id);
      if (ids?.size === 0) index.delete(name);
    }
    for (const name of entry ? indexed(entry.keys) : []) {
      const ids = index.get(name);
      if (ids) ids.add(id);
      else index.set(name, new Set([id]));
    }
    if (entry) entries.set(id, entry);
    else entries.delete(id);
    undo?.push(() => change(kind, id, before));
  }

  const store: Store = {
    get: (kind, id) => shelfOf(kind).entries.get(id)?.body,
    put(kind, id, body, keys, expiresMs) {
      const seq = shelfOf(kind).entries.get(id)?.seq ?? ++lastSeq;
      change(kind, id, { seq, body, keys: keys ?? {}, expiresMs });
    },
    remove(kind, id) {
      if (!shelfOf(kind).entries.has(id)) return false;
      change(kind, id, undefined);
      return true;
    },
    find(kind, key, value) {
      const { entries, index } = shelfOf(kind);
      return inOrder([...(index.get(`${key}\0${value}`) ?? [])].flatMap((id) => entries.get(id) ?? []));
    },
    list: (kind) => inOrder([...shelfOf(kind).entries.values()]),
    trim(kind, keep) {
      const bySeq = [...shelfOf(kind).entries].toSorted(([, a], [, b]) => a.seq - b.seq);
      for (const [id] of bySeq.slice(0, Math.max(0, bySeq.length - keep))) change(kind, id, undefined);
    },
    sweep(nowMs) {
      for (const [kind, { entries }] of shelves) {
        for (const [id, entry] of entries) {
          if (entry.expiresMs !== undefined && entry.expiresMs < nowMs) change(kind, id, undefined);
        }
      }
    },
    transaction(work) {
      if (undo) return work();
      undo = [];
      try {
        return work();
      } catch (error) {
        const steps = undo.toReversed();
        undo = undefined;
        for (const step of steps) step();
        throw error;
      } finally {
        undo = undefined;
      }
    },
    close: () => shelves.clear(),
  };
  return store;
}

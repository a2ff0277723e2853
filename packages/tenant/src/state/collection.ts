import type { Keys, Store } from './store.ts';

/** How documents of one kind are kept. */
export interface Kind<T, K extends string> {
  /** Its name in the store. Never renamed: files written earlier use it. */
  readonly name: string;
  readonly id: (document: T) => string;
  /** The keys it can be found by; those undefined are left out. */
  readonly keys?: (document: T) => Readonly<Record<K, string | undefined>>;
  /** When it may be forgotten, milliseconds since the epoch. */
  readonly expiresMs?: (document: T) => number | undefined;
}

/** The documents of one kind. What is handed out is a copy: a change counts when it is put back. */
export interface Collection<T, K extends string = never> {
  get(id: string): T | undefined;
  /** Adds it, or replaces the one of that id. */
  put(document: T): void;
  /** Whether there was one. */
  remove(id: string): boolean;
  find(key: K, value: string): T[];
  list(): T[];
  trim(keep: number): void;
}

const present = (keys: Readonly<Record<string, string | undefined>>): Keys =>
  Object.fromEntries(
    Object.entries(keys).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );

export function createCollection<T, K extends string = never>(
  store: Store,
  kind: Kind<T, K>,
): Collection<T, K> {
  // Only this collection writes under its kind's name, so what it parses is what it once serialised.
  const parse = (body: string): T => JSON.parse(body) as T;
  const { name } = kind;
  return {
    get(id) {
      const body = store.get(name, id);
      return body === undefined ? undefined : parse(body);
    },
    put(document) {
      const keys = kind.keys && present(kind.keys(document));
      store.put(name, kind.id(document), JSON.stringify(document), keys, kind.expiresMs?.(document));
    },
    remove: (id) => store.remove(name, id),
    find: (key, value) => store.find(name, key, value).map(parse),
    list: () => store.list(name).map(parse),
    trim: (keep) => store.trim(name, keep),
  };
}

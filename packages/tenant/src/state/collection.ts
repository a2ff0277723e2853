import type { Keys, Store } from './store.ts';

/** How a kind of document is stored. */
export interface Kind<T, K extends string> {
  /** Its name in the store. Never renamed: files written earlier use it. */
  readonly name: string;
  readonly id: (document: T) => string;
  /** The keys it can be found by; undefined ones are not indexed. */
  readonly keys?: (document: T) => Readonly<Record<K, string | undefined>>;
  /** When it may be removed, in milliseconds since the epoch. */
  readonly expiresMs?: (document: T) => number | undefined;
}

/** The documents of one kind. It returns copies: call `put` to store a change. */
export interface Collection<T, K extends string = never> {
  get(id: string): T | undefined;
  /** Adds a document, or replaces the one with its id. */
  put(document: T): void;
  /** Returns whether it existed. */
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
  // Only this collection writes its kind, so it parses what it has serialized.
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

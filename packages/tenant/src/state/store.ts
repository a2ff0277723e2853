/** The names that a document can be found by, besides its id: key name → value. */
export type Keys = Readonly<Record<string, string>>;

/**
 * The tenant's documents: JSON texts by kind and id, in insertion order. Every call is synchronous, so that a read and
 * the write that depends on it cannot interleave with other requests.
 */
export interface Store {
  get(kind: string, id: string): string | undefined;
  /**
   * Adds or replaces a document. Either all documents of a kind have `keys` or none has. `sweep` may remove it after
   * `expiresMs`; it stays readable until then.
   */
  put(kind: string, id: string, body: string, keys: Keys | undefined, expiresMs?: number): void;
  /** Returns whether it existed. */
  remove(kind: string, id: string): boolean;
  find(kind: string, key: string, value: string): string[];
  list(kind: string): string[];
  /** Deletes the oldest documents of a kind, except for the newest `keep`. */
  trim(kind: string, keep: number): void;
  /** Deletes documents that expired before `nowMs`. */
  sweep(nowMs: number): void;
  /** Runs `work` in a transaction and rolls it back when `work` throws. Can be nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

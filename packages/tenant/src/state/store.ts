/** Names a document can be found by, besides its id: name of the key → value. */
export type Keys = Readonly<Record<string, string>>;

/**
 * Where the tenant keeps its documents: JSON texts by kind and id, in the order they were first put.
 * Every call is synchronous, so that looking and changing can be one step that nothing comes between.
 */
export interface Store {
  get(kind: string, id: string): string | undefined;
  /**
   * Adds or replaces. Of one kind either all documents have `keys` or none has. `expiresMs` is when `sweep` may take
   * it away; it stays readable until then.
   */
  put(kind: string, id: string, body: string, keys: Keys | undefined, expiresMs?: number): void;
  /** Whether there was one. */
  remove(kind: string, id: string): boolean;
  find(kind: string, key: string, value: string): string[];
  list(kind: string): string[];
  /** Forgets the oldest of a kind beyond the newest `keep`. */
  trim(kind: string, keep: number): void;
  /** Forgets what expired before `nowMs`. */
  sweep(nowMs: number): void;
  /** All of `work` or, when it throws, nothing of it. May be nested. */
  transaction<T>(work: () => T): T;
  close(): void;
}

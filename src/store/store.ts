import type { RateLimiterAbstract } from 'rate-limiter-flexible';

/** A result of a store: synchronous with SQLite, so that the hot path needs no promise. */
export type Maybe<T> = T | Promise<T>;

/** Session metadata, enough for a request whose session is cached. */
export interface SessionMetadata {
  /** Rises with each save. */
  readonly version: number;
  readonly lastSeenAtMs: number;
  readonly idleEndsAtMs: number;
  readonly endsAtMs: number;
}

/** The record of a session: two sealed parts, and keyed hashes that find it without its cookie. */
export interface SessionRecord extends SessionMetadata {
  readonly id: string;
  readonly createdAtMs: number;
  readonly subjectKey: string;
  /** The key of the tenant's `sid`, if there is one. */
  readonly sidKey: string | undefined;
  readonly tokens: string;
  readonly meta: string;
}

/** The limit of sessions of one user. */
export interface SessionCap {
  /** All subject keys that records of this user may have. */
  readonly subjectKeys: readonly string[];
  /** The new session included. */
  readonly max: number;
  /** A session that is about to end: it is not counted. */
  readonly replacedId?: string | undefined;
}

export interface SessionStore {
  /** Returns the sessions that were ended because of the limit: the oldest ones, also with concurrent calls. */
  insert(record: SessionRecord, cap?: SessionCap): Promise<readonly SessionRecord[]>;
  /** Undefined: ended, expired, or unknown. */
  readMetadata(id: string): Maybe<SessionMetadata | undefined>;
  read(id: string): Maybe<SessionRecord | undefined>;
  /**
   * Compare-and-swap: false if the session has ended or has another version. The new version is `version + 1`. Keys
   * that are given are those to find it by from now on.
   */
  save(
    id: string,
    version: number,
    parts: Pick<SessionRecord, 'tokens' | 'meta'> & Partial<Pick<SessionRecord, 'subjectKey' | 'sidKey'>>,
  ): Promise<boolean>;
  /** The rolling write: false if the session has ended. Keeps the version. */
  touch(id: string, lastSeenAtMs: number, idleEndsAtMs: number): Promise<boolean>;
  /** Ends a session and returns its record; undefined if it has ended already. */
  remove(id: string): Promise<SessionRecord | undefined>;
  listBySubject(subjectKey: string): Promise<readonly SessionRecord[]>;
  /** Ends all sessions of a user except one; returns their records. */
  removeBySubject(subjectKey: string, exceptId?: string): Promise<readonly SessionRecord[]>;
  /** Ends the sessions of one tenant session; returns their records. */
  removeBySid(sidKey: string): Promise<readonly SessionRecord[]>;
  /**
   * A page of all sessions, with at least one if any remains. Start without a cursor and continue with `next` until there is none. A
   * session can be returned twice. One that exists during the whole iteration is never omitted.
   */
  page(cursor: string | undefined): Promise<SessionPage>;
  /** The approximate number of sessions, for the metrics. */
  count(): Maybe<number>;
}

export interface SessionPage {
  readonly records: readonly SessionRecord[];
  readonly next: string | undefined;
}

/** Locks shared by all replicas. */
export interface Locks {
  /** Whether `owner` holds the lock now; it expires after `ttlMs`. */
  acquire(name: string, owner: string, ttlMs: number): Promise<boolean>;
  /** Does nothing if the owner no longer holds the lock. */
  release(name: string, owner: string): Promise<void>;
}

/**
 * Names that are stored for a time: for events that may happen once (logout tokens, login transactions), and recent ones.
 */
export interface ReplayStore {
  /** True for the first caller with this name within `ttlMs`. */
  consumeOnce(name: string, ttlMs: number): Promise<boolean>;
  /** Remembers a name for `ttlMs` from now, known or not. */
  remember(name: string, ttlMs: number): Promise<void>;
  isRemembered(name: string): Promise<boolean>;
}

/** The kind of an entry of the deny list; see `revocation/deny-list.ts`. */
export type DenyKind = 'block' | 'subject' | 'permission' | 'client' | 'machine' | 'all';

/** Tokens of a subject or client that were issued before a time are no longer accepted. */
export interface DenyEntry {
  readonly kind: DenyKind;
  /** A `sub` or a client id; empty for all. */
  readonly key: string;
  /** Seconds since the epoch; 0 for a removed entry. */
  readonly issuedBeforeS: number;
  /** When the last token that it can concern has expired. */
  readonly lapsesAtMs: number;
}

/** The deny list of all replicas. Each change has a number; a replica reads the changes after its latest one. */
export interface DenyEntries {
  /** Adds an entry; of two with the same kind and key, the later time applies. */
  add(entry: DenyEntry): Promise<void>;
  /** Adds entries if the store has none of their kind and key, not even a removed one. */
  restore(entries: readonly DenyEntry[]): Promise<void>;
  /** Removes entries. Replicas see each as one with `issuedBeforeS` 0. */
  remove(entries: readonly Pick<DenyEntry, 'kind' | 'key'>[]): Promise<void>;
  /**
   * The entries that changed after a number, 0 for all, the oldest change first, and the number to go on from: of the latest change,
   * or where `isMore` of the last one of a page. `isEmptied`: the store has lost what it had at that number.
   */
  readAfter(version: number): Promise<{
    readonly version: number;
    readonly entries: readonly DenyEntry[];
    readonly isEmptied: boolean;
    readonly isMore: boolean;
  }>;
}

/** Entries per page of the deny list, so that a full list does not block the store or this process. */
export const DENY_PAGE = 2_000;

/** Texts by name, shared by all replicas. */
export interface Texts {
  read(name: string): Promise<string | undefined>;
  write(name: string, text: string): Promise<void>;
}

/** At most `count` points in a window of `windowS` seconds. */
export interface LimiterRate {
  readonly count: number;
  readonly windowS: number;
}

/** State beyond a request or a process. In an outage, all but the limiters throw GatewayError `store_unavailable` within a second. */
export interface Store {
  readonly sessions: SessionStore;
  readonly locks: Locks;
  readonly replayStore: ReplayStore;
  readonly denyEntries: DenyEntries;
  readonly texts: Texts;
  /**
   * A counter by key. Points beyond the rate are refused and not counted; points given back never leave less than none. In
   * an outage it counts on in this process, from nothing.
   */
  readonly makeLimiter: (name: string, rate: LimiterRate) => RateLimiterAbstract;
  /** Throws if the store does not respond. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

import type { RateLimiterAbstract } from 'rate-limiter-flexible';

/** What an engine answers: at once where it can (SQLite), so that the hot path needs no promise. */
export type Maybe<T> = T | Promise<T>;

/** What a request needs to know of a session that it has seen before. */
export interface SessionMetadata {
  /** Rises with each save. */
  readonly version: number;
  readonly lastSeenAtMs: number;
  readonly idleEndsAtMs: number;
  readonly endsAtMs: number;
}

/** A session as it is kept: two sealed parts, and keyed hashes to find it without its cookie. */
export interface SessionRecord extends SessionMetadata {
  readonly id: string;
  readonly createdAtMs: number;
  readonly subjectKey: string;
  /** Of the tenant's `sid`, where there is one. */
  readonly sidKey: string | undefined;
  readonly tokens: string;
  readonly meta: string;
}

/** How many sessions of one user there may be. */
export interface SessionCap {
  /** Every key that records of this user may have. */
  readonly subjectKeys: readonly string[];
  /** With the new one. */
  readonly max: number;
  /** A session that is about to end anyway: it does not count. */
  readonly replacedId?: string | undefined;
}

export interface SessionStore {
  /** Returns what was ended for it, beyond the cap: the oldest, however many are put in at once. */
  insert(record: SessionRecord, cap?: SessionCap): Promise<readonly SessionRecord[]>;
  /** Undefined: ended, lapsed, or never there. */
  readMetadata(id: string): Maybe<SessionMetadata | undefined>;
  read(id: string): Maybe<SessionRecord | undefined>;
  /**
   * Compare-and-swap: false where the session has ended or its version has moved on. The new version is `version + 1`. Keys
   * that are given are those to find it by from now on.
   */
  save(
    id: string,
    version: number,
    parts: Pick<SessionRecord, 'tokens' | 'meta'> & Partial<Pick<SessionRecord, 'subjectKey' | 'sidKey'>>,
  ): Promise<boolean>;
  /** The rolling write, an update only: false where the session has ended. Leaves the version. */
  touch(id: string, lastSeenAtMs: number, idleEndsAtMs: number): Promise<boolean>;
  /** Ends a session and returns what it was; undefined where it had ended. */
  remove(id: string): Promise<SessionRecord | undefined>;
  listBySubject(subjectKey: string): Promise<readonly SessionRecord[]>;
  /** Ends all sessions of a user, but for one; returns what was ended. */
  removeBySubject(subjectKey: string, exceptId?: string): Promise<readonly SessionRecord[]>;
  /** Ends what hangs on one session at the tenant; returns what was ended. */
  removeBySid(sidKey: string): Promise<readonly SessionRecord[]>;
  /** About how many there are, for the metrics. */
  count(): Maybe<number>;
}

/** Locks over all replicas. */
export interface Locks {
  /** Whether `owner` holds the lock now; it ends by itself after `ttlMs`. */
  acquire(name: string, owner: string, ttlMs: number): Promise<boolean>;
  /** Does nothing where the lock is not the owner's any more. */
  release(name: string, owner: string): Promise<void>;
}

/** Names remembered for a while: what may happen once (logout tokens, login transactions), what was seen lately. */
export interface ReplayStore {
  /** True for the first caller with this name within `ttlMs`. */
  consumeOnce(name: string, ttlMs: number): Promise<boolean>;
  /** Remembers a name for `ttlMs` from now, known or not. */
  remember(name: string, ttlMs: number): Promise<void>;
  isRemembered(name: string): Promise<boolean>;
}

/** So many points in so many seconds. */
export interface LimiterRate {
  readonly count: number;
  readonly windowS: number;
}

/** What outlives a request or a process. All but the limiters throws GatewayError `store_unavailable` within a second of an outage. */
export interface Store {
  readonly sessions: SessionStore;
  readonly locks: Locks;
  readonly replayStore: ReplayStore;
  /**
   * A counter by key. Points beyond the rate are refused and not counted; points given back never leave less than none. In
   * an outage it counts on in this process, from nothing.
   */
  readonly makeLimiter: (name: string, rate: LimiterRate) => RateLimiterAbstract;
  /** Throws where the store does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

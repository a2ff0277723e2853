import { randomUUID } from 'node:crypto';
import type { Caller } from '../http/route.ts';
import type { Clock } from '../lib/clock.ts';
import type { DenyEntries, DenyEntry, DenyKind, Locks } from '../store/store.ts';
import { MANY_ENTRIES, MAX_ENTRIES, planCompaction } from './compaction.ts';

/** The longest life of a token that is accepted, and the clock skew that is allowed. */
const LONGEST_TOKEN_MS = (30 * 24 * 3600 + 120) * 1000;
const READ_EVERY_MS = 500;
/** Later than any token was issued: the end of the year 9999. */
const FOREVER_S = 253_402_300_799;
const COMPACTION_LOCK = 'deny-list';
const COMPACTION_TTL_MS = 10_000;

/** A verified token, as far as the deny list asks. */
export interface IssuedToken {
  readonly subject: string;
  readonly clientId: string | undefined;
  /** Seconds since the epoch. */
  readonly issuedAtS: number;
}

/** Which tokens are no longer accepted, in the memory of this process; see `docs/ARCHITECTURE.md`. */
export interface DenyList {
  /** Whether a token is denied; `isFresh` for rows whose guard says `fresh_permissions: true`. At most four map look-ups. */
  readonly isDenied: (token: IssuedToken, isFresh: boolean) => boolean;
  /** From when on, in seconds, an access token of a session must have been issued; it is renewed otherwise. */
  readonly renewedFromS: (subject: string) => number;
  /** The earliest issue time, in seconds, of a usable cached token of a machine client; an older one is replaced. */
  readonly machineTokensFromS: (clientId: string) => number;
  /** Denies all tokens of a user until `allowSubject`. @throws GatewayError `store_unavailable`, as all that write */
  readonly denySubject: (sub: string) => Promise<void>;
  readonly allowSubject: (sub: string) => Promise<void>;
  /** Denies the tokens of a user that were issued before the second of `atMs`. */
  readonly denyIssuedBefore: (sub: string, atMs: number) => Promise<void>;
  /** Denies tokens that were issued to a client before the second of `atMs`, and drops its cached ones. */
  readonly denyClientBefore: (clientId: string, atMs: number) => Promise<void>;
  /** Drops the cached tokens of all machine clients. */
  readonly dropMachineTokens: (atMs: number) => Promise<void>;
  /** Denies a user's tokens on rows with fresh permissions, and renews those of sessions. Without `sub`: of all users. */
  readonly renewPermissions: (sub: string | undefined, atMs: number) => Promise<void>;
  /**
   * Whether the token of a caller is denied now, by its claims; `isFresh` as for `isDenied`. For a session, which renews its
   * access tokens, only fresh permissions are checked.
   */
  readonly isRevoked: (caller: Caller, isFresh: boolean) => boolean;
  readonly size: () => number;
  /** Whether the store was read since the start. */
  readonly isLoaded: () => boolean;
  readonly close: () => void;
}

export interface DenyListOptions {
  readonly entries: DenyEntries;
  readonly locks: Locks;
  readonly clock: Clock;
  /** Called once each time that the number of entries reaches 80,000. */
  readonly onMany: (size: number) => void;
  /** Called with each failure to read the store. */
  readonly onFailed: (error: unknown) => void;
  readonly maxEntries?: number;
}

const toSecond = (ms: number): number => Math.floor(ms / 1000);

/**
 * Mirrors the deny list of the store, read twice a second for what has changed. An outage of the store changes nothing: what was read
 * still holds.
 */
export function createDenyList(options: DenyListOptions): DenyList {
  const { entries: store, locks, clock, onMany, onFailed, maxEntries = MAX_ENTRIES } = options;
  const maps: Readonly<Record<DenyKind, Map<string, DenyEntry>>> = {
    block: new Map(),
    subject: new Map(),
    permission: new Map(),
    client: new Map(),
    machine: new Map(),
    all: new Map(),
  };
  let cutoffS = 0;
  let permissionCutoffS = 0;
  let version = 0;
  /** The entries that the store must get back. */
  let lost: readonly DenyEntry[] = [];
  let isLoaded = false;
  let isMany = false;
  let reading: Promise<void> | undefined;
  const owner = randomUUID();

  const sizeNow = (): number => Object.values(maps).reduce((sum, { size }) => sum + size, 0);
  const beforeS = (kind: DenyKind, key: string): number => maps[kind].get(key)?.issuedBeforeS ?? 0;

  function hold(entry: DenyEntry): void {
    if (entry.issuedBeforeS === 0) maps[entry.kind].delete(entry.key);
    else maps[entry.kind].set(entry.key, entry);
  }

  function settle(): void {
    cutoffS = beforeS('all', '');
    permissionCutoffS = beforeS('permission', '');
    const isManyNow = sizeNow() >= MANY_ENTRIES;
    if (isManyNow && !isMany) onMany(sizeNow());
    isMany = isManyNow;
  }

  function forgetLapsed(): void {
    const now = clock.now();
    for (const map of Object.values(maps))
      for (const [key, { lapsesAtMs }] of map) if (lapsesAtMs <= now) map.delete(key);
  }

  async function read(): Promise<void> {
    let found = await store.readAfter(version);
    // An emptied store, or one that was replaced by an older copy, gets its lost entries back.
    if (found.isEmptied) lost = Object.values(maps).flatMap((map) => [...map.values()]);
    for (;;) {
      for (const entry of found.entries) hold(entry);
      version = found.version;
      if (found.entries.length > 0) settle();
      if (!found.isMore) break;
      found = await store.readAfter(version);
    }
    if (lost.length > 0) await store.restore(lost);
    lost = [];
    isLoaded = true;
  }

  /** One read at a time; a caller that needs its own write seen waits for a read that begins after it. */
  function readOnce(): Promise<void> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function readNow(): Promise<void> {
    await reading?.catch(() => undefined);
    await readOnce();
  }

  /** One replica at a time compacts a full list. */
  async function compact(): Promise<void> {
    const all = Object.values(maps).flatMap((map) => [...map.values()]);
    const plan = planCompaction(all, maxEntries);
    if (!plan || !(await locks.acquire(COMPACTION_LOCK, owner, COMPACTION_TTL_MS))) return;
    // The cut-off first: at no time is less denied than before.
    if (plan.cutoffS > 0) await store.add(toEntry('all', '', plan.cutoffS));
    await store.remove(plan.dropped);
    await locks.release(COMPACTION_LOCK, owner);
    await readNow();
  }

  function toEntry(kind: DenyKind, key: string, issuedBeforeS: number): DenyEntry {
    const issuedMs = Math.min(issuedBeforeS * 1000, clock.now());
    return { kind, key, issuedBeforeS, lapsesAtMs: issuedMs + LONGEST_TOKEN_MS };
  }

  async function add(kind: DenyKind, key: string, issuedBeforeS: number): Promise<void> {
    await store.add(toEntry(kind, key, issuedBeforeS));
    await readNow();
    if (sizeNow() > maxEntries) await compact();
  }

  let reads = 0;
  const timer = setInterval(() => {
    if (++reads % 120 === 0) forgetLapsed();
    if (!reading) readOnce().catch(onFailed);
  }, READ_EVERY_MS).unref();
  readOnce().catch(onFailed);

  const renewedFromS = (subject: string): number =>
    Math.max(permissionCutoffS, beforeS('permission', subject));

  function isDenied({ subject, clientId, issuedAtS }: IssuedToken, isFresh: boolean): boolean {
    if (issuedAtS < cutoffS) return true;
    if (maps.block.has(subject) || issuedAtS < beforeS('subject', subject)) return true;
    if (clientId !== undefined && issuedAtS < beforeS('client', clientId)) return true;
    return isFresh && issuedAtS < renewedFromS(subject);
  }

  return {
    isDenied,
    isRevoked({ kind, subject, clientId, claims: { iat } }, isFresh) {
      if (typeof iat !== 'number') return false;
      if (kind === 'session') return isFresh && iat < renewedFromS(subject);
      return isDenied({ subject, clientId, issuedAtS: iat }, isFresh);
    },
    renewedFromS,
    // One that was cached in the second of the change may be from before it.
    machineTokensFromS: (clientId) => Math.max(beforeS('machine', ''), beforeS('client', clientId)) + 1,
    denySubject: (sub) => add('block', sub, FOREVER_S),
    async allowSubject(sub) {
      // An emptied store gets the block back first, because only existing entries can be removed.
      await readNow();
      await store.remove([{ kind: 'block', key: sub }]);
      await readNow();
    },
    denyIssuedBefore: (sub, atMs) => add('subject', sub, toSecond(atMs)),
    denyClientBefore: (clientId, atMs) => add('client', clientId, toSecond(atMs)),
    dropMachineTokens: (atMs) => add('machine', '', toSecond(atMs)),
    // A token issued in the second of the change may be older than the change.
    renewPermissions: (sub, atMs) => add('permission', sub ?? '', toSecond(atMs) + 1),
    size: sizeNow,
    isLoaded: () => isLoaded,
    close: () => clearInterval(timer),
  };
}

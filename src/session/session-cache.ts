import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { Maybe, SessionMetadata, SessionRecord, SessionStore } from '../store/store.ts';
import type { OpenedParts, SessionSeals } from './session-seals.ts';
import type { Ticket } from './ticket.ts';

const KEPT = 5_000;
const ROLL_EVERY_MS = 60_000;

/** A record opened with its ticket. */
export interface OpenedSession extends OpenedParts {
  readonly version: number;
  readonly createdAtMs: number;
}

/** A live session and its ticket. */
export interface CachedSession {
  readonly ticket: Ticket;
  readonly opened: OpenedSession;
  readonly metadata: SessionMetadata;
}

export interface SessionCache {
  /**
   * The session of a ticket; the metadata come from the store, the opened parts from memory. Synchronous if the store is.
   */
  find(ticket: Ticket): Maybe<CachedSession | undefined>;
  /** Reads the whole record from the store. */
  reload(ticket: Ticket): Promise<CachedSession | undefined>;
  /** The session as last read by this process; it may have ended since. */
  recall(ticket: Ticket): OpenedSession | undefined;
  remember(ticket: Ticket, opened: OpenedSession): void;
  forget(ticket: Ticket): void;
  /**
   * Records the use of the session in the background, at most once a minute; reseals a record that is under an old secret.
   */
  roll(session: CachedSession): void;
}

export interface SessionCacheOptions {
  readonly store: SessionStore;
  readonly seals: SessionSeals;
  readonly clock: Clock;
  readonly idleMs: number;
  /** Called if a rolling write failed. */
  readonly onRollFailed: (error: unknown) => void;
}

/** Caches opened records by ticket digest and version. */
export function createSessionCache(options: SessionCacheOptions): SessionCache {
  const { store, seals, clock, idleMs, onRollFailed } = options;
  const memory = new RecentMap<string, OpenedSession>(KEPT);
  const rolling = new Set<string>();
  // A short idle timeout needs more frequent writes, or it would end a session in use.
  const rollEveryMs = Math.min(ROLL_EVERY_MS, idleMs / 4);

  const isOver = ({ idleEndsAtMs, endsAtMs }: SessionMetadata): boolean =>
    Math.min(idleEndsAtMs, endsAtMs) <= clock.now();

  function open(ticket: Ticket, record: SessionRecord | undefined): CachedSession | undefined {
    const parts = record && !isOver(record) ? seals.open(record, ticket) : undefined;
    if (!record || !parts) {
      memory.delete(ticket.digest);
      return undefined;
    }
    const { version, createdAtMs } = record;
    const opened = { ...parts, version, createdAtMs };
    memory.set(ticket.digest, opened);
    return { ticket, opened, metadata: record };
  }

  function read(ticket: Ticket): Maybe<CachedSession | undefined> {
    const record = store.read(ticket.id);
    return record instanceof Promise ? record.then((found) => open(ticket, found)) : open(ticket, record);
  }

  /** Saves again what a failover of the store has lost: the newest refresh token is the only good one. */
  async function saveAgain(
    ticket: Ticket,
    opened: OpenedSession,
    metadata: SessionMetadata,
  ): Promise<CachedSession | undefined> {
    const parts = seals.seal(ticket, opened.meta, opened.tokens);
    if (!(await store.save(ticket.id, metadata.version, parts))) return read(ticket);
    const saved = { ...opened, version: metadata.version + 1, isCurrent: true };
    memory.set(ticket.digest, saved);
    return { ticket, opened: saved, metadata: { ...metadata, version: saved.version } };
  }

  function meet(ticket: Ticket, metadata: SessionMetadata | undefined): Maybe<CachedSession | undefined> {
    if (!metadata || isOver(metadata)) {
      memory.delete(ticket.digest);
      return undefined;
    }
    const opened = memory.get(ticket.digest);
    if (!opened || opened.version < metadata.version) return read(ticket);
    if (opened.version === metadata.version) return { ticket, opened, metadata };
    return saveAgain(ticket, opened, metadata);
  }

  async function write({ ticket, opened, metadata }: CachedSession, nowMs: number): Promise<void> {
    if (!opened.isCurrent) {
      const parts = seals.seal(ticket, opened.meta, opened.tokens);
      if (await store.save(ticket.id, opened.version, parts))
        memory.set(ticket.digest, { ...opened, version: opened.version + 1, isCurrent: true });
    }
    await store.touch(ticket.id, nowMs, Math.min(nowMs + idleMs, metadata.endsAtMs));
  }

  return {
    find(ticket) {
      if (!memory.get(ticket.digest)) return read(ticket);
      const metadata = store.readMetadata(ticket.id);
      return metadata instanceof Promise
        ? metadata.then((found) => meet(ticket, found))
        : meet(ticket, metadata);
    },
    reload: async (ticket) => read(ticket),
    recall: ({ digest }) => memory.get(digest),
    remember: ({ digest }, opened) => memory.set(digest, opened),
    forget: ({ digest }) => memory.delete(digest),
    roll(session) {
      const { id } = session.ticket;
      const nowMs = clock.now();
      if (nowMs - session.metadata.lastSeenAtMs < rollEveryMs || rolling.has(id)) return;
      rolling.add(id);
      // Runs after the response, so that no caller waits for it.
      setImmediate(() => {
        void write(session, nowMs)
          .catch(onRollFailed)
          .finally(() => rolling.delete(id));
      });
    },
  };
}

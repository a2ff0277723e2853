import type { Clock } from '../lib/clock.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { Maybe, SessionHead, SessionRecord, SessionStore } from '../store/store.ts';
import type { OpenedParts, SessionSeals } from './session-seals.ts';
import type { Ticket } from './ticket.ts';

const KEPT = 5_000;
const ROLL_EVERY_MS = 60_000;

/** A record that its ticket has opened. */
export interface OpenedSession extends OpenedParts {
  readonly version: number;
  readonly createdAtMs: number;
}

/** A session that lives, and its ticket. */
export interface LiveSession {
  readonly ticket: Ticket;
  readonly opened: OpenedSession;
  readonly head: SessionHead;
}

export interface LiveSessions {
  /** The session that a ticket opens: at once where the store answers so; from memory but for its head. */
  find(ticket: Ticket): Maybe<LiveSession | undefined>;
  /** The same, read whole. */
  reload(ticket: Ticket): Promise<LiveSession | undefined>;
  /** What this process last knew of a session, which may have ended since. */
  recall(ticket: Ticket): OpenedSession | undefined;
  remember(ticket: Ticket, opened: OpenedSession): void;
  forget(ticket: Ticket): void;
  /** Notes in the background that the session is in use, at most once a minute; reseals what is under an old secret. */
  roll(live: LiveSession): void;
}

export interface LiveSessionOptions {
  readonly store: SessionStore;
  readonly seals: SessionSeals;
  readonly clock: Clock;
  readonly idleMs: number;
  /** Told of a rolling write that failed. */
  readonly onRollFailed: (error: unknown) => void;
}

/** Remembers opened records by the digest of their ticket and their version. */
export function createLiveSessions(options: LiveSessionOptions): LiveSessions {
  const { store, seals, clock, idleMs, onRollFailed } = options;
  const memory = new RecentMap<string, OpenedSession>(KEPT);
  const rolling = new Set<string>();
  // A short idle time must be pushed back more often, or it would end a session that is in use.
  const rollEveryMs = Math.min(ROLL_EVERY_MS, idleMs / 4);

  const isOver = ({ idleEndsAtMs, endsAtMs }: SessionHead): boolean =>
    Math.min(idleEndsAtMs, endsAtMs) <= clock.now();

  function open(ticket: Ticket, record: SessionRecord | undefined): LiveSession | undefined {
    const parts = record && !isOver(record) ? seals.open(record, ticket) : undefined;
    if (!record || !parts) {
      memory.delete(ticket.digest);
      return undefined;
    }
    const { version, createdAtMs } = record;
    const opened = { ...parts, version, createdAtMs };
    memory.set(ticket.digest, opened);
    return { ticket, opened, head: record };
  }

  function read(ticket: Ticket): Maybe<LiveSession | undefined> {
    const record = store.read(ticket.id);
    return record instanceof Promise ? record.then((found) => open(ticket, found)) : open(ticket, record);
  }

  function meet(ticket: Ticket, head: SessionHead | undefined): Maybe<LiveSession | undefined> {
    if (!head || isOver(head)) {
      memory.delete(ticket.digest);
      return undefined;
    }
    const opened = memory.get(ticket.digest);
    return opened?.version === head.version ? { ticket, opened, head } : read(ticket);
  }

  async function write({ ticket, opened, head }: LiveSession, nowMs: number): Promise<void> {
    if (!opened.isCurrent) {
      const parts = seals.seal(ticket, opened.meta, opened.tokens);
      if (await store.save(ticket.id, opened.version, parts))
        memory.set(ticket.digest, { ...opened, version: opened.version + 1, isCurrent: true });
    }
    await store.touch(ticket.id, nowMs, Math.min(nowMs + idleMs, head.endsAtMs));
  }

  return {
    find(ticket) {
      if (!memory.get(ticket.digest)) return read(ticket);
      const head = store.readHead(ticket.id);
      return head instanceof Promise ? head.then((found) => meet(ticket, found)) : meet(ticket, head);
    },
    reload: async (ticket) => read(ticket),
    recall: ({ digest }) => memory.get(digest),
    remember: ({ digest }, opened) => memory.set(digest, opened),
    forget: ({ digest }) => memory.delete(digest),
    roll(live) {
      const { id } = live.ticket;
      const nowMs = clock.now();
      if (nowMs - live.head.lastSeenAtMs < rollEveryMs || rolling.has(id)) return;
      rolling.add(id);
      // After the answer: nobody waits for it.
      setImmediate(() => {
        void write(live, nowMs)
          .catch(onRollFailed)
          .finally(() => rolling.delete(id));
      });
    },
  };
}

import type { Caller } from '../http/route.ts';
import type { Clock } from '../lib/clock.ts';
import type { ReplayStore, SessionMetadata } from '../store/store.ts';
import type { CachedSession, SessionCache } from './session-cache.ts';
import { SessionCaller } from './session-caller.ts';
import { toSignedOutMark } from './session-marks.ts';

/** An end is reported within a second, twice this interval. */
const LOOK_EVERY_MS = 500;

/** Why a session has ended: its user signed out or signed in again, it was ended from elsewhere, or it expired. */
export type SessionEnd = 'signed_out' | 'revoked' | 'expired';

export interface SessionWatcher {
  /** Called once. */
  readonly onEnded: (reason: SessionEnd) => void;
  /** Called immediately and after each check, with the session's end times. */
  readonly onSeen?: (times: Pick<SessionMetadata, 'idleEndsAtMs' | 'endsAtMs'>) => void;
}

/** Watches the session of a caller, on whichever replica it ends; the returned function stops watching. */
export type WatchSession = (caller: Caller, watcher: SessionWatcher) => () => void;

export interface WatchSessionDeps {
  readonly cache: Pick<SessionCache, 'find'>;
  readonly replayStore: Pick<ReplayStore, 'isRemembered'>;
  readonly clock: Clock;
}

interface Watched {
  readonly ticket: CachedSession['ticket'];
  readonly watchers: Set<SessionWatcher>;
  /** From the last check. */
  metadata: SessionMetadata;
}

/** Checks the sessions of all open streams twice a second, each session once. An outage of the store ends no session. */
export function createWatchSession({ cache, replayStore, clock }: WatchSessionDeps): WatchSession {
  const watched = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;

  async function toReason({ ticket, metadata }: Watched): Promise<SessionEnd> {
    if (Math.min(metadata.idleEndsAtMs, metadata.endsAtMs) <= clock.now()) return 'expired';
    return (await replayStore.isRemembered(toSignedOutMark(ticket.id))) ? 'signed_out' : 'revoked';
  }

  async function look(entry: Watched): Promise<void> {
    const { ticket, watchers } = entry;
    const found = await cache.find(ticket);
    if (found) {
      entry.metadata = found.metadata;
      for (const { onSeen } of watchers) onSeen?.(found.metadata);
      return;
    }
    const reason = await toReason(entry);
    watched.delete(ticket.digest);
    for (const { onEnded } of watchers) onEnded(reason);
  }

  async function lookAtAll(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    await Promise.allSettled([...watched.values()].map(look));
    isLooking = false;
  }

  return (caller, watcher) => {
    const session = SessionCaller.sessionOf(caller);
    if (!session) throw new TypeError('a caller without a session');
    const { ticket, metadata } = session;
    const entry = watched.get(ticket.digest) ?? { ticket, watchers: new Set(), metadata };
    watched.set(ticket.digest, entry);
    // Copied, so that the same watcher can be added twice.
    const own = { ...watcher };
    entry.watchers.add(own);
    own.onSeen?.(metadata);
    timer ??= setInterval(() => void lookAtAll(), LOOK_EVERY_MS).unref();
    return () => {
      entry.watchers.delete(own);
      if (entry.watchers.size === 0 && watched.get(ticket.digest) === entry) watched.delete(ticket.digest);
      if (watched.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}

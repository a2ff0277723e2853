import type { Caller } from '../http/route.ts';
import type { SessionCache } from './session-cache.ts';
import { SessionCaller } from './session-caller.ts';
import type { Ticket } from './ticket.ts';

const LOOK_EVERY_MS = 1_000;

/** Calls `onEnded` once when the session of a caller has ended on any replica; the returned function stops watching. */
export type WatchSession = (caller: Caller, onEnded: () => void) => () => void;

interface Watched {
  readonly ticket: Ticket;
  readonly listeners: Set<() => void>;
}

/** Checks each session with open streams once a second. An outage of the store ends none. */
export function createWatchSession(cache: Pick<SessionCache, 'find'>): WatchSession {
  const watched = new Map<string, Watched>();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;

  async function look({ ticket, listeners }: Watched): Promise<void> {
    if (await cache.find(ticket)) return;
    watched.delete(ticket.digest);
    for (const notify of listeners) notify();
  }

  async function lookAtAll(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    await Promise.allSettled([...watched.values()].map(look));
    isLooking = false;
  }

  return (caller, onEnded) => {
    const session = SessionCaller.sessionOf(caller);
    if (!session) throw new TypeError('a caller without a session');
    const { ticket } = session;
    const entry = watched.get(ticket.digest) ?? { ticket, listeners: new Set() };
    watched.set(ticket.digest, entry);
    // The same function may be registered twice.
    const listener = () => onEnded();
    entry.listeners.add(listener);
    timer ??= setInterval(() => void lookAtAll(), LOOK_EVERY_MS).unref();
    return () => {
      entry.listeners.delete(listener);
      if (entry.listeners.size === 0 && watched.get(ticket.digest) === entry) watched.delete(ticket.digest);
      if (watched.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  };
}

import type { SessionState } from './operations.ts';
import { createSessionStream, type SessionStreamOptions, type SessionTimes } from './session-stream.ts';
import type { TabChannel } from './tab-channel.ts';

export type SessionListener = (session: SessionState) => void;

/** The state of the session in this tab. */
export interface SessionWatch {
  /** Reads the session from the gateway, and notifies the listeners if it has changed. @throws GatehouseError */
  readonly read: (isTouched: boolean) => Promise<SessionState>;
  /**
   * Reports that an action in this tab may have changed the session: all other tabs read it again, and this one too unless
   * `known` is given.
   */
  readonly changed: (known?: SessionState) => void;
  /** Reads the session again if there are listeners; a failure does not change its state. */
  readonly look: () => void;
  /**
   * Calls the listener with the known state, if any, and with every changed state. Returns a function that removes the
   * listener.
   */
  readonly listen: (listener: SessionListener) => () => void;
}

/** Maximum delay of a timer. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/**
 * Minimum delay: the gateway's clock may be behind the browser's, and repeated reads at the end of a session must not
 * follow each other immediately.
 */
const MIN_TIMER_MS = 15_000;

/**
 * Sessions with different keys are different states. The end times are not part of the key: they move with every use, and
 * the stream reports relevant changes.
 */
const toKey = (session: SessionState): string =>
  JSON.stringify(session.authenticated && [session.user, session.scope, session.signout_url]);

export function createSessionWatch(
  ask: (isTouched: boolean) => Promise<SessionState>,
  channel: TabChannel,
  stream: Pick<SessionStreamOptions, 'url' | 'lock'>,
): SessionWatch {
  const listeners = new Set<SessionListener>();
  let known: SessionState | undefined;
  /** Requests are numbered, so that a late response to an older one is ignored. */
  let requested = 0;
  let applied = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopListening: (() => void) | undefined;

  const follow = createSessionStream({
    ...stream,
    onChanged() {
      channel.post({ changed: true });
      look();
    },
    onTimes(times) {
      channel.post({ times });
      move(times);
    },
  });

  function apply(session: SessionState, number: number): void {
    if (number < applied) return;
    applied = number;
    watchEnd(session);
    const isChanged = !known || toKey(known) !== toKey(session);
    known = session;
    if (isChanged) notifyAll(session);
  }

  function move(times: SessionTimes): void {
    if (!known?.authenticated) return;
    known = { ...known, ...times };
    watchEnd(known);
    notifyAll(known);
  }

  function notifyAll(session: SessionState): void {
    for (const listener of listeners) notify(listener, session);
  }

  function notify(listener: SessionListener, session: SessionState): void {
    try {
      listener(session);
    } catch (error) {
      reportError(error);
    }
  }

  function watchEnd(session: SessionState): void {
    clearTimeout(timer);
    const isFollowed = session.authenticated && listeners.size > 0;
    follow(isFollowed);
    if (!isFollowed) return;
    const endMs = Math.min(Date.parse(session.expires_at), Date.parse(session.idle_expires_at));
    timer = setTimeout(look, Math.min(Math.max(endMs - Date.now(), MIN_TIMER_MS), MAX_TIMER_MS));
  }

  async function read(isTouched: boolean): Promise<SessionState> {
    const number = ++requested;
    const session = await ask(isTouched);
    apply(session, number);
    return session;
  }

  function look(): void {
    if (listeners.size > 0) read(false).catch(() => undefined);
  }

  function lookIfSeen(): void {
    if (document.visibilityState === 'visible') look();
  }

  const lookIfRestored = ({ persisted }: PageTransitionEvent): void => {
    if (persisted) look();
  };
  // A page with an open stream is not stored in the back/forward cache.
  const leave = (): void => follow(false);

  function start(): void {
    if (known) watchEnd(known);
    const stopChannel = channel.listen(({ changed, times }) => {
      if (changed) look();
      if (times) move(times);
    });
    document.addEventListener('visibilitychange', lookIfSeen);
    addEventListener('pageshow', lookIfRestored);
    addEventListener('pagehide', leave);
    stopListening = () => {
      stopChannel();
      document.removeEventListener('visibilitychange', lookIfSeen);
      removeEventListener('pageshow', lookIfRestored);
      removeEventListener('pagehide', leave);
      clearTimeout(timer);
      leave();
    };
  }

  return {
    read,
    changed(session) {
      channel.post({ changed: true });
      if (session) apply(session, ++requested);
      else look();
    },
    look,
    listen(listener) {
      // Wrapped, so that the same function can be added twice.
      const own: SessionListener = (session) => listener(session);
      listeners.add(own);
      if (listeners.size === 1) start();
      const present = known;
      if (present) queueMicrotask(() => listeners.has(own) && present === known && notify(own, present));
      return () => {
        if (listeners.delete(own) && listeners.size === 0) stopListening?.();
      };
    },
  };
}

import type { SessionState } from './operations.ts';
import { createSessionStream, type SessionStreamOptions, type SessionTimes } from './session-stream.ts';
import type { TabChannel } from './tab-channel.ts';

export type SessionListener = (session: SessionState) => void;

/** What this tab knows of the session. */
export interface SessionWatch {
  /** Asks the gateway, and tells the listeners where the answer is news. @throws GatehouseError */
  readonly read: (isTouched: boolean) => Promise<SessionState>;
  /** Something was done in this tab that has changed the session, or may have: all tabs look again, this one where it does not know. */
  readonly changed: (known?: SessionState) => void;
  /** Looks again where somebody listens; a failure says nothing about the session. */
  readonly look: () => void;
  /** Calls with what is known, if anything is, and with every state that differs from the one before. Returns what ends it. */
  readonly listen: (listener: SessionListener) => () => void;
}

/** The longest time that a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** The gateway's clock may be behind the browser's: it is not asked every second whether a session has ended. */
const MIN_TIMER_MS = 15_000;

/** What makes a session another one; its times move with every use, and the stream says when that is news. */
const toKey = (session: SessionState): string =>
  JSON.stringify(session.authenticated && [session.user, session.scope, session.signout_url]);

export function createSessionWatch(
  ask: (isTouched: boolean) => Promise<SessionState>,
  channel: TabChannel,
  stream: Pick<SessionStreamOptions, 'url' | 'lock'>,
): SessionWatch {
  const listeners = new Set<SessionListener>();
  let known: SessionState | undefined;
  /** Questions are counted, so that a late answer to an old one changes nothing. */
  let asked = 0;
  let settled = 0;
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

  function settle(session: SessionState, turn: number): void {
    if (turn < settled) return;
    settled = turn;
    watchEnd(session);
    const isNews = !known || toKey(known) !== toKey(session);
    known = session;
    if (isNews) tellAll(session);
  }

  function move(times: SessionTimes): void {
    if (!known?.authenticated) return;
    known = { ...known, ...times };
    watchEnd(known);
    tellAll(known);
  }

  function tellAll(session: SessionState): void {
    for (const listener of listeners) tell(listener, session);
  }

  function tell(listener: SessionListener, session: SessionState): void {
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
    const turn = ++asked;
    const session = await ask(isTouched);
    settle(session, turn);
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
  // A page with a stream is not kept for the back button.
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
      if (session) settle(session, ++asked);
      else look();
    },
    look,
    listen(listener) {
      // Wrapped, so that one function that listens twice is two listeners.
      const own: SessionListener = (session) => listener(session);
      listeners.add(own);
      if (listeners.size === 1) start();
      const present = known;
      if (present) queueMicrotask(() => listeners.has(own) && present === known && tell(own, present));
      return () => {
        if (listeners.delete(own) && listeners.size === 0) stopListening?.();
      };
    },
  };
}
